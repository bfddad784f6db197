"""'Any other operations?' 'No.' denies the others only, where the patient has told of one."""

import re
from collections.abc import Collection

from app.domain.transcript import Speaker, Transcript
from app.drafting.spoken.exchanges import kinds_in

_OTHERS = re.compile(r"\b(?:others?|else|further|additional|besides|apart from)\b", re.IGNORECASE)


def asks_for_others(question: str, kinds: Collection[str], transcript: Transcript) -> bool:
    """Whether a question is for more of something of which the patient told one; `kinds` as of `kinds_in`."""
    if not _OTHERS.search(question):
        return False
    own = (u.text for u in transcript.utterances if u.speaker is Speaker.PATIENT)
    return any(kinds_in(said) & set(kinds) for said in own)
