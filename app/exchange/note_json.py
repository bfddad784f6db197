"""A note's JSON as the program prints it: the contract, with the reading grade of a note for the patient beside it."""

from app.domain.codec import note_to_json
from app.domain.note import Note


def note_json(note: Note) -> dict[str, object]:
    """Return the note's JSON object; `reading_grade` (Flesch-Kincaid) is there for notes that the patient reads."""
    from app.drafting.style.reading_grade import note_grade

    grade = note_grade(note)
    return note_to_json(note) if grade is None else {**note_to_json(note), "reading_grade": grade}
