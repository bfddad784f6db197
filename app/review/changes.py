"""What differs between consecutive versions of a note."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from app.domain.encounter import NoteVersion
from app.domain.note import Note, Statement


class ChangeKind(StrEnum):
    """What happened to a statement."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Change:
    """One statement's change: by whom, when, and in which version it first shows.

    `before` is None for an added statement, `after` for a removed one.
    """

    version: int
    author_name: str
    at: datetime
    kind: ChangeKind
    section_key: str
    statement_id: str
    before: str | None
    after: str | None


def changes_between(versions: Sequence[NoteVersion]) -> list[Change]:
    """Return the changes from each version to the next, oldest first, in reading order within a version.

    A change of marks alone (a new check of the same words) is not a change of the note.
    """
    return [change for old, new in pairwise(versions) for change in _changes(old.note, new)]


def _changes(old: Note, version: NoteVersion) -> Iterator[Change]:
    before = _placed(old)
    after = _placed(version.note)
    for statement_id, (section, statement) in before.items():
        if statement_id not in after:
            yield _change(version, ChangeKind.REMOVED, section, statement_id, statement, None)
    for statement_id, (section, statement) in after.items():
        if statement_id not in before:
            yield _change(version, ChangeKind.ADDED, section, statement_id, None, statement)
        elif before[statement_id][1].text != statement.text:
            yield _change(version, ChangeKind.EDITED, section, statement_id, before[statement_id][1], statement)


def _placed(note: Note) -> dict[str, tuple[str, Statement]]:
    return {s.id: (section.key, s) for section in note.sections for s in section.statements}


def _change(
    version: NoteVersion,
    kind: ChangeKind,
    section: str,
    statement_id: str,
    old: Statement | None,
    new: Statement | None,
) -> Change:
    return Change(
        version=version.number,
        author_name=version.author_name,
        at=version.created_at,
        kind=kind,
        section_key=section,
        statement_id=statement_id,
        before=None if old is None else old.text,
        after=None if new is None else new.text,
    )
