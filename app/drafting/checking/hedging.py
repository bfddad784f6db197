"""Certainty: what was only suspected must not be written as known."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.heard import Status
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each condition that was only said with a hedge."""
    for mention in case.concepts():
        if kind_of(mention.name) != "condition" or mention.context.hedged or mention.context.negated:
            continue
        heard = [m for m in case.heard.concepts.get(mention.name, []) if m.status is Status.AFFIRMED]
        if heard and all(m.mention.context.hedged for m in heard):
            yield Doubt(Support.PARTIAL, f"certainty: {mention.said} was said as a possibility")
