"""What was only tried has not helped."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.rules.verdict import Case, Doubt

_RELIEVING = ("better with", "relieving factors")
_TRIED = re.compile(r"\b(?:tried|trying|have been (?:taking|using|doing))\b", re.IGNORECASE)
_HELPED = re.compile(
    r"\b(?:help\w*|better|reliev\w*|relief|eas(?:e|es|ed|ier)|work(?:s|ed)|improv\w*|goes away|soothe\w*)\b", re.I
)


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt where a line under 'better with' rests on an answer that tells of an attempt and no relief."""
    if case.heading not in _RELIEVING:
        return
    said = [case.heard.transcript.utterances[n] for n in case.evidence]
    told = " ".join(u.text for u in said if not u.text.rstrip(" .").endswith("?"))
    if _TRIED.search(told) and not _HELPED.search(told):
        yield Doubt(Support.PARTIAL, "certainty: it was only tried, nobody said that it helped")
