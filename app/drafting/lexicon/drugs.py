"""Drug names: generics and brands, with a cautious reading of misspelt names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows, words
from app.drafting.lexicon.tokens import Token

FUZZY_LEAST = 84.0
"""Least similarity (rapidfuzz ratio, 0 to 100) for a word to count as a misheard drug name."""

_SHORTEST, _LONGEST = 6, 30
"""Letters of a word that can be a misheard drug name."""

SURE_LEAST = 86.5
"""The same where the word itself is doubted: below it, ordinary words ('limited', 'hearing') look like drugs."""


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
    """Return the generic name that a misspelt word most likely means, or None.

    Words that mean something themselves ('systolic', 'baseline', 'quinidine') are never taken for a name beside them.
    """
    from rapidfuzz import fuzz, process

    if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha() or word in words("not-misheard"):
        return None
    best = process.extractOne(word, _single_names().keys(), scorer=fuzz.ratio, score_cutoff=FUZZY_LEAST)
    return _single_names()[best[0]] if best else None


def guess_drugs(tokens: Sequence[Token], least: float = SURE_LEAST) -> list[Hit]:
    """Find words, also one name heard as two ('atorva statin'), that most likely mean a listed drug."""
    taken = {n for h in find_drugs(tokens) for n in range(h.start, h.end)}
    concepts = {n for h in find_concepts(tokens) for n in range(h.start, h.end)}
    found: list[Hit] = []
    for n, token in enumerate(tokens):
        if n in taken or token.is_stop:
            continue
        if n + 1 < len(tokens) and n + 1 not in taken and not token.after and not tokens[n + 1].is_stop:
            joined = _single_names().get(token.text + tokens[n + 1].text)
            if joined:
                found.append(Hit(joined, n, n + 2))
                taken |= {n, n + 1}
                continue
        guess = guess_drug(token.text) if n not in concepts else None
        if guess and (least <= FUZZY_LEAST or (len(token.text) >= 8 and _likeness(token.text, guess) >= least)):
            found.append(Hit(guess, n, n + 1))
    return found


def _likeness(word: str, generic: str) -> float:
    from rapidfuzz import fuzz

    return max(fuzz.ratio(word, name) for name, of in _single_names().items() if of == generic)


def family_of(generic: str) -> tuple[str, ...]:
    """Return names that a speaker may use for the same thing: 'insulin' for an insulin, a part of a combination."""
    if generic.startswith("insulin"):
        return tuple(name for name in drugs() if name.startswith("insulin"))
    if generic in ("amoxicillin", "amoxicillin clavulanate"):
        return ("amoxicillin clavulanate",) if generic == "amoxicillin" else ()
    return tuple(part for part in generic.split() if part in drugs()) if " " in generic else ()
