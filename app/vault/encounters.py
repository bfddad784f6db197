"""`EncounterStore` for the signed-in person: permission, care team, seal, audit, in this order, for every act."""

from collections.abc import Sequence

from sqlalchemy import Connection, update

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import Encounter, EncounterState, NoteVersion, Stage, StageState, VersionKind
from app.domain.errors import ConflictError, InputError, PermissionDeniedError, SealBrokenError
from app.domain.note import Note
from app.domain.people import Permission
from app.domain.ports import SignatureCheck
from app.domain.records import Part
from app.domain.transcript import Transcript
from app.vault import encounter_rows as rows
from app.vault import note_versions as notes
from app.vault import signing
from app.vault.data_keys import DataKeys
from app.vault.draft_choices import read_draft_choice, write_draft_choice
from app.vault.encounter_recordings import EncounterRecordings
from app.vault.field_blob import DataKey, seal_field
from app.vault.models import EncounterRow
from app.vault.moments import now_text
from app.vault.new_encounter import new_encounter
from app.vault.note_versions import VersionFacts
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.records.erasing import evidence_erased
from app.vault.records.hold_rows import active_hold
from app.vault.records.part_keys import part_key
from app.vault.summaries.summaries import VaultSummaries
from app.vault.team.revocations import present_certificate

_ADD = {
    VersionKind.DRAFT: (Permission.EDIT, (EncounterState.DRAFT,)),
    VersionKind.EDIT: (Permission.EDIT, (EncounterState.DRAFT, EncounterState.REVIEWED)),
    VersionKind.REVIEW: (Permission.REVIEW, (EncounterState.REVIEWED,)),
}
_SIGN = {
    VersionKind.SIGNATURE: ((EncounterState.DRAFT, EncounterState.REVIEWED), EncounterState.SIGNED),
    VersionKind.ADDENDUM: ((EncounterState.SIGNED, EncounterState.AMENDED), EncounterState.AMENDED),
}


class VaultEncounterStore(EncounterRecordings):
    """Every method raises `PermissionDeniedError` by role, `InputError` for an encounter that is not this person's."""

    def __init__(self, vault: OpenVault, keys: DataKeys, recordings: Recordings, summaries: VaultSummaries) -> None:
        super().__init__(vault, keys, recordings)
        self._summaries = summaries

    def create(self, title: str) -> str:
        """Make an encounter with its own data key; return its id (32 hexadecimal digits)."""
        self._vault.access.require(Permission.RECORD)
        with self._vault.database.transaction() as connection:
            encounter_id, _ = new_encounter(connection, self._vault, self._keys, title)
        return encounter_id

    def list(self) -> Sequence[Encounter]:
        """Newest first. A title that does not open is shown as such, so that one damaged row hides no other."""
        return self._summaries.encounters()

    def get(self, encounter_id: str) -> Encounter:
        """Raises `InputError` if unknown, `SealBrokenError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            found = rows.read_one(connection, encounter_id, key)
            self._vault.audit_view(connection, "encounter.viewed", encounter_id)
        return found

    def rename(self, encounter_id: str, title: str) -> None:
        """Change the title (the patient's label)."""
        self._vault.access.require(Permission.EDIT)
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            sealed = seal_field(key, rows.title_place(encounter_id), rows.title_bytes(title))
            connection.execute(update(EncounterRow).where(EncounterRow.id == encounter_id).values(title=sealed))
            self._vault.audit(connection, "encounter.renamed", encounter_id)

    def set_stage(self, encounter_id: str, stage: Stage, state: StageState, code: str | None = None) -> None:
        """Store how far a stage is; `code` names a declared error."""
        self._vault.access.require(Permission.EDIT)
        if code is not None and not 0 < len(code) <= 64:
            raise InputError("A stage's code has 1 to 64 characters.")
        with self._vault.database.transaction() as connection:
            self._keys.get(connection, encounter_id)
            rows.put_stage(connection, encounter_id, stage, state, code)

    def choose_draft(self, encounter_id: str, choice: DraftChoice) -> None:
        """Keep what the visit is to be drafted as. Raises `InputError` if it cannot be stored."""
        self._vault.access.require(Permission.EDIT)
        with self._vault.database.transaction() as connection:
            write_draft_choice(connection, self._keys.get(connection, encounter_id), encounter_id, choice)
            self._vault.audit(connection, "draft.chosen", encounter_id)

    def draft_choice(self, encounter_id: str) -> DraftChoice | None:
        """What was chosen; None before. Raises `SealBrokenError`, `VersionError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            return read_draft_choice(connection, self._keys.to_read(connection, encounter_id), encounter_id)

    def save_transcript(self, encounter_id: str, transcript: Transcript) -> None:
        """Raises `ConflictError` after signature: what a signature rests on does not change."""
        self._vault.access.require(Permission.EDIT)
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            if rows.state_of(connection, encounter_id) not in rows.UNSIGNED:
                raise ConflictError("The note is signed; its transcript does not change.")
            words = part_key(connection, key, encounter_id, Part.TRANSCRIPT)
            keep = active_hold(connection, encounter_id) is not None
            notes.save_transcript(connection, words, encounter_id, transcript, keep=keep)
            self._vault.audit(connection, "transcript.saved", encounter_id)

    def transcript(self, encounter_id: str) -> Transcript | None:
        """The newest transcript; None without one, or if it was erased. Raises `SealBrokenError`, `VersionError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            number = notes.transcript_number(connection, encounter_id)
            found = self._words(connection, key, encounter_id, number)
            self._vault.audit_view(connection, "transcript.viewed", encounter_id)
        return found

    def add_version(
        self, encounter_id: str, note: Note, kind: VersionKind, state: EncounterState, expected_latest: int
    ) -> NoteVersion:
        """Append a draft, an edit or a review, and move the state. Raises `ConflictError`, `InputError`."""
        if kind not in _ADD:
            raise InputError("A signature is made by signing.", "Sign the note.")
        permission, states = _ADD[kind]
        self._vault.access.require(permission)
        if state not in states:
            raise ConflictError(f"A {kind.value} cannot bring a note to the state {state.value}.")
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            rows.expect(connection, encounter_id, expected_latest, rows.UNSIGNED)
            facts = self._facts(connection, encounter_id, kind, expected_latest + 1)
            version = notes.add_version(connection, key, facts, note)
            rows.move(connection, encounter_id, state, facts.number)
            self._vault.audit(connection, f"note.{kind.value}", encounter_id, signing.signed_detail(facts.number))
        return version

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
        """Re-authenticate, then append a signed version; `left_out` is audited first, so that the signature holds it.

        Raises `SignInError`, `PermissionDeniedError`, `ConflictError` (state or latest version), `InputError`.
        """
        if kind not in _SIGN:
            raise InputError("Only a signature or an addendum is signed.")
        role = self._vault.access.role_for(signing.PERMISSION[kind])
        if not 0 < len(meaning.strip()) <= 200:
            raise InputError("A signature says what it means.", "Name a meaning such as authorship.")
        self._vault.user_key(passphrase)
        before, after = _SIGN[kind]
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            rows.expect(connection, encounter_id, expected_latest, before)
            facts = self._facts(connection, encounter_id, kind, expected_latest + 1)
            transcript = self._words(connection, key, encounter_id, facts.transcript_number)
            if left_out:
                self._vault.audit(connection, signing.LEFT_OUT_ACTION, encounter_id, signing.left_out_detail(left_out))
            last = self._vault.log.last_hash(connection)
            signature = signing.sign(self._vault, facts, note, transcript, meaning.strip(), role, last)
            version = notes.add_version(connection, key, facts, note, signature)
            rows.move(connection, encounter_id, after, facts.number)
            self._vault.audit(connection, signing.SIGNED_ACTION, encounter_id, signing.signed_detail(facts.number))
            self._vault.log.checkpoint(connection, self._vault.access.user.id, self._vault.keys.signing_key)
        return version

    def versions(self, encounter_id: str) -> Sequence[NoteVersion]:
        """All versions in order. Raises `SealBrokenError`, `VersionError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            found = [version for _, version in notes.read_versions(connection, key, encounter_id)]
            self._vault.audit_view(connection, "note.viewed", encounter_id)
        return found

    def verify(self, encounter_id: str, number: int) -> SignatureCheck:
        """Verify a signed version. Raises `InputError` if there is no such version."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            self._vault.audit_view(connection, "note.verified", encounter_id)
            try:
                return self._check(connection, key, encounter_id, number)
            except SealBrokenError as error:
                return signing.broken(error)

    def share(self, encounter_id: str, user_id: str) -> None:
        """Seal the data key to another person, who must be one that may read. Raises `ConflictError`, `InputError`."""
        self._vault.access.require(Permission.SHARE)
        with self._vault.database.transaction() as connection:
            certificate = present_certificate(connection, self._vault.directory, user_id)
            if not certificate.user.may(Permission.READ):
                raise PermissionDeniedError("This person's role does not read encounters.", "Choose someone else.")
            self._keys.share(connection, encounter_id, user_id, certificate.sealing)
            self._vault.audit(connection, "encounter.shared", encounter_id, f"with {certificate.user.name}")

    def destroy(self, encounter_id: str, reason: str) -> None:
        """Delete the sealed keys, then the recording. What stays is sealed under a key that no longer exists.

        Raises `HeldError` under a legal hold; the refusal is in the audit trail.
        """
        self._vault.access.require(Permission.RECORD)
        if not 0 < len(reason.strip()) <= 500:
            raise InputError("Destroying an encounter needs a reason.", "Give it in at most 500 characters.")
        with self._vault.database.transaction() as connection:
            self._keys.get(connection, encounter_id)
        self._erasing.destroy(encounter_id, reason.strip(), by_policy=False)
        self._erasing.tidy()

    def _facts(self, connection: Connection, encounter_id: str, kind: VersionKind, number: int) -> VersionFacts:
        user = self._vault.access.user
        transcript = notes.transcript_number(connection, encounter_id)
        return VersionFacts(encounter_id, number, kind, user.id, user.display_name, now_text(), transcript)

    @staticmethod
    def _words(connection: Connection, key: DataKey, encounter_id: str, number: int) -> Transcript | None:
        words = part_key(connection, key, encounter_id, Part.TRANSCRIPT)
        return notes.read_transcript(connection, words, encounter_id, number)

    def _check(self, connection: Connection, key: DataKey, encounter_id: str, number: int) -> SignatureCheck:
        for facts, version in notes.read_versions(connection, key, encounter_id):
            if facts.number == number:
                transcript = self._words(connection, key, encounter_id, facts.transcript_number)
                gone = bool(facts.transcript_number) and evidence_erased(connection, encounter_id)
                return signing.check(self._vault, connection, facts, version, transcript, evidence_erased=gone)
        raise InputError("There is no such version of this note.", "See the list of versions.")
