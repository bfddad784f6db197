"""What was told and would be missing from a draft stands in it as it was told, the most important first."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from app.domain.note import Note, Section, Statement
from app.domain.style import Length
from app.domain.transcript import Transcript
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.checking.check import check_note
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.checking.unnoted.news import LEAST_NEWS, news_of
from app.drafting.spoken.examining import examined
from app.drafting.spoken.exchanges import names_in
from app.drafting.spoken.given_medicines import medicines_in, newly_given
from app.drafting.spoken.orders import without_orders
from app.drafting.spoken.tolerated import only_tolerated
from app.drafting.templates.template import Field, SectionTemplate, Template
from app.drafting.writing.note_writer import NOT_CHECKED
from app.drafting.writing.phrases import Phrase

MOST = 8
"""Entries of a note of standard length; a full note takes all, a brief one only what nobody signs past unasked."""

_SPEAKER = "Patient: "
_ANSWERED = re.compile(r'^[^"]+ \((?P<answer>"[^"]+")\)\.$')
_POINTS = re.compile(
    r'^"(?:and |so |okay |ok )?(?:how|when|what|where|is|was|does|did|has|have)\b'
    r'[^"]*\b(?:that|it|this|them|those|one)\b[^"]*" – ',
    re.IGNORECASE,
)
"""A question that points to something the entry does not name."""
_Fits = Callable[[Field], bool]

_PLACES: Mapping[UnnotedKind, _Fits] = {
    UnnotedKind.RED_FLAG: lambda field: field.role == "symptoms",
    UnnotedKind.ALLERGY: lambda field: field.name == "allergies",
    UnnotedKind.MEDICINE: lambda field: "drug" in field.kinds,
    UnnotedKind.SYMPTOM: lambda field: field.role == "symptoms",
    UnnotedKind.DENIED: lambda field: field.role == "denied",
    UnnotedKind.ILLNESS: lambda field: "condition" in field.kinds,
    UnnotedKind.OPERATION: lambda field: "procedure" in field.kinds,
    UnnotedKind.FAMILY: lambda field: field.role == "family",
    UnnotedKind.CONCERN: lambda field: field.name == "worries",
    UnnotedKind.SOCIAL: lambda field: field.name == "work and home",
    UnnotedKind.DETAIL: lambda field: field.role == "symptoms",
}
"""The field of what the patient told, by kind. What the clinician found or plans is read by rules of its own."""


def with_told_besides(
    sections: Sequence[Section],
    fields: dict[str, Field | None],
    template: Template,
    transcript: Transcript,
    length: Length,
) -> tuple[Section, ...]:
    """Return the sections with what the patient told and no statement says, each behind its field's statements.

    `fields` gives the field of each statement by its id, and takes up those of the new ones. A note for the patient
    leaves most out on purpose and gets nothing. Pure but for `fields`; about as long as a check of the note.
    """
    if template.reader:
        return tuple(sections)
    transcript = replace(transcript, utterances=without_orders(transcript.utterances))
    note = check_note(Note(template.type, tuple(sections)), transcript)
    told = {s.key: s for s in template.sections if s.said_by is None}
    not_taken = only_tolerated(transcript) | newly_given(transcript)
    seen = examined(transcript)
    wanted = [
        e
        for e in said_not_noted(note, transcript)
        if _is_wanted(e, length)
        and not _is_of(e, not_taken)
        and not seen.issuperset(e.evidence)
        and _tells_enough(e, note, transcript)
    ]
    placed = [(e, *place) for e in wanted if (place := _place(e, sections, told)) is not None]
    placed = placed if length is Length.FULL else placed[:MOST]
    spoken = {u.id: n for n, u in enumerate(transcript.utterances)}
    placed.sort(key=lambda one: min((spoken[e] for e in one[0].evidence), default=0))
    number, found = sum(len(s.statements) for s in sections), list(sections)
    for entry, at, field in placed:
        number += 1
        statement = Statement(f"s{number}", _sentence(entry, field), entry.evidence, reasons=(NOT_CHECKED,))
        fields[statement.id] = field
        found[at] = _with(_without_none(found[at], field, fields), statement, field, told[found[at].key], fields)
    return tuple(found)


def _is_wanted(entry: Unnoted, length: Length) -> bool:
    if length is Length.BRIEF and not entry.kind.pressing:
        return False
    return entry.kind in _PLACES and not entry.text.startswith(("Clinician: ", "Other person: "))


def _tells_enough(entry: Unnoted, note: Note, transcript: Transcript) -> bool:
    """Whether an entry is no repeat of the lines beside it, and can be understood alone."""
    asked = _POINTS.match(entry.text)
    if asked and not names_in(entry.text):
        return False
    safe = entry.kind in (UnnotedKind.ALLERGY, UnnotedKind.RED_FLAG)
    return safe or '"' not in entry.text or news_of(entry, note, transcript).share >= LEAST_NEWS


def _is_of(entry: Unnoted, not_taken: frozenset[str]) -> bool:
    """Whether an entry for the medicines names only such as the patient does not take."""
    medicines = medicines_in(entry.text) if entry.kind is UnnotedKind.MEDICINE else set()
    return bool(medicines) and medicines <= not_taken


def _place(
    entry: Unnoted, sections: Sequence[Section], told: Mapping[str, SectionTemplate]
) -> tuple[int, Field] | None:
    """The number of the section and the field that an entry belongs to; None if the note type asks for neither."""
    for at, section in enumerate(sections):
        for field in told[section.key].fields if section.key in told else ():
            if _PLACES[entry.kind](field):
                return at, field
    return None


def _sentence(entry: Unnoted, field: Field) -> str:
    """An entry under its field's label; what says itself what it is stays as it is."""
    text = entry.text.removeprefix(_SPEAKER)
    label = field.say.partition("{}")[0]
    if text.startswith((label or '"', "Denies ", "No ")) or field.role == "denied":
        return text if text == entry.text or label else Phrase(field, text, entry.evidence).sentence
    if label and not text.startswith('"'):
        answered = _ANSWERED.match(text)
        plain = answered["answer"] if answered and entry.kind is UnnotedKind.ALLERGY else text.rstrip(".")
        text = plain if plain.startswith('"') else plain[:1].lower() + plain[1:]
    return Phrase(field, text, entry.evidence).sentence if label or text.startswith('"') else text


def _without_none(section: Section, field: Field, fields: Mapping[str, Field | None]) -> Section:
    """'No past surgeries' goes where one was told after all."""
    kept = [s for s in section.statements if not (field.none and s.text == field.none and fields.get(s.id) is field)]
    return replace(section, statements=tuple(kept))


def _with(
    section: Section,
    statement: Statement,
    field: Field,
    template: SectionTemplate,
    fields: Mapping[str, Field | None],
) -> Section:
    """The section with a statement behind all those of its field and of the fields before it."""
    order = {f.name: n for n, f in enumerate(template.fields)}
    at = 0
    for n, old in enumerate(section.statements):
        of = fields.get(old.id)
        if of is not None and order.get(of.name, len(order)) <= order[field.name]:
            at = n + 1
    return replace(section, statements=(*section.statements[:at], statement, *section.statements[at:]))
