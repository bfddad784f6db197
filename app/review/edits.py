"""Edits of a note as values: each returns the changed note, the old one stays as it was."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.encounter import NoteVersion
from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement

SOAP_TITLES = {"subjective": "Subjective", "objective": "Objective", "assessment": "Assessment", "plan": "Plan"}
LONGEST_TEXT = 4_000
"""Characters of one statement; more is a pasted document, not a sentence."""

ADDENDUM = "addendum-"
_NUMBERED = re.compile(r"s(\d{1,9})")


def clean_text(text: str, what: str = "statement") -> str:
    """Return a text with white space joined to single blanks.

    Raises:
        InputError: empty, longer than `LONGEST_TEXT`, or with half a character (a broken paste).
    """
    cleaned = " ".join(text.split())
    if not cleaned:
        raise InputError(f"The {what} is empty.", "Write something.")
    if len(cleaned) > LONGEST_TEXT:
        raise InputError(f"The {what} is longer than {LONGEST_TEXT} characters.", "Split it.")
    if any("\ud800" <= c <= "\udfff" for c in cleaned):
        raise InputError(f"The {what} holds half a character.", "Type it again instead of pasting it.")
    return cleaned


def found_statement(note: Note, statement_id: str) -> tuple[Section, Statement]:
    """Return a statement with its section. Raises `InputError` if the note does not have it."""
    for section in note.sections:
        for statement in section.statements:
            if statement.id == statement_id:
                return section, statement
    raise InputError("The note does not have this statement.", "Reload the note.")


def unused_ids(versions: Sequence[NoteVersion], count: int) -> list[str]:
    """Return ids that no version has used, so that a removed statement is never confused with a new one."""
    used = {s.id for v in versions for s in v.note.statements()}
    numbers = [int(m[1]) for m in map(_NUMBERED.fullmatch, used) if m is not None]
    first = max(numbers, default=0) + 1
    return [f"s{n}" for n in range(first, first + count)]


def section_for(note: Note, key: str) -> Section:
    """Return the note's section, or an empty standard one it lacks. Raises `InputError` for any other key."""
    for section in note.sections:
        if section.key == key:
            return section
    if key not in SOAP_TITLES:
        raise InputError("The note does not have this section.", f"Sections: {', '.join(SOAP_TITLES)}.")
    return Section(key, SOAP_TITLES[key])


def with_added(note: Note, section: Section, statement: Statement) -> Note:
    """Return the note with the statement at the end of the section; a new section stands in SOAP order."""
    grown = replace(section, statements=(*section.statements, statement))
    if any(s is section for s in note.sections):
        return replace(note, sections=tuple(grown if s is section else s for s in note.sections))
    order = list(SOAP_TITLES)
    later = set(order[order.index(section.key) :])
    at = next((i for i, s in enumerate(note.sections) if s.key in later), len(note.sections))
    return replace(note, sections=(*note.sections[:at], grown, *note.sections[at:]))


def without(note: Note, statement_id: str) -> Note:
    """Return the note without the statement; its section stays, even if empty."""
    return replace(note, sections=tuple(_section_without(s, statement_id) for s in note.sections))


def _section_without(section: Section, statement_id: str) -> Section:
    return replace(section, statements=tuple(s for s in section.statements if s.id != statement_id))


def addendum_section(note: Note, author: str, at: datetime, statements: Iterable[Statement]) -> Section:
    """Return a section that follows what was signed; its title names author and time (UTC)."""
    number = 1 + sum(s.key.startswith(ADDENDUM) for s in note.sections)
    title = f"Addendum {number}: {author}, {at:%Y-%m-%d %H:%M} UTC"
    return Section(f"{ADDENDUM}{number}", title, tuple(statements))
