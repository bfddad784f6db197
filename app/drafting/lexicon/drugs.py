"""Drug names: generics and brands, with a cautious reading of misspelt names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows
from app.drafting.lexicon.tokens import Token

FUZZY_LEAST = 84.0
"""Least similarity (rapidfuzz ratio, 0 to 100) for a word to count as a misheard drug name."""


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug: `generic` name, `brands`, usual `strengths` in mg (may be empty)."""

    generic: str
    brands: tuple[str, ...]
    strengths: tuple[float, ...]


@lru_cache(maxsize=1)
def drugs() -> dict[str, Drug]:
    """All drugs by generic name."""
    found: dict[str, Drug] = {}
    for row in rows("drugs"):
        brands = tuple(forms(row[1])) if len(row) > 1 else ()
        strengths = tuple(float(s) for s in forms(row[2])) if len(row) > 2 else ()
        found[row[0]] = Drug(row[0], brands, strengths)
    return found


@lru_cache(maxsize=1)
def _table() -> PhraseTable:
    return PhraseTable((d.generic, name) for d in drugs().values() for name in (d.generic, *d.brands))


@lru_cache(maxsize=1)
def _single_names() -> dict[str, str]:
    return {
        name.lower(): d.generic
        for d in drugs().values()
        for name in (d.generic, *d.brands)
        if name.isalpha() and len(name) >= 6
    }


def find_drugs(tokens: Sequence[Token]) -> list[Hit]:
    """Find drug names in a token list; the hit's name is the generic."""
    return _table().find(tokens)


@lru_cache(maxsize=20_000)
def guess_drug(word: str) -> str | None:
    """Return the generic name that a misspelt word most likely means, or None."""
    from rapidfuzz import fuzz, process

    if len(word) < 6 or not word.isalpha():
        return None
    best = process.extractOne(word, _single_names().keys(), scorer=fuzz.ratio, score_cutoff=FUZZY_LEAST)
    return _single_names()[best[0]] if best else None


def family_of(generic: str) -> tuple[str, ...]:
    """Return names that a speaker may use for the same thing: 'insulin' for an insulin, a part of a combination."""
    if generic.startswith("insulin"):
        return tuple(name for name in drugs() if name.startswith("insulin"))
    if generic in ("amoxicillin", "amoxicillin clavulanate"):
        return ("amoxicillin clavulanate",) if generic == "amoxicillin" else ()
    return tuple(part for part in generic.split() if part in drugs()) if " " in generic else ()
