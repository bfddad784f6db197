"""A plan line of the model stands only where one clause of the clinician orders it: what is said while examining,
results, headings and purposes are no plan."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.examining import said_while_examining
from app.drafting.spoken.exchanges import content_stems, names_in
from app.drafting.spoken.intents import read_intent
from app.drafting.spoken.offers import offered_only
from app.drafting.spoken.plan_clauses import plan_clauses
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.phrases import Phrase

_ADVISED = re.compile(
    r"\b(?:is|are) (?:very |really |also |quite )?(?:important|essential|advisable|recommended)\b", re.I
)
_LEAST = 0.75
"""Share of a line's words with content that one order must hold."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one clause orders: its words with content, its clinical names, its numbers and its utterances."""

    stems: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[float]
    ids: frozenset[str]
    condition: bool


def orders_of(transcript: Transcript) -> list[Order]:
    """Return the clauses of the clinician that order, advise or decide something; none of an examination."""
    clauses = plan_clauses(transcript)
    left = said_while_examining(clauses) | offered_only(clauses)
    found = []
    for place, clause in enumerate(clauses):
        ordered = read_intent(clause.text, clause.before) is not None or _ADVISED.search(clause.text)
        if place in left or clause.asks or not ordered:
            continue
        found.append(
            Order(
                frozenset(content_stems(clause.text)),
                frozenset(names_in(clause.text)),
                _numbers(clause.text),
                frozenset(clause.ids),
                _supposes(clause.text),
            )
        )
    return found


def with_grounded_plans(section: SectionTemplate, phrases: Sequence[Phrase], orders: Sequence[Order]) -> list[Phrase]:
    """Return a plan without the lines of the model that no single order holds; other sections as they are."""
    if section.said_by is not Speaker.CLINICIAN or not any("come back" in f.when for f in section.fields):
        return list(phrases)
    return [p for p in phrases if p.none or p.stated or p.is_quote or p.field.said or _is_ordered(p, orders)]


def _is_ordered(phrase: Phrase, orders: Sequence[Order]) -> bool:
    stems, names, numbers = content_stems(phrase.text), set(names_in(phrase.text)), _numbers(phrase.text)
    for order in orders:
        held = stems & order.stems
        meant = names <= order.names
        if not order.ids & set(phrase.evidence) or not numbers <= order.numbers or not meant:
            continue
        if order.condition and not _supposes(phrase.text):
            continue
        if len(held) >= _LEAST * len(stems):
            return True
    return False


def _supposes(text: str) -> bool:
    return any(t.text in ("if", "unless", "once", "until") for t in tokenise(text))


def _numbers(text: str) -> frozenset[float]:
    return frozenset(n.value for n in read_numbers(tokenise(text)))
