"""Two lines of one section must not say the opposite of each other without a mark.

The rules look at each statement alone, and what was asked, told and taken back in a long visit can support both. Only a
complaint or illness with the same place and side, of the patient and of no other time counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from app.domain.note import Section, Statement, Support
from app.drafting.checking.hearing.heard import Heard, Status
from app.drafting.checking.hearing.reading import PAIN, read_clauses
from app.drafting.checking.rules.then_and_now import is_timed
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.labels import split_label

_KINDS = frozenset({"symptom", "condition"})
_OTHER_LABELS = frozenset({"family", "plan", "allergy", "result", "exam"})
_TOO_WIDE = PAIN | {"trauma", "swelling", "weakness", "numbness"}
"""Names under which a note may speak of several complaints."""
_LIMITED = re.compile(
    r"\b(?:when|while|with|after|before|during|on|if|at night|some|occasional\w*|sometimes|only|except|other|severe"
    r"|much|new|worse\w*|other than|since|ever|family|history)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r'"[^"]*" – ')
_QUOTED = re.compile(r'"[^"]*"')
_PAST = frozenset({"had", "was", "were", "did", "ago", "got"})
_NOW = frozenset({"have", "has", "am", "is", "are", "now", "today", "still"})
_MOST_SHOWN = 60
"""Characters of the other line in a reason."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a line says of the patient: whether a thing is there, where."""

    name: str
    said: str
    denied: bool
    sites: frozenset[str]
    sides: frozenset[str]

    def contradicts(self, other: "_Claim") -> bool:
        same = self.name == other.name and self.sites == other.sites and self.sides == other.sides
        return same and self.denied is not other.denied


def consistent(section: Section, heard: Heard) -> Section:
    """Return the section with lines marked that say the opposite of another one of it.

    Where the talk that a line rests on says it of the patient and that of the other does not, only the other is marked;
    else both are. Pure; texts and evidence stay.
    """
    claims = {n: tuple(_claims(s)) for n, s in enumerate(section.statements) if s.support is Support.SUPPORTED}
    reasons: dict[int, list[str]] = {}
    for (a, first), (b, second) in combinations(claims.items(), 2):
        for one in first:
            against = next((c for c in second if one.contradicts(c)), None)
            if against is None:
                continue
            for n, other in _doubtful(section.statements, a, b, one, against, heard):
                reasons.setdefault(n, []).append(_reason(section.statements[other]))
            break
    if not reasons:
        return section
    marked = [
        replace(s, support=Support.PARTIAL, reasons=(*s.reasons, *dict.fromkeys(reasons[n]))) if n in reasons else s
        for n, s in enumerate(section.statements)
    ]
    return replace(section, statements=tuple(marked))


def _claims(statement: Statement) -> Iterator[_Claim]:
    label, body = split_label(statement.text)
    body = _ASKED.sub("", body)
    if label in _OTHER_LABELS or is_timed(body) or _LIMITED.search(_QUOTED.sub(" ", body)):
        return
    for clause in read_clauses(body):
        if clause.question or _LIMITED.search(" ".join(t.text for t in clause.tokens)):
            continue
        for mention in clause.concepts():
            context = mention.context
            if kind_of(mention.name) not in _KINDS or mention.name in _TOO_WIDE:
                continue
            if not (context.hypothetical or context.hedged or context.relative):
                sites, sides = clause.sites_near(mention), clause.sides_near(mention)
                yield _Claim(mention.name, mention.said, context.negated, sites, sides)


def _doubtful(
    statements: Sequence[Statement], a: int, b: int, one: _Claim, against: _Claim, heard: Heard
) -> list[tuple[int, int]]:
    """Numbers of the lines to be marked, each with that of the other line."""
    first, second = _is_said(statements[a], one, heard), _is_said(statements[b], against, heard)
    if first and not second:
        return [(b, a)]
    if second and not first:
        return [(a, b)]
    told, denied = (a, b) if against.denied else (b, a)
    if _was_earlier(statements[told], one.name, heard):
        return [(told, denied)]
    return [(a, b), (b, a)]


def _was_earlier(statement: Statement, name: str, heard: Heard) -> bool:
    """Whether the talk of a line tells a complaint in the past tense only; its denial is of now and stands."""
    places = {heard.position[e] for e in statement.evidence if e in heard.position}
    said = [m for m in heard.concepts.get(name, ()) if m.status is Status.AFFIRMED and m.utterance in places]
    clauses = [{t.text for t in heard.clauses[m.clause][1].tokens} for m in said]
    return bool(clauses) and all(c & _PAST and not c & _NOW for c in clauses)


def _is_said(statement: Statement, claim: _Claim, heard: Heard) -> bool:
    """Whether the words that a line rests on say its claim, not only ask for it."""
    wanted = Status.NEGATED if claim.denied else Status.AFFIRMED
    places = {heard.position[e] for e in statement.evidence if e in heard.position}
    return any(m.status is wanted and m.utterance in places for m in heard.concepts.get(claim.name, ()))


def _reason(other: Statement) -> str:
    text = other.text.rstrip(".")
    shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN].rsplit(' ', 1)[0]} …"
    return f"negation: another line of this note says the opposite: {shown}"
