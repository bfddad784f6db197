"""A restored vault before it gets its name: what was erased since goes again, and what the backup lost is marked."""

import hmac
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select, update

from app.domain.encounter import Stage, StageState
from app.domain.errors import SealBrokenError
from app.domain.records import Part, SoundState
from app.vault.backup.container import Manifest
from app.vault.encounter_rows import put_stage
from app.vault.models import EncounterRow, ErasureRow
from app.vault.open_vault import OpenVault
from app.vault.records import erasure_list
from app.vault.records.erasing import Erasing
from app.vault.server.places import recorded_elsewhere

STAGING = ".restoring"
"""Ends the name of the folder in which a vault is restored."""
LABEL = "backup"
"""Of the vault's derived key for the code of a backup's manifest."""


class RestoredVault:
    """In the name of the person who restores."""

    def __init__(self, vault: OpenVault, erasing: Erasing) -> None:
        self._vault = vault
        self._erasing = erasing

    @property
    def vault_id(self) -> str:
        """The vault's random id."""
        return self._vault.vault_id

    def refuse_foreign(self, manifest: Manifest) -> None:
        """Raises `SealBrokenError` if the backup was put together by someone without the vault's key."""
        expected = manifest.expected_code(self._vault.keys.derived(LABEL))
        if manifest.vault_id != self.vault_id or not hmac.compare_digest(expected.encode(), manifest.code.encode()):
            raise SealBrokenError("This backup was not put together by this vault.", "Use another backup.")

    def erase_again(self, lists: Iterable[Path], inside: bytes) -> int:
        """Erase what the lists name and this vault still holds; return how much. Raises `SealBrokenError`."""
        key = self._vault.keys.derived(erasure_list.LABEL)
        erased = erasure_list.unpack_list(inside, key, self.vault_id) if inside else set()
        for path in lists:
            erased |= erasure_list.read_list(path, key, self.vault_id)
        return self._erasing.erase_again(erased)

    def expected_sound(self) -> dict[str, int]:
        """Encounters whose sound was not erased, with the number of files that the database knows of, at least."""
        row = EncounterRow
        gone = select(ErasureRow.encounter_id).where(ErasureRow.part == Part.AUDIO.value)
        query = select(row.id, row.segments, row.duration).where(row.destroyed_at.is_(None), row.id.not_in(gone))
        with self._vault.database.transaction() as connection:
            rows = connection.execute(query.order_by(row.created_at)).all()
        return {i: segments or int(duration is not None) for i, segments, duration in rows}

    def recorded_elsewhere(self, encounter_id: str) -> bool:
        """Whether the sound lies on another machine of the organisation, and never was in this backup."""
        with self._vault.database.transaction() as connection:
            return bool(recorded_elsewhere(connection, encounter_id))

    def mark(self, encounter_id: str, state: SoundState, files: int) -> None:
        """Say at the visit that its sound is not what it was; what is there can be played."""
        row = EncounterRow
        with self._vault.database.transaction() as connection:
            connection.execute(update(row).where(row.id == encounter_id).values(segments=files or None))
            put_stage(connection, encounter_id, Stage.RECORD, StageState.FAILED, f"sound-{state.value}")
            self._vault.audit(connection, "audio.not-restored", encounter_id, state.value)

    def note_restored(self, made_at: str, *, whole: bool) -> None:
        """The entry of the restore."""
        with self._vault.database.transaction() as connection:
            detail = f"backup of {made_at}" + ("" if whole else ", damaged, in part")
            self._vault.audit(connection, "vault.restored", "vault", detail)
