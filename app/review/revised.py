"""A revision taken into a note: pure values, the old note stays as it was."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.errors import ConflictError, InputError
from app.domain.note import Note, Section, Statement, Support
from app.domain.revision import RevisedLine, Revision
from app.review.edits import clean_text


def with_revision(
    note: Note, revision: Revision, ids: Iterator[str], author: str | None
) -> tuple[Note, frozenset[str]]:
    """Return the note with the proposed lines in the place of those that were given, and the ids of changed statements.

    A line that repeats a statement leaves it as it is; the first line that stands for a statement keeps its id, others
    get one of `ids`. A section with a `place` is made there if the note lacks it.

    Changed lines have `author`, except that what nobody said and the program wrote does not become a person's own words
    by another wording: it stays in doubt. Added lines are the visit's word and have none.

    Raises:
        ConflictError: a statement that was given is gone or says something else now.
        InputError: the note does not have the section, or a line is no usable text.
    """
    section = next((s for s in note.sections if s.key == revision.section.key), None)
    if section is None and revision.place is not None:
        section = replace(revision.section, statements=())
        note = note.with_section(section, revision.place)
    if section is None:
        raise InputError("The note does not have this section.", "Reload the note.")
    now = {s.id: s.text for s in section.statements}
    if any(now.get(s.id) != s.text for s in revision.before):
        raise ConflictError("These lines were changed since the proposal was made.", "Ask for it again.")
    written = _statements(revision, ids, author)
    given = {s.id for s in revision.before}
    statements: list[Statement] = []
    placed = False
    for statement in section.statements:
        if statement.id not in given:
            statements.append(statement)
        elif not placed:
            placed = True
            statements.extend(written)
    if not placed:
        statements.extend(written)
    kept = {s.id for line in revision.lines if (s := revision.original(line)) is not None}
    new = replace(section, statements=tuple(statements))
    changed = frozenset(s.id for s in written if s.id not in kept)
    return replace(note, sections=tuple(new if s is section else s for s in note.sections)), changed


def only(section: Section, ids: frozenset[str]) -> Section:
    """Return the section with these statements alone."""
    return replace(section, statements=tuple(s for s in section.statements if s.id in ids))


def _statements(revision: Revision, ids: Iterator[str], author: str | None) -> list[Statement]:
    old = {s.id: s for s in revision.before}
    taken = {s.id for line in revision.lines if (s := revision.original(line)) is not None}
    found: list[Statement] = []
    repeated: set[str] = set()
    for line in revision.lines:
        same = revision.original(line)
        if same is not None and same.id not in repeated:
            repeated.add(same.id)
            found.append(same)
            continue
        place = next((o for o in line.origins if o not in taken), None)
        identifier = place if place is not None else next(ids)
        taken.add(identifier)
        by = _author(line, [old[o] for o in line.origins], author)
        found.append(Statement(identifier, clean_text(line.text), line.evidence, line.support, line.reasons, author=by))
    return found


def _author(line: RevisedLine, origins: list[Statement], author: str | None) -> str | None:
    if not origins:
        return None
    unsaid = line.support is Support.UNSUPPORTED
    if unsaid and any(s.author is None and s.support is not Support.SUPPORTED for s in origins):
        return None
    return author
