"""Conditions that reach into the next utterance: 'So if your cough gets worse' | 'or you get a fever, ring us'."""

import re
from collections.abc import Sequence

from app.domain.transcript import Utterance
from app.drafting.lexicon.sentences import sentences_of

CONDITION = re.compile(r"\b(?:if|unless|in case|whether|should you)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"^\W*(?:or|and)\b", re.IGNORECASE)
_ENDS = (".", "!", "?")


def goes_on_with_condition(utterances: Sequence[Utterance], n: int) -> bool:
    """Whether utterance `n` goes on with a condition that its speaker began in the one before, or before that."""
    if not n or not _GOES_ON.search(utterances[n].text) or utterances[n].speaker is not utterances[n - 1].speaker:
        return False
    before = utterances[n - 1].text.rstrip()
    if before.endswith(_ENDS):
        return False
    return bool(CONDITION.search(sentences_of(before)[-1])) or goes_on_with_condition(utterances, n - 1)
