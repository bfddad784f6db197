"""Clinical concepts: everyday and professional words for the same thing."""

from collections.abc import Sequence
from functools import lru_cache

from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows
from app.drafting.lexicon.tokens import Token


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    return {row[1]: row[0] for row in rows("concepts")}


@lru_cache(maxsize=1)
def _table() -> PhraseTable:
    return PhraseTable(
        (row[1], form) for row in rows("concepts") for form in [row[1], *forms(row[2] if len(row) > 2 else "")]
    )


def find_concepts(tokens: Sequence[Token]) -> list[Hit]:
    """Find the concepts of the table in a token list."""
    return _table().find(tokens)


def kind_of(concept: str) -> str:
    """Return symptom, condition, finding, test, procedure, therapy, plan, specialist or social; '' if unknown."""
    return _kinds().get(concept, "")


@lru_cache(maxsize=1)
def _wider() -> dict[str, tuple[str, ...]]:
    return {row[0]: tuple(forms(row[1])) for row in rows("wider")}


def wider_than(concept: str) -> tuple[str, ...]:
    """Return concepts that include this one: 'chest pain' is a 'pain'."""
    return _wider().get(concept, ())


@lru_cache(maxsize=1)
def _narrower() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for concept, wider in _wider().items():
        for name in wider:
            found[name] = (*found.get(name, ()), concept)
    return found


def narrower_than(concept: str) -> tuple[str, ...]:
    """Return concepts that this one includes."""
    return _narrower().get(concept, ())


def all_concepts() -> tuple[str, ...]:
    """Return the names of all concepts."""
    return tuple(_kinds())


def forms_of(concept: str) -> tuple[str, ...]:
    """Return all ways of the table to say a concept."""
    return _forms()[concept]


@lru_cache(maxsize=1)
def _forms() -> dict[str, tuple[str, ...]]:
    return {row[1]: (row[1], *forms(row[2] if len(row) > 2 else "")) for row in rows("concepts")}
