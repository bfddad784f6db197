"""One text read for checking: clauses with their concepts, drugs, quantities, sides and sites in context."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.drafting.checking.context import Context, contexts
from app.drafting.checking.quantities import Quantity, read_quantities
from app.drafting.checking.sides import SideMention, read_sides
from app.drafting.evidence import is_question
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.sites import find_sites, pain_concept_of
from app.drafting.lexicon.tokens import Token, tokenise


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


_PAIN = frozenset({"pain", "tenderness", "muscle spasm"})
_CONTRAST = frozenset({"but", "however", "although", "except"})


def read_clauses(text: str) -> tuple[Clause, ...]:
    """Read a text clause by clause."""
    return tuple(_read(part) for part in _split(tokenise(text)))


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.text in _CONTRAST and parts[-1]:
            parts.append([])
        parts[-1].append(token)
        if token.after in (".", "?", "!", ";"):
            parts.append([])
    return [p for p in parts if p]


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
    mentions += _composites(mentions)
    used = {n for m in mentions if m.kind is not Kind.SITE for n in range(m.start, m.end)}
    return Clause(
        tuple(tokens), tuple(mentions), read_quantities(tokens, used), read_sides(tokens), is_question(tokens)
    )


def _said(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(t.text for t in tokens[start:end])


def _composites(mentions: Sequence[Mention]) -> list[Mention]:
    """'it hurts in the middle of my chest' also means chest pain."""
    made: list[Mention] = []
    for pain in mentions:
        if pain.kind is not Kind.CONCEPT or pain.name not in _PAIN:
            continue
        for site in mentions:
            name = pain_concept_of(site.name) if site.kind is Kind.SITE else ""
            if name and min(abs(site.start - pain.end), abs(pain.start - site.end)) <= 7:
                made.append(Mention(name, Kind.CONCEPT, pain.said, pain.start, pain.end, pain.context))
    return made


def is_exam_kind(concept: str) -> bool:
    """Whether a concept is something only an examination shows."""
    return kind_of(concept) == "finding"
