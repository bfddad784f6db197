"""Where in a note something belongs that was said and is not in it yet."""

from app.domain.note import Note, Section
from app.domain.unnoted import UnnotedKind

_TOLD = ("present", "hpi", "subjective", "history", "interval", "complaint", "presentation")
_PAST = ("past medical", "pmh", "medical history", "history", "subjective")
_FINDINGS = ("exam", "objective", "finding", "vital", "result")
_THINKING = ("assessment", "impression", "diagnos", "problem")
_WORDS: dict[UnnotedKind, tuple[str, ...]] = {
    UnnotedKind.RED_FLAG: _TOLD,
    UnnotedKind.ALLERGY: ("allerg", *_PAST),
    UnnotedKind.MEDICINE: ("medication", "medicine", "drug", *_PAST),
    UnnotedKind.VITAL_SIGN: ("vital", *_FINDINGS),
    UnnotedKind.SYMPTOM: _TOLD,
    UnnotedKind.DENIED: ("review of systems", "ros", *_TOLD),
    UnnotedKind.ILLNESS: _PAST,
    UnnotedKind.OPERATION: ("surg", "operation", *_PAST),
    UnnotedKind.FAMILY: ("family", *_PAST),
    UnnotedKind.CONCERN: ("concern", "expect", *_TOLD),
    UnnotedKind.FINDING: _FINDINGS,
    UnnotedKind.TEST: ("result", "test", "investigation", "data", *_FINDINGS),
    UnnotedKind.ASSESSMENT: _THINKING,
    UnnotedKind.PLAN: (
        "plan",
        "recommend",
        "instruction",
        "follow",
        "disposition",
        "management",
        "advice",
        "discharge",
        "problem",
    ),
    UnnotedKind.SOCIAL: ("social", *_PAST),
    UnnotedKind.DETAIL: _TOLD,
}
_PLAIN = {
    UnnotedKind.FINDING: "objective",
    UnnotedKind.VITAL_SIGN: "objective",
    UnnotedKind.TEST: "objective",
    UnnotedKind.ASSESSMENT: "assessment",
    UnnotedKind.PLAN: "plan",
}


def section_of(note: Note, kind: UnnotedKind) -> str:
    """Return the key of the section that fits, by the words of keys and titles, the most fitting word first.

    A SOAP note, or one without sections, has a place for everything; in other types the first section takes what fits
    nowhere.
    """
    open_sections = [s for s in note.sections if not s.key.startswith("addendum-")]
    for word in _WORDS[kind]:
        for section in open_sections:
            if _begins(section, word):
                return section.key
    if note.type == "soap" or not open_sections:
        return _PLAIN.get(kind, "subjective")
    return open_sections[0].key


def _begins(section: Section, word: str) -> bool:
    names = f" {section.key.lower().replace('-', ' ')} {section.title.lower()}"
    return f" {word}" in names
