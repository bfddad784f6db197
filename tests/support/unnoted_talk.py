"""Talk and notes in short lines, and what of the talk is not in the note."""

from app.domain.note import Note, Section, Statement
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.checking.check import check_note
from app.drafting.checking.unnoted.missing import said_not_noted

K = UnnotedKind
SECTIONS = {"S": "subjective", "O": "objective", "A": "assessment", "P": "plan", "F": "family-history"}


def visit(talk: str) -> Transcript:
    """One line an utterance: 'D: …' the clinician, 'P: …' the patient, '?: …' nobody knows."""
    who = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT, "?": Speaker.UNKNOWN}
    lines = [line.strip() for line in talk.strip().splitlines() if line.strip()]
    said = tuple(
        Utterance(f"u{n}", n * 3.0, n * 3.0 + 2.5, who[line[0]], line[2:].strip()) for n, line in enumerate(lines, 1)
    )
    return Transcript(3.0 * len(said) + 3.0, "en", "test", said)


def note(text: str, transcript: Transcript) -> Note:
    """One line a statement: 'S: …', 'O: …', 'A: …', 'P: …', 'F: …'; checked against the visit."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    sections = tuple(
        Section(
            key,
            key.replace("-", " ").title(),
            tuple(Statement(f"s{n}", x[2:].strip()) for n, x in enumerate(lines) if x[0] == letter),
        )
        for letter, key in SECTIONS.items()
    )
    return check_note(Note("soap", sections), transcript)


def missing(talk: str, written: str = "") -> list[Unnoted]:
    transcript = visit(talk)
    return list(said_not_noted(note(written, transcript), transcript))
