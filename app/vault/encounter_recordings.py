"""The recording side of the encounters: sound, its journal, and consent to it."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from app.domain.errors import AnamnesisError, ConflictError, InputError, SealBrokenError
from app.domain.people import Permission
from app.domain.ports import AudioWriter, SealedAudioInfo
from app.domain.recording import Consent, HeardWindow, Mark
from app.domain.records import Part
from app.vault import encounter_rows as rows
from app.vault import recording_rows as recording
from app.vault.audio_reader import SealedAudioReader
from app.vault.audio_writer import SealedAudioWriter
from app.vault.data_keys import DataKeys
from app.vault.field_blob import DataKey
from app.vault.open_vault import OpenVault
from app.vault.recordings import Recordings
from app.vault.records.erasing import Erasing, is_erased, refuse_erased
from app.vault.records.part_keys import part_key
from app.vault.server.places import recorded_elsewhere, refuse_recorded_elsewhere


class EncounterRecordings:
    """Permission, care team, seal, audit, in this order, for every act."""

    def __init__(self, vault: OpenVault, keys: DataKeys, recordings: Recordings) -> None:
        self._vault = vault
        self._keys = keys
        self._recordings = recordings
        self._erasing = Erasing(vault, keys, recordings)
        self.when_recorded: Callable[[], None] = _nothing
        """Called after a recording has ended: what had to wait for it can go on."""

    def audio_writer(self, encounter_id: str, rate: int = 16_000, channels: int = 1) -> AudioWriter:
        """Start the recording (`rate` in Hz). Raises `ConflictError` (there is one, or no consent), `MachineError`."""
        self._vault.access.require(Permission.RECORD)
        writer: AudioWriter | None = None
        try:
            with self._vault.database.transaction() as connection:
                key = self._keys.get(connection, encounter_id)
                recording.refuse_without_consent(connection, key, encounter_id)
                refuse_erased(connection, encounter_id, Part.AUDIO)
                refuse_recorded_elsewhere(connection, encounter_id)
                recording.set_segments(connection, encounter_id, 1)
                self._vault.audit(connection, "audio.started", encounter_id)
                sound = part_key(connection, key, encounter_id, Part.AUDIO)
                writer = self._recordings.start(sound, encounter_id, rate, channels, self._finished(encounter_id))
        except AnamnesisError:
            if writer is not None:
                self._recordings.remove(encounter_id)
            raise
        return writer

    def resume_audio(self, encounter_id: str) -> AudioWriter:
        """Go on with a recording that was cut off, in a new segment.

        Raises `ConflictError` (none, complete, being written, or no consent), `SealBrokenError`, `MachineError`.
        """
        self._vault.access.require(Permission.RECORD)
        self._make_up_for_crash_at_the_end(encounter_id)
        writer: SealedAudioWriter | None = None
        try:
            with self._vault.database.transaction() as connection:
                key = self._keys.get(connection, encounter_id)
                recording.refuse_without_consent(connection, key, encounter_id)
                refuse_erased(connection, encounter_id, Part.AUDIO)
                sound = part_key(connection, key, encounter_id, Part.AUDIO)
                self._refuse_finished(connection, sound, encounter_id)
                known = recording.known_segments(connection, encounter_id)
                finished = self._finished(encounter_id)
                writer, segments = self._recordings.resume(sound, encounter_id, known, finished)
                recording.set_segments(connection, encounter_id, segments)
                self._vault.audit(connection, "audio.resumed", encounter_id, f"segment {segments}")
        except AnamnesisError:
            if writer is not None:
                writer.abandon()  # its empty file stays: whether the failed transaction is forgotten is not sure
            raise
        return writer

    def audio_info(self, encounter_id: str) -> SealedAudioInfo | None:
        """None without a recording. Raises `SealBrokenError`, `MachineError`."""
        self._vault.access.require(Permission.READ)
        reader = self._audio(encounter_id, "audio.viewed")
        return reader.info() if reader else None

    def read_audio(self, encounter_id: str, start: float = 0.0, end: float | None = None) -> bytes:
        """PCM between two times in seconds, also while it is being recorded.

        Raises `InputError` without a recording, `SealBrokenError`.
        """
        self._vault.access.require(Permission.READ)
        reader = self._audio(encounter_id, "audio.played")
        if reader is None:
            with self._vault.database.transaction() as connection:
                machine = recorded_elsewhere(connection, encounter_id)
            if machine:
                raise InputError(f"This visit's recording lies on {machine}.", "Listen to it there.")
            raise InputError("This encounter has no recording.")
        return reader.read(start, end)

    def append_journal(self, encounter_id: str, entry: Mark | HeardWindow) -> None:
        """Store a mark or final text durably. Raises `ConflictError` after signature, `InputError`."""
        self._vault.access.require(Permission.RECORD)
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            if rows.state_of(connection, encounter_id) not in rows.UNSIGNED:
                raise ConflictError("The note is signed; nothing is added to its recording.")
            words = part_key(connection, key, encounter_id, Part.TRANSCRIPT)
            recording.append_journal(connection, words, encounter_id, entry)

    def journal(self, encounter_id: str) -> Sequence[Mark | HeardWindow]:
        """All entries in the order of writing. Raises `SealBrokenError`, `VersionError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            self._vault.audit_view(connection, "journal.viewed", encounter_id)
            return recording.journal(connection, part_key(connection, key, encounter_id, Part.TRANSCRIPT), encounter_id)

    def record_consent(self, encounter_id: str, consent: Consent) -> None:
        """Append a decision. Raises `InputError` if it is not one that can be shown later."""
        self._vault.access.require(Permission.RECORD)
        with self._vault.database.transaction() as connection:
            key = self._keys.get(connection, encounter_id)
            recording.append_consent(connection, key, encounter_id, consent)
            method = f"{consent.method.value}, " if consent.method else ""
            detail = f"{method}wording {consent.wording}"
            self._vault.audit(connection, f"consent.{consent.decision.value}", encounter_id, detail)

    def consent(self, encounter_id: str) -> Consent | None:
        """The latest decision. Raises `SealBrokenError`, `VersionError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            self._vault.audit_view(connection, "consent.viewed", encounter_id)
            return recording.latest_consent(connection, key, encounter_id)

    def _audio(self, encounter_id: str, view: str) -> SealedAudioReader | None:
        with self._vault.database.transaction() as connection:
            key = self._keys.to_read(connection, encounter_id)
            self._vault.audit_view(connection, view, encounter_id)
            if is_erased(connection, encounter_id, Part.AUDIO):
                return None
            known = recording.known_segments(connection, encounter_id)
            sound = part_key(connection, key, encounter_id, Part.AUDIO)
        return self._recordings.reader(sound, encounter_id, known)

    def _finished(self, encounter_id: str) -> Callable[[float], None]:
        def finished(duration: float) -> None:
            with self._vault.database.transaction() as connection:
                recording.set_duration(connection, encounter_id, duration)
                self._vault.audit(connection, "audio.finished", encounter_id)
            self.when_recorded()

        return finished

    def _make_up_for_crash_at_the_end(self, encounter_id: str) -> None:
        """Store the length of a recording whose end mark is there: a crash came before it was stored."""
        with self._vault.database.transaction() as connection:
            if recording.duration(connection, encounter_id) is not None:
                return
            key = self._keys.get(connection, encounter_id)
            sound = part_key(connection, key, encounter_id, Part.AUDIO)
            reader = self._recordings.reader(sound, encounter_id, recording.known_segments(connection, encounter_id))
            if reader is not None and reader.complete:
                recording.set_duration(connection, encounter_id, reader.info().duration)
                self._vault.audit(connection, "audio.finished", encounter_id)

    def _refuse_finished(self, connection: Connection, key: DataKey, encounter_id: str) -> None:
        """A length is stored only after the end mark is on disk: where it is stored, the mark must be there."""
        if recording.duration(connection, encounter_id) is None:
            return
        reader = self._recordings.reader(key, encounter_id, recording.known_segments(connection, encounter_id))
        if reader is None or not reader.complete:
            raise SealBrokenError("The end of this recording is missing.", "Restore the vault's files from a backup.")


def _nothing() -> None:
    """Nobody waits for the end of a recording."""
