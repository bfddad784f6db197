"""What a short clinical text says, piece by piece, so that two texts can be compared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from app.drafting.checking.hearing.context import contexts
from app.drafting.checking.hearing.heard import of_whom
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause, Kind, Mention, read_clauses
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows, words
from app.drafting.lexicon.tokens import Token, stem

_NEGATING = words("negating") | words("no") | {"denies", "denied", "doesnt", "didnt", "cant", "isnt", "wasnt", "hasnt"}
TROUBLE = frozenset(
    {"problem", "problems", "issue", "issues", "trouble", "change", "changes", "altered", "concerns"}
) | {*("disturbance", "disturbances", "difficulty", "difficulties")}
_EMPTY = (
    words("stop")
    | words("filler")
    | {
        "location",
        "nature",
        "symptoms",
        "felt",
        "feeling",
        "need",
        "needs",
        "needed",
        "having",
        "episode",
        "ago",
        "aged",
    }
    | {
        "alot",
        "abit",
        "bit",
        "pm",
        "known",
        "significant",
        "whilst",
        "while",
        "probably",
        "maybe",
        "might",
        "possibly",
        "upto",
        "room",
    }
    | {"and", "or", "but", "with", "then", "nor", "also", "than", "before", "approx", "open", "recent", "recently"}
    | {"suffer", "suffers", "stay", "staying", "always", "previously"}
    | {"take", "takes", "taking", "taken", "took", "use", "uses", "used", "using", "usage"}
)
_NAMES_SOMETHING = frozenset({"symptom", "condition", "procedure", "social", "therapy", "test", "specialist"})
_SAYS_ENOUGH = frozenset({"symptom", "condition", "therapy", "social", "plan"})
_SIDE_WORDS = frozenset({"left", "right", "side", "sided", "sides"})
_BETWEEN = frozenset({"the", "a", "an", "my", "your", "his", "her", "their"})
_MOST_VAGUE, _LEAST_VAGUE = 6.0, 2.0
_RANGE = frozenset({"-", "to", "or"})
_NOT = re.compile(r"\b(doesn|didn|isn|wasn|hasn|haven|couldn|don|aren|weren|won|can)t\b", re.I)


_USUALLY = re.compile(
    r"\b(?:normally|usually|generally|currently|really|(?:kind|sort) of|(?:happy|keen|willing) to)\b\s*(?=\w)", re.I
)
_LAST = re.compile(r"\blast (hour|week|month|year)\b", re.I)
_ONE = re.compile(
    r"\b(about|for|over|past|last|than|around|within|lost|nearly|almost) an? (hour|day|week|month|year|stone)\b", re.I
)


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

    @property
    def stands_alone(self) -> bool:
        """Whether the name says enough without what it belongs to."""
        return self.kind is Kind.DRUG or kind_of(self.name) in _SAYS_ENOUGH


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
    joined: tuple[str, ...] = field(default=(), compare=False)
    """The word written together with the one before or after: 'zig zag' is 'zigzag'."""


UNTROUBLED = Word("untroubled", negated=False, of_table=True)
"""'No problem with …' was said."""


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


def facts_of(text: str, *, of_relative: bool = False) -> Facts:
    """Read a text; `of_relative`: it stands under family history."""
    clauses = of_whom(read_clauses(in_words(text)))
    parts = [_facts(clause, of_relative) for clause in clauses]
    found = Facts((), (), frozenset(), (), frozenset())
    for part in parts:
        found = found.with_facts(part)
    return found


def in_words(text: str) -> str:
    """Return the text with the shorthand of hurried notes written out."""
    text = _NOT.sub(r"\1't", text.replace("’", "'")).replace("can't", "cannot")
    text = _LAST.sub(r"1 \1 ago", text)
    text = _USUALLY.sub("", _ONE.sub(r"\1 1 \2", text))
    return _shorthand_pattern().sub(lambda m: _shorthand()[m.group().lower()], text)


@lru_cache(maxsize=1)
def _shorthand() -> dict[str, str]:
    return {row[0].lower(): row[1] for row in rows("shorthand")}


@lru_cache(maxsize=1)
def _shorthand_pattern() -> re.Pattern[str]:
    longest_first = sorted(_shorthand(), key=len, reverse=True)
    return re.compile(rf"(?<![\w&+])(?:{'|'.join(map(re.escape, longest_first))})(?![\w&+])", re.I)


@lru_cache(maxsize=1)
def _details() -> PhraseTable:
    entries = [(row[0], form) for row in rows("details") for form in [row[0], *forms(row[1])]]
    return PhraseTable(entries, _BETWEEN)


@lru_cache(maxsize=1)
def _kinds_of_drug() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in rows("members"):
        for drug in forms(row[1]):
            found[drug] = (*found.get(drug, ()), row[0])
    return found


def _facts(clause: Clause, of_relative: bool) -> Facts:
    tokens = clause.tokens
    denied = [c.negated for c in contexts(tokens, [(n, n + 1) for n in range(len(tokens))])]
    details = _details().find(tokens)
    mentions = [m for m in clause.mentions if not _is_detail(m, details) and not _is_within(m, clause.mentions)]
    taken = {n for m in mentions if m.kind is not Kind.SITE for n in range(m.start, m.end)}
    untroubled = any(_is_trouble(t) and denied[n] and n not in taken for n, t in enumerate(tokens))
    details = [h for h in details if not set(range(h.start, h.end)) <= taken]
    named = [
        Named(
            m.name,
            m.kind,
            frozenset(t.stem for t in tokens[m.start : m.end] if _is_content(t)),
            m.context.negated or denied[m.start] or _is_no_trouble(tokens, m),
            of_relative or bool(m.context.relative),
        )
        for m in mentions
    ]
    named += [replace(n, name=kind, kind=Kind.CONCEPT) for n in named for kind in _kinds_of_drug().get(n.name, ())]
    named += [_named_by(tokens, h, denied[h.start], of_relative) for h in details if kind_of(h.name)]
    amounts = [q for q in clause.quantities if q.unit != "prn"]
    counted = {n for q in amounts for n in range(q.start, q.end)}
    sites = {n for m in mentions if m.kind is Kind.SITE for n in range(m.start, m.end)}
    content = [n for n, t in enumerate(tokens) if _is_content(t)]
    return Facts(
        tuple(named),
        tuple(_amounts(tokens, amounts)),
        frozenset(side.side for side in clause.sides),
        (
            *_words(tokens, details, taken | counted | sites, denied, untroubled),
            *([UNTROUBLED] if untroubled else []),
        ),
        frozenset((tokens[n].stem, denied[n]) for n in content if n not in counted),
    )


def _is_detail(mention: Mention, details: Sequence[Hit]) -> bool:
    """The table `details` goes first: 'crampy' is a kind of pain, 'side' alone is no flank."""
    if mention.kind is Kind.SITE:
        return mention.said in _SIDE_WORDS
    return any(h.start <= mention.start and mention.end <= h.end for h in details)


def _is_within(mention: Mention, mentions: Sequence[Mention]) -> bool:
    """The head of 'light headed' is no place."""
    around = (m for m in mentions if m.kind is not Kind.SITE and m.end - m.start > mention.end - mention.start)
    return mention.kind is Kind.SITE and any(m.start <= mention.start and mention.end <= m.end for m in around)


def _is_no_trouble(tokens: Sequence[Token], mention: Mention) -> bool:
    """'No problem swallowing' denies the problem that the name itself begins with."""
    begins = _is_trouble(tokens[mention.start]) and mention.end - mention.start > 1
    return begins and mention.start > 0 and tokens[mention.start - 1].text in _NEGATING


def _is_trouble(token: Token) -> bool:
    """'No bowel problems' says that bowels are normal, not that there are none."""
    return token.text in TROUBLE


def _is_content(token: Token) -> bool:
    empty = token.text in _EMPTY or token.text in _SIDE_WORDS or token.text in _NEGATING or _is_trouble(token)
    return not empty and token.text[0].isalpha() and len(token.text) > 1


def _named_by(tokens: Sequence[Token], hit: Hit, denied: bool, of_relative: bool) -> Named:
    """A way to name a concept that only the table `details` knows."""
    stems = frozenset(t.stem for t in tokens[hit.start : hit.end] if _is_content(t))
    return Named(hit.name, Kind.CONCEPT, stems, denied and not _is_own(tokens, hit.start), of_relative)


def _words(
    tokens: Sequence[Token], details: Sequence[Hit], taken: set[int], denied: Sequence[bool], untroubled: bool
) -> Iterator[Word]:
    used = set(taken)
    for hit in details:
        used |= set(range(hit.start, hit.end))
        if not kind_of(hit.name):
            negated = denied[hit.start] and not untroubled and not _is_own(tokens, hit.start)
            yield Word(hit.name, negated, of_table=True)
    for n, token in enumerate(tokens):
        if n not in used and _is_content(token):
            before = [tokens[n - 1].text + token.text] if n else []
            after = [token.text + tokens[n + 1].text] if n + 1 < len(tokens) else []
            yield Word(token.stem, denied[n] and not untroubled, joined=tuple(map(stem, [*before, *after])))


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
        if quantity.measure is Measure.NUMBER and not quantity.unit and quantity.value == 1.0:
            continue  # '1 child' is 'a child'
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
