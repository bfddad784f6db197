"""How much of an entry the lines on the same utterances and their neighbours do not say already."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.note import Note
from app.domain.transcript import Transcript
from app.domain.unnoted import Unnoted
from app.drafting.checking.hearing.quantities import Quantity
from app.drafting.checking.hearing.reading import Clause, Kind, read_clauses
from app.drafting.checking.unnoted.noted import same_quantity
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise

_QUESTION = re.compile(r'^(?:[^"]*: )?"[^"]*" – ')
_EMPTY = frozenset(
    stem(w) for w in {"ever", "never"} | words("yes") | words("no") | words("filler-answer") | words("says-little")
)
_NEGATING = words("negating") | words("no") | {"denies", "never"}
_NEIGHBOUR = 1
LEAST_NEWS = 1 / 3
"""Share of new words from which on a quotation is no repeat."""


@dataclass(frozen=True, slots=True)
class News:
    """`share`: of the words with content, those that are new; `clinical`: whether a named thing or a number is."""

    share: float
    clinical: bool


@dataclass(frozen=True, slots=True)
class _Read:
    stems: frozenset[str]
    named: frozenset[tuple[str, bool]]
    quantities: tuple[Quantity, ...]


def news_of(entry: Unnoted, note: Note, transcript: Transcript) -> News:
    """Return what an entry tells beside the statements that rest on its utterances or on their neighbours.

    Of a quoted exchange only the answer counts, if it has words of its own. Pure.
    """
    position = {u.id: n for n, u in enumerate(transcript.utterances)}
    places = {position[e] + d for e in entry.evidence if e in position for d in range(-_NEIGHBOUR, _NEIGHBOUR + 1)}
    near = [s.text for s in note.statements() if any(position.get(e) in places for e in s.evidence)]
    held, told = _read(near), _read([_QUESTION.sub("", entry.text)])
    own = [s.text for s in note.statements() if set(entry.evidence) & set(s.evidence)]
    denied = _denies(_QUESTION.sub("", entry.text)) and not any(_denies(text) for text in own)
    if denied or not told.stems:
        told = _read([entry.text])  # a no, or a bare yes, says what was asked
    if not told.stems:
        return News(0.0, clinical=False)
    share = len(told.stems - held.stems) / len(told.stems)
    counted = any(not any(same_quantity(q, other) for other in held.quantities) for q in told.quantities)
    return News(share, bool(told.named - held.named) or counted)


def _denies(text: str) -> bool:
    return bool(_NEGATING & {t.text for t in tokenise(text)})


def _read(texts: Iterable[str]) -> _Read:
    clauses = [c for text in texts for c in read_clauses(text)]
    named = {(m.name, m.context.negated) for c in clauses for m in c.mentions if m.kind is not Kind.SITE}
    return _Read(
        frozenset(s for c in clauses for s in _stems(c)),
        frozenset(named),
        tuple(q for c in clauses for q in c.quantities),
    )


def _stems(clause: Clause) -> Iterable[str]:
    """The words with content; a named thing counts by its name, however it was called."""
    taken = {n: m.name for m in clause.mentions for n in range(m.start, m.end)}
    for n, token in enumerate(clause.tokens):
        if n in taken:
            yield taken[n]
        elif not token.is_stop and token.stem not in _EMPTY:
            yield token.stem
