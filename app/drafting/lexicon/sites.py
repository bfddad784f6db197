"""Body sites."""

from collections.abc import Sequence
from functools import lru_cache

from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows, words
from app.drafting.lexicon.tokens import Token

_NEIGHBOURHOODS = 3
_SIDES = frozenset({"side", "sides"})
_OWNERS = frozenset({"my", "your", "his", "her", "their", "patient"})
"""'Her side' hurts, 'the right side' is no place by itself."""
_ADVERBS = words("site-adverb")
_DETERMINERS = words("site-determiner")
_COMPLAINTS = words("site-complaint")


@lru_cache(maxsize=1)
def _table() -> PhraseTable:
    return PhraseTable((row[0], form) for row in rows("sites") for form in [row[0], *forms(row[1])])


@lru_cache(maxsize=1)
def _pain_concepts() -> dict[str, str]:
    return {row[0]: row[2].strip() for row in rows("sites") if len(row) > 2}


@lru_cache(maxsize=1)
def _neighbourhoods() -> dict[str, frozenset[str]]:
    return {row[0]: frozenset(forms(row[3])) for row in rows("sites") if len(row) > _NEIGHBOURHOODS}


def may_be_same(site: str, other: str) -> bool:
    """Whether two names may mean the same place: 'wrist' and 'hand', 'leg' and 'knee', but not 'knee' and 'ankle'."""
    around, of_other = _neighbourhoods().get(site, frozenset()), _neighbourhoods().get(other, frozenset())
    return site == other or not around or not of_other or bool(around & of_other)


def is_near(site: str, other: str) -> bool:
    """Whether two names are one, or are known to stand for neighbouring places."""
    return site == other or bool(_neighbourhoods().get(site, frozenset()) & _neighbourhoods().get(other, frozenset()))


def find_sites(tokens: Sequence[Token]) -> list[Hit]:
    """Find body sites in a token list."""
    return [h for h in _table().find(tokens) if not _is_adverb(tokens, h)]


def _is_adverb(tokens: Sequence[Token], hit: Hit) -> bool:
    """'come back', 'the back of', 'on the other side', 'head over to' are no places of the body."""
    text = tokens[hit.start].text
    if hit.end - hit.start > 1 or text not in _ADVERBS:
        return False
    before = tokens[hit.start - 1].text if hit.start else ""
    following = tokens[hit.end].text if hit.end < len(tokens) else ""
    if text in _SIDES:
        return before not in _OWNERS
    return not (before in _DETERMINERS or following in _COMPLAINTS or (not before and tokens[hit.start].after == ":"))


def pain_concept_of(site: str) -> str:
    """Return the concept that pain at this site is called ('chest' -> 'chest pain'), or ''."""
    return _pain_concepts().get(site, "")
