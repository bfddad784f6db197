"""What a short clinical text says, piece by piece, so that two texts can be compared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.checking.context import contexts
from app.drafting.checking.quantities import Measure, Quantity
from app.drafting.checking.reading import Clause, Kind, read_clauses
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.phrases import PhraseTable
from app.drafting.lexicon.tables import forms, rows, words
from app.drafting.lexicon.tokens import Token

_NEGATING = words("negating") | words("no") | {"denies", "denied", "doesnt", "didnt", "cant", "isnt", "wasnt", "hasnt"}
_TROUBLE = frozenset({"problem", "issu", "disturbanc", "chang", "troubl", "difficulti", "concern"})
_EMPTY = (
    words("stop")
    | words("filler")
    | {"location", "nature", "symptoms", "felt", "feeling", "need", "needs", "needed", "having", "episode"}
    | {"take", "takes", "taking", "taken", "took", "use", "uses", "used", "using"}
)
_NAMES_SOMETHING = frozenset({"symptom", "condition", "procedure", "social", "therapy", "test", "specialist"})
_MOST_VAGUE, _LEAST_VAGUE = 6.0, 2.0
_RANGE = frozenset({"-", "to", "or"})
_NOT = re.compile(r"\b(doesn|didn|isn|wasn|hasn|haven|couldn|don|aren|weren|won|can)t\b", re.I)


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the lexicon that a text names: a concept, a drug or a body site, affirmed or denied."""

    name: str
    kind: Kind
    stems: frozenset[str]
    negated: bool
    of_relative: bool

    @property
    def can_be_topic(self) -> bool:
        """Whether other things may be said of it: a symptom, condition, drug, habit …, not a site or a measure."""
        return self.kind is Kind.DRUG or (self.kind is Kind.CONCEPT and kind_of(self.name) in _NAMES_SOMETHING)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a span of numbers (`low` to `high`) of a measure; days for durations, times per day for rates."""

    measure: Measure
    low: float
    high: float
    vague: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A detail of the table `details` (`name` its heading) or a plain word (its stem), affirmed or denied."""

    name: str
    negated: bool
    of_table: bool = False
    joined: tuple[str, ...] = ()
    """The word written together with the one before or after: 'zig zag' is 'zigzag'."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a text says."""

    named: tuple[Named, ...]
    amounts: tuple[Amount, ...]
    sides: frozenset[str]
    words: tuple[Word, ...]
    stems: frozenset[tuple[str, bool]]
    """Stems of all content words with whether they are denied, those inside named things too."""

    def with_facts(self, other: "Facts") -> "Facts":
        """Both texts taken as one."""
        return Facts(
            (*self.named, *other.named),
            (*self.amounts, *other.amounts),
            self.sides | other.sides,
            (*self.words, *other.words),
            self.stems | other.stems,
        )

    @property
    def denies(self) -> bool:
        """Whether everything named is denied."""
        flags = [n.negated for n in self.named if n.kind is not Kind.SITE] or [w.negated for w in self.words]
        return bool(flags) and all(flags)


def facts_of(text: str, *, of_relative: bool = False) -> Facts:
    """Read a text; `of_relative`: it stands under family history."""
    clauses = read_clauses(in_words(text))
    parts = [_facts(clause, of_relative) for clause in clauses]
    found = Facts((), (), frozenset(), (), frozenset())
    for part in parts:
        found = found.with_facts(part)
    return found


def in_words(text: str) -> str:
    """Return the text with the shorthand of hurried notes written out."""
    text = _NOT.sub(r"\1't", text.replace("’", "'")).replace("can't", "cannot")
    return _shorthand_pattern().sub(lambda m: _shorthand()[m.group().lower()], text)


@lru_cache(maxsize=1)
def _shorthand() -> dict[str, str]:
    return {row[0].lower(): row[1] for row in rows("shorthand")}


@lru_cache(maxsize=1)
def _shorthand_pattern() -> re.Pattern[str]:
    longest_first = sorted(_shorthand(), key=len, reverse=True)
    return re.compile(rf"(?<![\w/&+])(?:{'|'.join(map(re.escape, longest_first))})(?![\w&+])", re.I)


@lru_cache(maxsize=1)
def _details() -> PhraseTable:
    return PhraseTable((row[0], form) for row in rows("details") for form in [row[0], *forms(row[1])])


def _facts(clause: Clause, of_relative: bool) -> Facts:
    tokens = clause.tokens
    denied = [c.negated for c in contexts(tokens, [(n, n + 1) for n in range(len(tokens))])]
    taken = {n for m in clause.mentions if m.kind is not Kind.SITE for n in range(m.start, m.end)}
    untroubled = any(_is_trouble(t) and denied[n] and n not in taken for n, t in enumerate(tokens))
    named = tuple(
        Named(
            m.name,
            m.kind,
            frozenset(t.stem for t in tokens[m.start : m.end] if t.text not in _EMPTY),
            m.context.negated or denied[m.start],
            of_relative or bool(m.context.relative),
        )
        for m in clause.mentions
    )
    counted = {n for q in clause.quantities for n in range(q.start, q.end)}
    content = [n for n, t in enumerate(tokens) if _is_content(t)]
    return Facts(
        named,
        tuple(_amounts(tokens, clause.quantities)),
        frozenset(side.side for side in clause.sides),
        (
            *_words(tokens, taken | counted, denied, untroubled),
            *([Word("normal", negated=False, of_table=True)] if untroubled else []),
        ),
        frozenset((tokens[n].stem, denied[n]) for n in content if n not in counted),
    )


def _is_trouble(token: Token) -> bool:
    """'No bowel problems' says that bowels are normal, not that there are none."""
    return token.stem in _TROUBLE


def _is_content(token: Token) -> bool:
    empty = token.text in _EMPTY or token.text in _NEGATING or _is_trouble(token)
    return not empty and token.text[0].isalpha() and len(token.text) > 1


def _words(tokens: Sequence[Token], taken: set[int], denied: Sequence[bool], untroubled: bool) -> Iterator[Word]:
    used = set(taken)
    for hit in _details().find(tokens):
        span = set(range(hit.start, hit.end))
        if not span & taken:
            used |= span
            yield Word(hit.name, denied[hit.start] and not untroubled and not _is_own(tokens, hit.start), of_table=True)
    for n, token in enumerate(tokens):
        if n not in used and _is_content(token):
            before = tokens[n - 1].text + token.text if n else ""
            after = token.text + tokens[n + 1].text if n + 1 < len(tokens) else ""
            yield Word(token.stem, denied[n] and not untroubled, joined=tuple(j for j in (before, after) if j))


def _is_own(tokens: Sequence[Token], start: int) -> bool:
    """The 'no' or 'not' is part of the detail itself, such as 'not sure'."""
    return tokens[start].text in _NEGATING


def _amounts(tokens: Sequence[Token], quantities: Sequence[Quantity]) -> Iterator[Amount]:
    for n, quantity in enumerate(quantities):
        low = high = quantity.value
        if quantity.vague:
            unit = quantity.value / _vague_count(quantity)
            low, high = _LEAST_VAGUE * unit, _MOST_VAGUE * unit
        before = quantities[n - 1] if n else None
        if before is not None and _is_range(tokens, before, quantity):
            low = before.value * quantity.value / (_leading_number(quantity) or quantity.value or 1.0)
        following = quantities[n + 1] if n + 1 < len(quantities) else None
        if following is not None and _is_range(tokens, quantity, following):
            continue
        yield Amount(quantity.measure, min(low, high), max(low, high), quantity.vague)
    if any(t.text == "yesterday" for t in tokens):
        yield Amount(Measure.DURATION, 1.0, 1.0, vague=True)


def _vague_count(quantity: Quantity) -> float:
    return 2.0 if "couple" in quantity.said else 3.0


def _is_range(tokens: Sequence[Token], first: Quantity, second: Quantity) -> bool:
    """'6-7 times', 'two or three days': a bare number joined to a measured one."""
    if first.measure is not Measure.NUMBER or first.unit or second.start - first.end > 1:
        return False
    between = tokens[first.end].text if second.start > first.end else tokens[first.end - 1].after
    return between in _RANGE


def _leading_number(quantity: Quantity) -> float | None:
    match = re.match(r"\d+(?:\.\d+)?", quantity.said)
    return float(match.group()) if match else None
