"""Consent before sound: the wording that is read to the patient, and what a decision allows."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.errors import ConflictError, InputError
from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.settings import RESOURCES

FOLDER = RESOURCES / "consent"
PATIENT = "patient"
_ID = re.compile(r"[a-z]{2}(-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class ConsentWording:
    """A text that is read to the patient; `id` names language and version, and is stored with each decision."""

    id: str
    text: str


def load_wording(wording_id: str, folder: Path = FOLDER) -> ConsentWording:
    """Return the wording with this id. Raises `InputError` if there is none."""
    path = folder / f"{wording_id}.md"
    if not _ID.fullmatch(wording_id) or not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.md")))
        raise InputError(
            f"There is no consent wording {wording_id!r} (policy key consent_wording).", f"The wordings are {known}."
        )
    try:
        return ConsentWording(wording_id, path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The consent wording {wording_id} cannot be read.", "Install the program again.") from error


def given(method: ConsentMethod, wording: ConsentWording, who: str = PATIENT, at: datetime | None = None) -> Consent:
    """The patient (or, for a guardian, the person named) agreed, now unless `at` says otherwise."""
    return Consent(ConsentDecision.GIVEN, method, who, wording.id, at or datetime.now(UTC))


def declined(wording: ConsentWording, who: str = PATIENT, at: datetime | None = None) -> Consent:
    """Recording was refused."""
    return Consent(ConsentDecision.DECLINED, None, who, wording.id, at or datetime.now(UTC))


def withdrawn(wording: ConsentWording, who: str = PATIENT, at: datetime | None = None) -> Consent:
    """Consent that was given is taken back."""
    return Consent(ConsentDecision.WITHDRAWN, None, who, wording.id, at or datetime.now(UTC))


def require_consent(consent: Consent | None, *, required: bool) -> None:
    """Raise `ConflictError` unless recording is allowed: consent was given, or none is required and none refused."""
    if consent is None:
        if required:
            raise ConflictError(
                "The patient's consent is required before anything is recorded.", "Ask, and note the answer."
            )
        return
    if consent.decision is not ConsentDecision.GIVEN:
        raise ConflictError(
            f"Recording is not possible: consent was {consent.decision.value}.", "Write the note by hand."
        )
    if consent.method is None or not consent.who.strip():
        raise ConflictError("Consent needs who gave it and how.", "Note both.")


def require_decision(consent: Consent, decision: ConsentDecision) -> None:
    """Raise `ConflictError` if a decision of another kind was handed in."""
    if consent.decision is not decision:
        raise ConflictError(f"A decision of {decision.value} was expected, not {consent.decision.value}.")
