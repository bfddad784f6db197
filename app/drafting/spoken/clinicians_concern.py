"""What the clinician is worried about: 'what I'm concerned about is …' names a diagnosis that may be."""

import re
from collections.abc import Iterator

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems, said_names
from app.drafting.spoken.governed import stretches_of
from app.drafting.spoken.relatives import named_relative

_CONCERN = re.compile(
    r"\b(?:i|we)(?:['’]m|['’]re| am| are) (?:(?:just|really|also|slightly|quite|more|most|mainly|a|little|bit|wee) )*"
    r"(?:worried|concerned)\b(?! (?:if|in case)\b)",
    re.IGNORECASE,
)
_NO_CONCERN = re.compile(
    r"\b(?:not|no|nothing|never|isn['’]t|reassur\w+|unlikely|rule[ds]? out|without)\b", re.IGNORECASE
)
_SUPPOSED = re.compile(r"\b(?:if|unless)\b", re.IGNORECASE)
_REACH = 2
"""Sentences behind the one that speaks of the concern in which it may be named."""
_NOD = 2
"""Words with content of a patient who only nods in between."""


def concerns(transcript: Transcript) -> Iterator[tuple[str, str, str]]:
    """Yield name, words and utterance id of each condition that the clinician says to be worried or concerned about."""
    left = 0
    for utterance in transcript.utterances:
        if utterance.speaker is not Speaker.CLINICIAN:
            left = left if len(content_stems(utterance.text)) <= _NOD else 0
            continue
        for sentence in stretches_of(utterance.text):
            cue = _CONCERN.search(sentence)
            if _NO_CONCERN.search(sentence) or _SUPPOSED.search(sentence) or "?" in sentence:
                left = 0
                continue
            told = sentence[cue.end() :] if cue else sentence if left else ""
            named = [] if named_relative(tokenise(told)) else said_names(told)
            conditions = [(n, said) for n, said in named if kind_of(n) == "condition" and not _is_known(said, told)]
            yield from ((name, said, utterance.id) for name, said in conditions)
            left = 0 if conditions else _REACH if cue else max(0, left - 1)


def _is_known(said: str, sentence: str) -> bool:
    """'I'm worried about your diabetes': that he has it is no question."""
    return re.search(rf"\byour (?:\w+ )?{re.escape(said)}\b", sentence, re.IGNORECASE) is not None
