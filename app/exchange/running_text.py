"""Statements as running text: each stays a sentence of its own, with its end."""

from app.domain.note import Note
from app.domain.style import Form

_ENDS = (".", "!", "?", "…")
_CLOSING = ('"', "”", ")", "'")


def is_prose(note: Note) -> bool:
    """Whether the note is shown as running text."""
    return note.style.form is Form.PROSE


def as_sentence(text: str) -> str:
    """Return the text with an end, so that another sentence can follow it."""
    bare = text.rstrip("".join(_CLOSING))
    return text if not text or bare.endswith(_ENDS) or text.endswith(_ENDS) else f"{text}."
