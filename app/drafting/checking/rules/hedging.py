"""Certainty: what was only suspected must not be written as known."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import HeardMention, Status
from app.drafting.checking.hearing.reading import Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of

_OF_CLINICIAN = ("objective", "exam", "assessment", "result")


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each condition, and for each finding of the clinician, that was only said with a hedge.

    Under examination and assessment only what the clinician says counts: the patient's "I twisted it" is no diagnosis.
    """
    concluded = any(name in case.section for name in _OF_CLINICIAN)
    for mention in case.concepts():
        if mention.context.hedged or mention.context.negated or not _may_be_hedged(mention, concluded=concluded):
            continue
        if re.search(rf"(?:\?|\+/-|±)\s?{re.escape(mention.said)}\b", case.text, re.IGNORECASE):
            continue  # '?viral': a physician's sign for a query
        heard = [m for m in case.heard.concepts.get(mention.name, []) if m.status is Status.AFFIRMED]
        if concluded:
            heard = [m for m in heard if m.speaker is not Speaker.PATIENT] or heard
        if heard and all(_is_hedged(m) for m in heard):
            yield Doubt(Support.PARTIAL, f"certainty: {mention.said} was said as a possibility")


def _may_be_hedged(mention: Mention, *, concluded: bool) -> bool:
    kind = kind_of(mention.name)
    return kind == "condition" or (concluded and kind == "finding")


def _is_hedged(heard: HeardMention) -> bool:
    return heard.mention.context.hedged
