"""The words of a note by its style; the meaning is always the same, and evidence stays with its statement."""

from dataclasses import replace

from app.domain.note import Note, Section
from app.domain.style import Form, Style, Wording
from app.drafting.lexicon.abbreviations import abbreviated, spelled_out, with_terms
from app.drafting.style.full_sentences import in_full_sentence


def worded(note: Note, style: Style) -> Note:
    """Return the note in the words of the style. What the patient reads is never abbreviated."""
    return replace(note, sections=tuple(worded_section(s, style, reader=note.reader) for s in note.sections))


def worded_section(section: Section, style: Style, *, reader: str = "") -> Section:
    """Return one section in the words of the style."""
    if reader == "patient":
        style = Style() if style.wording is Wording.AS_SAID else Style(wording=Wording.SPELLED)
    return replace(section, statements=tuple(replace(s, text=in_words(s.text, style)) for s in section.statements))


def in_words(text: str, style: Style) -> str:
    """Return a statement's text in the words of the style; the person's own terms go before its wording."""
    if style.form is Form.PROSE:
        text = in_full_sentence(text)
    if style.wording is Wording.SPELLED:
        text = spelled_out(text)
    elif style.wording is Wording.ABBREVIATED:
        text = abbreviated(text)
    return with_terms(text, style.terms) if style.terms else text
