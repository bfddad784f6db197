"""Ways to write one thing: in full, abbreviated, with a person's own term; by the tables `abbreviations`, `do-not-use`.

Quotations, what was heard in the place of a name, and labels stay as they are. Abbreviations with several meanings, and
those that the ISMP and the Joint Commission warn of, are never written; the latter are written out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.tables import forms, rows
from app.drafting.lexicon.tokens import tokenise

_KEPT = re.compile(r'("[^"]*"|“[^”]*”)')
_LABEL = re.compile(r"^[A-Z][A-Za-z ,-]{0,40}: ")
_DOSE = r"(?=\s?(?:mg|mcg|g|mL|ml|units?|milligrams?|micrograms?|tablets?)\b)"
_TRAILING_ZERO = re.compile(rf"(?<![\d.])(\d+)\.0+{_DOSE}")
_NAKED_POINT = re.compile(rf"(?<![\d.\w])\.(\d+){_DOSE}")
_SPOKEN_AS_VOWEL = frozenset("AEFHILMNORSX")
_SPOKEN_AS_CONSONANT = ("uri", "uni", "eu", "one", "use")
_NONE = "-"
_COUNTABLE = ("condition", "test")
_AROUND = 80
"""Characters on each side of a match in which a longer clinical name would stand."""
OUT = "out"
"""Kind of what is written out and never abbreviated."""
UNIT = "unit"
"""Kind of what is abbreviated and never written out: 'mg' is a symbol that everybody reads."""


@dataclass(frozen=True, slots=True)
class SameTerm:
    """Ways to write one thing: in full, abbreviated ('' if it has no safe abbreviation), and others."""

    kind: str
    full: str
    short: str
    others: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every way, the one in full first."""
        return tuple(filter(None, (self.full, self.short, *self.others)))

    @property
    def shorthand(self) -> tuple[str, ...]:
        """The ways that are abbreviations."""
        return tuple(way for way in self.all if _is_short(way))


def spelled_out(text: str) -> str:
    """Return the text with the abbreviations of the table written in full."""
    return _outside_quotes(text, _spelling())


def abbreviated(text: str) -> str:
    """Return the text with what has a safe abbreviation written so."""
    return _outside_quotes(text, _shortening())


def with_terms(text: str, terms: tuple[str, ...]) -> str:
    """Return the text with each thing that one of the terms stands for written as that term.

    Terms that the table does not have change nothing.
    """
    return _outside_quotes(text, _preferring(terms))


@lru_cache(maxsize=1)
def same_terms() -> tuple[SameTerm, ...]:
    """The rows of the table `abbreviations`."""
    return tuple(_term(row) for row in rows("abbreviations"))


@lru_cache(maxsize=1)
def row_of() -> Mapping[str, SameTerm]:
    """The row of each way to write something; words in small letters, abbreviations as in the table."""
    return {_key(way): term for term in same_terms() for way in term.all}


def ways_in(text: str) -> list[str]:
    """Return the ways of the table that a text uses, words in small letters, in order; a plural counts as its word."""
    change = _finding()
    return [key for m in change.pattern.finditer(text) if (key := _key_in(m["way"], change.instead)) is not None]


def _term(row: list[str]) -> SameTerm:
    short = "" if row[2].strip() == _NONE else row[2].strip()
    return SameTerm(row[0], row[1].strip(), short, tuple(forms(row[3])) if len(row) > 3 else ())


@dataclass(frozen=True, slots=True)
class _Change:
    """What is written (`_key`) and what instead, with the pattern that finds it."""

    pattern: re.Pattern[str]
    instead: Mapping[str, str]


@lru_cache(maxsize=1)
def _spelling() -> _Change:
    return _change({_key(way): term.full for term in same_terms() if term.kind != UNIT for way in term.shorthand})


@lru_cache(maxsize=1)
def _shortening() -> _Change:
    wanted = {_key(way): term.short for term in same_terms() if term.short for way in term.all}
    return _change({**_spelling().instead, **wanted})


@lru_cache(maxsize=64)
def _preferring(terms: tuple[str, ...]) -> _Change:
    wanted: dict[str, str] = {}
    for name in terms:
        term = row_of().get(_key(name))
        for way in term.all if term is not None and term.kind != OUT else ():
            wanted[_key(way)] = name
    return _change(wanted)


@lru_cache(maxsize=1)
def _finding() -> _Change:
    return _change({_key(way): way for term in same_terms() for way in term.all})


def _change(instead: dict[str, str]) -> _Change:
    ordered = sorted(instead, key=len, reverse=True)
    inner = "|".join(_written(way) for way in ordered) or "(?!)"
    return _Change(re.compile(rf"(?<![\w/.-])(?P<article>[Aa]n?\s+)?(?P<way>(?:{inner})s?)(?![\w/-])"), instead)


def _written(way: str) -> str:
    parts = r"\s+".join(re.escape(part) for part in way.split())
    return parts if _is_short(way) else f"(?i:{parts})"


def _is_short(way: str) -> bool:
    """Whether it is an abbreviation: one word with a capital, digit, point or slash inside, or very short."""
    inner = any(c.isupper() or c.isdigit() or c in "./" for c in way[1:])
    return " " not in way and "-" not in way and (inner or len(way) <= len("bid"))


def _key(way: str) -> str:
    """Words count in any case, abbreviations as they are written."""
    one = " ".join(way.split())
    return one if _is_short(one) else one.lower()


def _key_in(said: str, known: Mapping[str, str]) -> str | None:
    """The key of what is written, or of its singular; None if neither is known."""
    key = _key(said)
    if key in known:
        return key
    singular = _key(said[:-1])
    return singular if said.endswith("s") and singular in known else None


def _outside_quotes(text: str, change: _Change) -> str:
    label = _LABEL.match(text)
    head = label[0] if label else ""
    pieces = _KEPT.split(text[len(head) :])
    written: list[str] = []
    for number, piece in enumerate(pieces):
        first = not any(p.strip() for p in pieces[:number])
        written.append(piece if piece[:1] in ('"', "“") else _safe(_changed(piece, change, first=first)))
    return head + "".join(written)


def _changed(text: str, change: _Change, *, first: bool) -> str:
    return change.pattern.sub(lambda m: _within(m, _instead(m, change.instead, first=first)), text)


def _within(match: re.Match[str], written: str) -> str:
    """Leave what is part of a longer name: 'paroxysmal nocturnal dyspnea' is no dyspnea among others."""
    if written == match[0]:
        return written
    before = match.string[max(0, match.start() - _AROUND) : match.start()]
    after = match.string[match.end() : match.end() + _AROUND]
    around = before + match[0] + after
    return written if _concepts(around) <= _concepts(before + written + after) else match[0]


@lru_cache(maxsize=256)
def _concepts(text: str) -> frozenset[str]:
    return frozenset(hit.name for hit in find_concepts(tokenise(text)))


def _instead(match: re.Match[str], instead: Mapping[str, str], *, first: bool) -> str:
    said = match["way"]
    key = _key_in(said, instead)
    if key is None or key == _key(instead[key]):
        return match[0]
    wanted = instead[key]
    if key != _key(said) and not wanted.endswith("s"):
        wanted += "s" if row_of()[_key(wanted)].kind in _COUNTABLE else ""
    article = match["article"] or ""
    before = match.string[: match.start()].rstrip()
    starts = not article and ((first and not before) or before.endswith((".", "?", "!")))
    if starts and said[:1].isupper() and not _is_short(wanted):
        wanted = wanted[:1].upper() + wanted[1:]
    return _fitting(article, wanted) + wanted


def _fitting(article: str, following: str) -> str:
    """'a' or 'an' as the word behind it wants."""
    if not article:
        return ""
    if following[:2].isupper():
        vowel = following[0] in _SPOKEN_AS_VOWEL
    else:
        vowel = following[0].lower() in "aeiou" and not following.lower().startswith(_SPOKEN_AS_CONSONANT)
    return article[0] + ("n " if vowel else " ")


def _safe(text: str) -> str:
    """Write out what must not be used, without trailing zeros and naked points of doses."""
    for pattern, instead in _do_not_use():
        text = pattern.sub(instead, text)
    return _NAKED_POINT.sub(r"0.\1", _TRAILING_ZERO.sub(r"\1", text))


@lru_cache(maxsize=1)
def _do_not_use() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for written, instead, where in rows("do-not-use"):
        ways = _alternatives(forms(written))
        if where == "number":
            found.append((re.compile(rf"(?<=\d)\s?(?:{ways})(?!\w)"), f" {instead}"))
        else:
            found.append((re.compile(rf"(?<![\w.-])(?:{ways})(?![\w-])"), instead))
    return tuple(found)


def _alternatives(ways: Iterable[str]) -> str:
    return "|".join(re.escape(way) for way in sorted(ways, key=len, reverse=True))
