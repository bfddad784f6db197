"""Data keys of encounters: made, sealed to the care team and the organisation, opened for the signed-in person."""

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import ConflictError, InputError
from app.vault.field_blob import KEY_ID, DataKey, Place, open_field, seal_field
from app.vault.models import DeletionRow, SealedKeyRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.sealing_pair import KeyOpener, SealingPublic, seal_key

ORGANISATION = "organisation"


class DataKeys:
    """Opened keys stay in memory until the session ends."""

    def __init__(self, vault: OpenVault) -> None:
        self._vault = vault
        self._opener = KeyOpener(vault.keys.sealing)
        self._own = vault.keys.own_key()
        self._opened: dict[str, DataKey] = {}
        self._not_quick: set[str] = set()

    def seal_new(self, connection: Connection, key: DataKey, encounter_id: str) -> None:
        """Seal a new encounter's data key to its creator and to the organisation's recovery key."""
        self._opened[encounter_id] = key
        self._store(
            connection,
            key,
            encounter_id,
            self._vault.access.user.id,
            self._vault.keys.sealing.public(),
            self._quick(encounter_id),
        )
        self._store(connection, key, encounter_id, ORGANISATION, self._vault.keys.recovery_public)

    def get(self, connection: Connection, encounter_id: str) -> DataKey:
        """The encounter's data key.

        Raises `InputError` if there is no such encounter for this person, `SealBrokenError`, `VersionError`.
        """
        row = SealedKeyRow
        found = connection.execute(
            select(row.blob, row.quick).where(
                row.encounter_id == encounter_id, row.recipient_id == self._vault.access.user.id
            )
        ).first()
        if found is None:
            raise self._unknown(connection, encounter_id)
        return self.open(encounter_id, found.blob, found.quick)

    def open(self, encounter_id: str, blob: bytes, quick: bytes | None) -> DataKey:
        """The data key in what was sealed to this person. Raises `SealBrokenError`, `VersionError`."""
        key = self._opened.get(encounter_id)
        if key is None and quick is not None:
            value = open_field(self._own, _quick_place(encounter_id), quick)
            key = DataKey(value[:KEY_ID], value[KEY_ID:])
        elif key is None:
            key = self._opener.open(blob, self._vault.vault_id, encounter_id)
            self._not_quick.add(encounter_id)
        self._opened[encounter_id] = key
        return key

    def make_quick(self, connection: Connection) -> None:
        """Seal to this person's own symmetric key what had to be opened by HPKE."""
        row = SealedKeyRow
        for encounter_id in sorted(self._not_quick):
            mine = (row.encounter_id == encounter_id, row.recipient_id == self._vault.access.user.id)
            connection.execute(update(row).where(*mine).values(quick=self._quick(encounter_id)))
        self._not_quick.clear()

    def share(self, connection: Connection, encounter_id: str, user_id: str, public: SealingPublic) -> None:
        """Seal the data key to another person. Raises `ConflictError` if they hold it already."""
        key = self.get(connection, encounter_id)
        row = SealedKeyRow
        held = select(row.created_at).where(row.encounter_id == encounter_id, row.recipient_id == user_id)
        if connection.execute(held).scalar() is not None:
            raise ConflictError("This person is on the care team already.")
        self._store(connection, key, encounter_id, user_id, public)

    def destroy(self, connection: Connection, encounter_id: str) -> None:
        """Delete every sealed copy of the data key."""
        connection.execute(delete(SealedKeyRow).where(SealedKeyRow.encounter_id == encounter_id))

    def forget(self, encounter_id: str | None = None) -> None:
        """Drop one opened key, or all of them."""
        if encounter_id is None:
            self._opened.clear()
            self._not_quick.clear()
        else:
            self._opened.pop(encounter_id, None)
            self._not_quick.discard(encounter_id)

    def _quick(self, encounter_id: str) -> bytes:
        key = self._opened[encounter_id]
        return seal_field(self._own, _quick_place(encounter_id), key.id + key.secret)

    def _store(
        self,
        connection: Connection,
        key: DataKey,
        encounter_id: str,
        recipient_id: str,
        public: SealingPublic,
        quick: bytes | None = None,
    ) -> None:
        blob = seal_key(key, public, self._vault.vault_id, encounter_id)
        connection.execute(
            insert(SealedKeyRow).values(
                encounter_id=encounter_id, recipient_id=recipient_id, blob=blob, quick=quick, created_at=now_text()
            )
        )

    @staticmethod
    def _unknown(connection: Connection, encounter_id: str) -> InputError:
        gone = select(DeletionRow.at).where(DeletionRow.encounter_id == encounter_id)
        if connection.execute(gone).scalar() is not None:
            return InputError("This encounter was destroyed.", "Only its deletion record is left.")
        return InputError("There is no such encounter for you.", "Ask its physician to share it with you.")


def _quick_place(encounter_id: str) -> Place:
    return Place("sealed_keys", "quick", encounter_id)
