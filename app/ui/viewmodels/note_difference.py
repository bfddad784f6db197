"""Two notes beside each other, as one proposal: what stands now, and what was set aside."""

from app.domain.note import Note, Section
from app.domain.revision import RevisedLine, Revision


def as_revision(now: Note | None, other: Note) -> Revision:
    """The other note as a proposal in place of the one that stands now; lines of the same id belong together."""
    before = tuple(now.statements()) if now is not None else ()
    known = {s.id for s in before}
    lines = tuple(
        RevisedLine(s.text, (s.id,) if s.id in known else (), s.evidence, s.support, s.reasons)
        for s in other.statements()
    )
    return Revision("", Section("note", "Note", before), lines)
