"""The finished note: statements under the headings of its type, by the fields that they were found for."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app.domain.note import Note, Section, Statement
from app.domain.transcript import Transcript
from app.drafting.style.plain_words import for_patient
from app.drafting.templates.template import Field, Heading, Template
from app.drafting.writing.plan.problems import by_problem

_QUOTATION = re.compile(r'"([^"]+)"')
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")

Fields = Mapping[str, Field | None]
"""Which field each statement (by its id) was found for; None for lines that are quoted without one."""


class Layout:
    """Prints the sections that were asked for as the sections of a note type."""

    def __init__(self, template: Template, transcript: Transcript) -> None:
        self._template = template
        self._transcript = transcript

    def sections(self, asked: Sequence[Section], fields: Fields, *, finished: bool = True) -> tuple[Section, ...]:
        """Return the sections of the note, as far as `asked` (the sections asked for, in any number) fills them.

        Statements keep their order within a field; a field that the note type does not show is left out. A heading
        stands there once one of its fields was asked for, an optional one once something is under it. Problems are only
        told apart in a note that is `finished`: before, their numbers would change under the reader's eyes.
        """
        words = for_patient if self._template.reader == "patient" else _as_it_is
        if not self._template.headings:
            return tuple(replace(s, statements=tuple(words(x) for x in s.statements)) for s in asked)
        keys = {section.key for section in asked}
        placed = _placed(self._template, asked, fields)
        found = []
        for heading in self._template.headings:
            statements = tuple(words(s) for s in placed[heading.key])
            begun = any(name.partition(".")[0] in keys for name in heading.fields)
            if statements or (begun and not heading.optional):
                found.append(Section(heading.key, heading.title, statements))
        if self._template.by_problem and finished:
            return by_problem(found, self._template.by_problem, self._transcript)
        return tuple(found)

    def note(self, asked: Sequence[Section], fields: Fields, notices: Sequence[str] = ()) -> Note:
        """Return the whole note."""
        template = self._template
        return Note(template.type, self.sections(asked, fields), tuple(notices), template.title, template.reader)


def _as_it_is(statement: Statement) -> Statement:
    return statement


def _placed(template: Template, asked: Sequence[Section], fields: Fields) -> dict[str, list[Statement]]:
    """Statements by heading, in the order of the heading's fields."""
    order = {name: n for heading in template.headings for n, name in enumerate(heading.fields)}
    shown: dict[str, list[tuple[int, Statement]]] = {heading.key: [] for heading in template.headings}
    quoted = _quoted(asked, fields)
    for section in asked:
        for statement in section.statements:
            if _is_quoted_elsewhere(statement, fields.get(statement.id), quoted):
                continue
            field = fields.get(statement.id)
            under = field.under if field else _first_heading(template.headings, section.key)
            if under in shown:
                place = order.get(f"{section.key}.{field.name}", 0) if field else len(order)
                shown[under].append((place, statement))
    by_place: Callable[[tuple[int, Statement]], int] = lambda pair: pair[0]  # noqa: E731 - the sort below is stable by it
    return {key: [statement for _, statement in sorted(pairs, key=by_place)] for key, pairs in shown.items()}


def _quoted(asked: Sequence[Section], fields: Fields) -> dict[str, set[str]]:
    """Sentences that stand under a heading of their own because of what they say, by utterance."""
    found: dict[str, set[str]] = {}
    for section in asked:
        for statement in section.statements:
            field = fields.get(statement.id)
            if field is not None and field.said and field.under:
                for identifier in statement.evidence:
                    found.setdefault(identifier, set()).update(_sentences(statement.text))
    return found


def _is_quoted_elsewhere(statement: Statement, field: Field | None, quoted: Mapping[str, set[str]]) -> bool:
    """Whether a quote that completes the note says nothing that does not stand under a heading of its own."""
    said = _sentences(statement.text)
    if not said or (field is not None and field.said):
        return False
    return all(any(s in quoted.get(e, ()) for e in statement.evidence) for s in said)


def _sentences(text: str) -> set[str]:
    """The sentences of a statement's quotation, in small letters; none if it quotes nothing."""
    match = _QUOTATION.search(text)
    return {s.strip(" .!?…").lower() for s in _SENTENCE.split(match[1])} - {""} if match else set()


def _first_heading(headings: Sequence[Heading], section_key: str) -> str:
    """Where a line that belongs to no field goes: the first heading that shows anything of its section."""
    return next((h.key for h in headings if any(f.partition(".")[0] == section_key for f in h.fields)), "")
