"""A note: sections of statements, each with evidence and support."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.style import STANDARD, Style


class Support(StrEnum):
    """How far the transcript supports a statement, from best to worst."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"

    @property
    def doubt(self) -> int:
        """0 (supported) to 3 (contradicted)."""
        return list(Support).index(self)


def worst(*supports: Support) -> Support:
    """Return the most doubtful of the given marks."""
    return max(supports, key=lambda s: s.doubt)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a note.

    `evidence` holds utterance ids; `reasons` say in a physician's words why the mark is not `supported`.
    A statement typed by a person has `author` set to that person's name and needs no evidence.
    """

    id: str
    text: str
    evidence: tuple[str, ...] = ()
    support: Support = Support.UNSUPPORTED
    reasons: tuple[str, ...] = ()
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list of statements, for example key `plan`, title `Plan`."""

    key: str
    title: str
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a type (`soap`, …). `notices` are sentences about the note itself.

    `title` names the type in words, '' in notes that were made without one; `reader` is 'patient' for a note that is
    written for the patient, else ''. `style` is how it was drafted; its form says how it is shown.
    """

    type: str
    sections: tuple[Section, ...]
    notices: tuple[str, ...] = ()
    title: str = ""
    reader: str = ""
    style: Style = STANDARD

    def statements(self) -> Iterator[Statement]:
        """All statements in reading order."""
        for section in self.sections:
            yield from section.statements

    def statement(self, statement_id: str) -> Statement | None:
        """Return the statement with this id, or None."""
        return next((s for s in self.statements() if s.id == statement_id), None)

    def with_section(self, section: Section, before: Collection[str]) -> "Note":
        """Return the note with one section more, after the last of those whose keys are `before`, else as the first."""
        at = max((n for n, s in enumerate(self.sections, 1) if s.key in before), default=0)
        return replace(self, sections=(*self.sections[:at], section, *self.sections[at:]))

    def with_statement(self, changed: Statement) -> "Note":
        """Return the note with the statement of the same id replaced."""
        return replace(
            self,
            sections=tuple(
                replace(section, statements=tuple(changed if s.id == changed.id else s for s in section.statements))
                for section in self.sections
            ),
        )
