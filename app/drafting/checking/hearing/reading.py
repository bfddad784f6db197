"""One text read for checking: clauses with their concepts, drugs, quantities, sides and sites in context."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.drafting.checking.hearing.context import Context, contexts
from app.drafting.checking.hearing.quantities import Quantity, read_quantities
from app.drafting.checking.hearing.sides import SideMention, read_sides
from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.remembered import remembered
from app.drafting.lexicon.sites import find_sites, pain_concept_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise
from app.drafting.spoken.evidence import is_question


class Kind(StrEnum):
    """What a mention names."""

    CONCEPT = "concept"
    DRUG = "drug"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Mention:
    """A named thing with its context: `name` from the tables, `said` as written, token span in its clause."""

    name: str
    kind: Kind
    said: str
    start: int
    end: int
    context: Context


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between sentence ends or contrasts."""

    tokens: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]
    sides: tuple[SideMention, ...]
    question: bool

    def concepts(self) -> list[Mention]:
        """The clinical concepts."""
        return [m for m in self.mentions if m.kind is Kind.CONCEPT]

    def drugs(self) -> list[Mention]:
        """The drugs."""
        return [m for m in self.mentions if m.kind is Kind.DRUG]

    def sites(self) -> list[Mention]:
        """The body sites."""
        return [m for m in self.mentions if m.kind is Kind.SITE]

    def said_of(self, relative: str) -> "Clause":
        """The clause with every mention that names nobody else said of this relative."""
        mentions = (
            m if m.context.relative else replace(m, context=replace(m.context, relative=relative))
            for m in self.mentions
        )
        return replace(self, mentions=tuple(mentions))

    def sites_near(self, mention: Mention, reach: int = 6) -> frozenset[str]:
        """Names of the body sites within `reach` tokens of a mention.

        Those in the name of another thing do not count ('chest pain and cough'), nor do those before a comma if one
        follows the mention: 'on the ankle, no tenderness of the spine'.
        """
        others = [c for c in self.concepts() if c.end <= mention.start or mention.end <= c.start]
        near = [
            s
            for s in self.sites()
            if s.start - mention.end <= reach
            and mention.start - s.end <= reach
            and not any(c.start <= s.start < c.end for c in others)
        ]
        if any(s.start >= mention.end and not self._comma(mention.end - 1, s.start) for s in near):
            near = [s for s in near if s.start >= mention.start or not self._comma(s.end - 1, mention.start)]
        return frozenset(s.name for s in near)

    def sides_near(self, mention: Mention, reach: int = 5) -> frozenset[str]:
        """Sides within `reach` tokens of a mention, no comma between."""
        found = set()
        for side in self.sides:
            first, last = (side.at, mention.start) if side.at < mention.start else (mention.end - 1, side.at)
            if last - first <= reach and not self._comma(first, last):
                found.add(side.side)
        return frozenset(found)

    def _comma(self, first: int, last: int) -> bool:
        return any(t.after == "," for t in self.tokens[first:last])

    def sided(self, reach: int = 6) -> list[tuple[str, str]]:
        """Pairs of side and the body site it belongs to ('' if none is within `reach` tokens)."""
        pairs = []
        for side in self.sides:
            after = [s for s in self.sites() if 0 <= s.start - side.at <= reach]
            before = [s for s in self.sites() if 0 < side.at - s.end + 1 <= reach]
            pairs.append((side.side, after[0].name if after else before[-1].name if before else ""))
        return pairs


PAIN = frozenset({"pain", "tenderness", "muscle spasm", "tightness"})
"""Concepts that together with a body site make a complaint of their own, such as chest pain."""
_PRESSES = words("press")
_PUSHES, _PUSHED_AT = words("push"), words("push-place")
_BEFORE_PRESS = words("before-press")
_PRESS_REACH = 8
"""Words between the pain and the pressing that brings it."""
_CONTRAST = frozenset({"but", "however", "although", "except"})
_DISCOURSE = words("discourse")
_OPENERS = words("opener")
_JOINERS = words("joiner")
_QUESTION_STARTS = frozenset(w.replace("_", " ") for w in words("question-start"))
_BEFORE_ANY = words("before-any")
_BEFORE_ANY_DENIED = words("negating") | {"deny", "denies", "denied", "denying"}
_LEAST_BEFORE_ANY = 3
_LONG, _LONGEST = 60, 120
"""Tokens after which a clause is cut at the next comma or 'and', and at the latest: nobody means so much at once."""


@remembered
def read_clauses(text: str) -> tuple[Clause, ...]:
    """Read a text clause by clause."""
    return tuple(_read(part) for part in _split(tokenise(text)))


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split at sentence ends and contrasts; speech without punctuation also where a new remark or question starts."""
    parts: list[list[Token]] = [[]]
    for n, token in enumerate(tokens):
        if parts[-1] and (token.text in _CONTRAST or _starts_remark(tokens, n, len(parts[-1])) or _too_long(parts[-1])):
            parts.append([])
        parts[-1].append(token)
        if token.after in (".", "?", "!", ";"):
            parts.append([])
    return [p for p in parts if p]


def _too_long(part: Sequence[Token]) -> bool:
    return len(part) >= _LONGEST or (len(part) >= _LONG and (part[-1].after == "," or part[-1].text == "and"))


def _starts_remark(tokens: Sequence[Token], n: int, length: int) -> bool:
    following = tokens[n + 1].text if n + 1 < len(tokens) else ""
    before = tokens[n - 1].text
    if not tokens[n].after and f"{tokens[n].text} {following}" in _QUESTION_STARTS:
        denied = tokens[n].text == "any" and before in _BEFORE_ANY_DENIED
        return before not in _JOINERS and not denied
    if tokens[n].text == "any" and (before in _OPENERS or _asks_on(tokens, n, length)):
        return True
    least = 3 if tokens[n].text in ("okay", "ok", "alright") else 6
    return (
        length >= least and tokens[n].text in _DISCOURSE and before not in _JOINERS and following not in ("far", "much")
    )


def _asks_on(tokens: Sequence[Token], n: int, length: int) -> bool:
    """'let's talk about other symptoms any fever weight loss': a question that begins amid unpunctuated speech."""
    before = tokens[n - 1]
    if length < _LEAST_BEFORE_ANY or before.after or before.text in _BEFORE_ANY:
        return False
    if any(t.text in _BEFORE_ANY_DENIED for t in tokens[n - length : n]):
        return False
    return any(hit.start <= 1 for hit in find_concepts(tokens[n + 1 : n + 5]))


def _read(tokens: list[Token]) -> Clause:
    hits = [(h, Kind.CONCEPT) for h in find_concepts(tokens)]
    drug_hits = find_drugs(tokens)
    taken = {n for h in drug_hits for n in range(h.start, h.end)}
    hits = [(h, k) for h, k in hits if not taken & set(range(h.start, h.end))]
    hits += [(h, Kind.DRUG) for h in drug_hits]
    hits += [(h, Kind.SITE) for h in find_sites(tokens)]
    hits.sort(key=lambda hit: hit[0].start)
    scopes = contexts(tokens, [(h.start, h.end) for h, _ in hits])
    mentions = [
        Mention(h.name, kind, _said(tokens, h.start, h.end), h.start, h.end, context)
        for (h, kind), context in zip(hits, scopes, strict=True)
    ]
    mentions = [_on_pressure(tokens, mention) for mention in mentions]
    mentions += _composites(mentions)
    used = {n for m in mentions if m.kind is not Kind.SITE for n in range(m.start, m.end)}
    return Clause(
        tuple(tokens), tuple(mentions), read_quantities(tokens, used), read_sides(tokens), is_question(tokens)
    )


def _said(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(t.text for t in tokens[start:end])


def presses(tokens: Sequence[Token]) -> list[int]:
    """Where somebody presses on the body: 'when I press', 'on palpation'; not 'when I push myself'."""
    found = []
    for n, token in enumerate(tokens):
        following = tokens[n + 1].text if n + 1 < len(tokens) else ""
        pushes = token.text in _PUSHES and following in _PUSHED_AT
        led = any(t.text in _BEFORE_PRESS for t in tokens[max(0, n - 2) : n])
        if (token.text in _PRESSES or pushes) and led:
            found.append(n)
    return found


def _on_pressure(tokens: Sequence[Token], mention: Mention) -> Mention:
    """'No pain on pressing the breastbone' and 'when I press here, does it hurt?' are about tenderness."""
    if mention.kind is not Kind.CONCEPT or mention.name != "pain":
        return mention
    near = any(-_PRESS_REACH <= n - mention.end < _PRESS_REACH for n in presses(tokens))
    return replace(mention, name="tenderness") if near else mention


def _composites(mentions: Sequence[Mention]) -> list[Mention]:
    """'it hurts in the middle of my chest' also means chest pain."""
    made: list[Mention] = []
    for pain in mentions:
        if pain.kind is not Kind.CONCEPT or pain.name not in PAIN or pain.name == "tenderness":
            continue
        for site in mentions:
            name = pain_concept_of(site.name) if site.kind is Kind.SITE else ""
            if name and min(abs(site.start - pain.end), abs(pain.start - site.end)) <= 7:
                made.append(Mention(name, Kind.CONCEPT, pain.said, pain.start, pain.end, pain.context))
    return made
