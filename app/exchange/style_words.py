"""A style in words, for the window and the terminal."""

from enum import StrEnum

from app.domain.style import Form, Length, Style, Wording

MOST_TERMS = 3

LENGTHS: dict[StrEnum, str] = {Length.BRIEF: "Brief", Length.STANDARD: "Standard length", Length.FULL: "Full"}
FORMS: dict[StrEnum, str] = {Form.BULLETS: "Bullets", Form.PROSE: "Prose"}
WORDINGS: dict[StrEnum, str] = {
    Wording.AS_SAID: "Words as said",
    Wording.SPELLED: "Spelled out",
    Wording.ABBREVIATED: "Abbreviated",
}


def described(style: Style) -> str:
    """A style in a few words, such as 'Standard length, bullets, abbreviated'."""
    parts = [LENGTHS[style.length], FORMS[style.form].lower(), WORDINGS[style.wording].lower()]
    if style.terms:
        more = " …" if len(style.terms) > MOST_TERMS else ""
        parts.append(", ".join(f"“{term}”" for term in style.terms[:MOST_TERMS]) + more)
    return ", ".join(parts)


def from_notes(notes: int, like: int) -> str:
    """From how many signed notes: those of the wanted type, if there are any."""
    number = like or notes
    return f"from your {number} signed notes" if number > 1 else "from your signed note"
