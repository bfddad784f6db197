"""A session whose encounters live in memory; it keeps the store's promises on versions, states and signatures."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import Encounter, EncounterState, NoteVersion, Signature, VersionKind
from app.domain.errors import ConflictError, InputError, PermissionDeniedError, SignInError
from app.domain.note import Note
from app.domain.people import Permission, User
from app.domain.ports import SignatureCheck
from app.domain.recording import Consent, HeardWindow, Mark
from app.domain.transcript import Transcript

PASSPHRASE = "correct horse battery"
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """One encounter's parts."""

    encounter: Encounter
    transcript: Transcript | None = None
    versions: list[NoteVersion] = field(default_factory=list)
    journal: list[Mark | HeardWindow] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    chosen: DraftChoice | None = None
    left_out: list[int] = field(default_factory=list)
    """What was acknowledged at each signature."""


@dataclass
class MemoryStore:
    """`EncounterStore` without sound; several sessions may share one dictionary of shelves."""

    user: User
    shelves: dict[str, Shelf]

    def create(self, title: str) -> str:
        identifier = f"e{len(self.shelves) + 1}"
        self.shelves[identifier] = Shelf(Encounter(identifier, title, START, EncounterState.OPEN, ()))
        return identifier

    def get(self, encounter_id: str) -> Encounter:
        return self._shelf(encounter_id).encounter

    def save_transcript(self, encounter_id: str, transcript: Transcript) -> None:
        self._shelf(encounter_id).transcript = transcript

    def transcript(self, encounter_id: str) -> Transcript | None:
        return self._shelf(encounter_id).transcript

    def choose_draft(self, encounter_id: str, choice: DraftChoice) -> None:
        self._shelf(encounter_id).chosen = choice

    def draft_choice(self, encounter_id: str) -> DraftChoice | None:
        return self._shelf(encounter_id).chosen

    def append_journal(self, encounter_id: str, entry: Mark | HeardWindow) -> None:
        if self.get(encounter_id).state in {EncounterState.SIGNED, EncounterState.AMENDED}:
            raise ConflictError("The note is signed.")
        self._shelf(encounter_id).journal.append(entry)

    def journal(self, encounter_id: str) -> Sequence[Mark | HeardWindow]:
        return tuple(self._shelf(encounter_id).journal)

    def record_consent(self, encounter_id: str, consent: Consent) -> None:
        self._shelf(encounter_id).consents.append(consent)

    def consent(self, encounter_id: str) -> Consent | None:
        return next(reversed(self._shelf(encounter_id).consents), None)

    def versions(self, encounter_id: str) -> Sequence[NoteVersion]:
        return tuple(self._shelf(encounter_id).versions)

    def add_version(
        self, encounter_id: str, note: Note, kind: VersionKind, state: EncounterState, expected_latest: int
    ) -> NoteVersion:
        if self.get(encounter_id).state in {EncounterState.SIGNED, EncounterState.AMENDED}:
            raise ConflictError("The note is signed.")
        return self._append(encounter_id, note, kind, state, expected_latest, None)

    def sign_version(
        self,
        encounter_id: str,
        kind: VersionKind,
        note: Note,
        meaning: str,
        passphrase: str,
        expected_latest: int,
        *,
        left_out: int = 0,
    ) -> NoteVersion:
        if not self.user.may(Permission.SIGN):
            raise PermissionDeniedError("Only physicians sign.")
        if passphrase != PASSPHRASE:
            raise SignInError("Wrong passphrase.")
        self._shelf(encounter_id).left_out.append(left_out)
        state = EncounterState.SIGNED if kind is VersionKind.SIGNATURE else EncounterState.AMENDED
        u = self.user
        signature = Signature(u.id, u.display_name, "physician", meaning, START, "0", "0", "0", "", "", "")
        return self._append(encounter_id, note, kind, state, expected_latest, signature)

    def verify(self, encounter_id: str, number: int) -> SignatureCheck:
        signed = [v for v in self.versions(encounter_id) if v.number == number and v.signature is not None]
        return SignatureCheck(bool(signed), "" if signed else "not signed")

    def _append(
        self,
        encounter_id: str,
        note: Note,
        kind: VersionKind,
        state: EncounterState,
        expected_latest: int,
        signature: Signature | None,
    ) -> NoteVersion:
        shelf = self._shelf(encounter_id)
        if len(shelf.versions) != expected_latest:
            raise ConflictError("Somebody was faster.")
        number = expected_latest + 1
        at = START + timedelta(minutes=number)
        version = NoteVersion(number, kind, note, self.user.id, self.user.display_name, at, signature)
        shelf.versions.append(version)
        shelf.encounter = replace(shelf.encounter, state=state, versions=number)
        return version

    def _shelf(self, encounter_id: str) -> Shelf:
        if encounter_id not in self.shelves:
            raise InputError("Unknown encounter.")
        return self.shelves[encounter_id]


class MemorySession:
    """A signed-in person; give two sessions the same `shelves` to let them work on the same visits."""

    def __init__(self, user: User, shelves: dict[str, Shelf] | None = None) -> None:
        self.user = user
        self.shelves = {} if shelves is None else shelves
        self.encounters = MemoryStore(user, self.shelves)
