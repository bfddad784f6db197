"""A revision: some statements of one section, what a person asked of them, and the lines proposed in their place."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.note import Section, Statement, Support


@dataclass(frozen=True, slots=True)
class RevisedLine:
    """A proposed line. `origins` are the ids of the statements that it stands for, none if it is new."""

    text: str
    origins: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    support: Support = Support.UNSUPPORTED
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A proposal, not yet taken.

    `section` holds the statements that were given, as they stood; `notices` say what the proposal leaves as it was or
    leaves out, and why; `model` names the language model that wrote it, '' if plain rules did. `place` is None for a
    section that the note has, else the keys of the sections that stand before it in the note's type.
    """

    instruction: str
    section: Section
    lines: tuple[RevisedLine, ...]
    notices: tuple[str, ...] = ()
    model: str = ""
    place: tuple[str, ...] | None = None

    @property
    def before(self) -> tuple[Statement, ...]:
        """The statements as they stood."""
        return self.section.statements

    @property
    def changes_anything(self) -> bool:
        """Whether taking it would change a word."""
        return [(s.text, (s.id,)) for s in self.before] != [(line.text, line.origins) for line in self.lines]

    def original(self, line: RevisedLine) -> Statement | None:
        """The statement that a line repeats word for word, else None."""
        if len(line.origins) != 1:
            return None
        return next((s for s in self.before if s.id == line.origins[0] and s.text == line.text), None)


class DifferenceKind(StrEnum):
    """What became of a line."""

    KEPT = "kept"
    CHANGED = "changed"
    REPLACED = "replaced"
    """An old line that is split or joined; the new ones follow."""
    REMOVED = "removed"
    ADDED = "added"


class PieceKind(StrEnum):
    """What became of some words."""

    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line, blanks between pieces left out."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One row of the difference in reading order; `line` is the proposed line, `before` the old statement, if any."""

    kind: DifferenceKind
    pieces: tuple[Piece, ...]
    line: RevisedLine | None = None
    before: Statement | None = None


def difference(revision: Revision) -> tuple[DifferenceRow, ...]:
    """Return the proposal beside what stood there: every old statement and every new line exactly once."""
    return tuple(_Difference(revision).rows())


def word_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return the words of both texts: those that stay, go and come (longest common runs of whole words)."""
    old, new = before.split(), after.split()
    found: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(PieceKind.SAME, " ".join(old[a:b])))
            continue
        if b > a:
            found.append(Piece(PieceKind.OUT, " ".join(old[a:b])))
        if d > c:
            found.append(Piece(PieceKind.IN, " ".join(new[c:d])))
    return tuple(found)


class _Difference:
    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._place = {s.id: n for n, s in enumerate(revision.before)}
        self._uses: dict[str, int] = {}
        for line in revision.lines:
            for origin in line.origins:
                self._uses[origin] = self._uses.get(origin, 0) + 1
        self._told: set[str] = set()

    def rows(self) -> Iterator[DifferenceRow]:
        """All rows."""
        for line in self._revision.lines:
            if line.origins:
                first = min(self._place[o] for o in line.origins)
                yield from self._gone(self._revision.before[:first])
            yield from self._line(line)
        yield from self._gone(self._revision.before)

    def _line(self, line: RevisedLine) -> Iterator[DifferenceRow]:
        if len(line.origins) == 1 and self._uses[line.origins[0]] == 1:
            old = self._revision.before[self._place[line.origins[0]]]
            self._told.add(old.id)
            kind = DifferenceKind.KEPT if old.text == line.text else DifferenceKind.CHANGED
            yield DifferenceRow(kind, word_pieces(old.text, line.text), line, old)
            return
        for origin in sorted(line.origins, key=self._place.__getitem__):
            if origin not in self._told:
                self._told.add(origin)
                yield _struck(DifferenceKind.REPLACED, self._revision.before[self._place[origin]])
        yield DifferenceRow(DifferenceKind.ADDED, (Piece(PieceKind.IN, line.text),), line)

    def _gone(self, statements: Sequence[Statement]) -> Iterator[DifferenceRow]:
        for statement in statements:
            if statement.id not in self._told and statement.id not in self._uses:
                self._told.add(statement.id)
                yield _struck(DifferenceKind.REMOVED, statement)


def _struck(kind: DifferenceKind, statement: Statement) -> DifferenceRow:
    return DifferenceRow(kind, (Piece(PieceKind.OUT, statement.text),), before=statement)
