"""Data keys of encounters: made, sealed to the care team and the organisation, opened for the signed-in person."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import ConflictError, InputError
from app.domain.records import Part
from app.vault.earlier_keys import earlier_blobs, with_earlier
from app.vault.field_blob import KEY_ID, DataKey, Place, key_id_of, open_field, seal_field
from app.vault.models import DeletionRow, EarlierKeyRow, RekeyRow, SealedKeyRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.sealing_pair import KeyOpener, SealingPublic, seal_key

ORGANISATION = "organisation"
EMERGENCY = "emergency"
NOT_PEOPLE = frozenset({ORGANISATION, EMERGENCY})
"""Recipients of data keys that are nobody on a care team."""


class GuestKeys(Protocol):
    """Data keys of encounters that somebody outside the care team may read for a while."""

    def key_for(self, connection: Connection, encounter_id: str) -> DataKey | None:
        """None unless this person may read this encounter at this moment."""


class DataKeys:
    """Opened keys stay in memory until the session ends."""

    def __init__(self, vault: OpenVault) -> None:
        self._vault = vault
        self._opener = KeyOpener(vault.keys.sealing)
        self._own = vault.keys.own_key()
        self._opened: dict[str, DataKey] = {}
        self._not_quick: set[str] = set()
        self.besides: dict[str, SealingPublic] = {ORGANISATION: vault.keys.recovery_public}
        """To whom every encounter is sealed besides its care team."""
        self.guests: GuestKeys | None = None

    def seal_new(self, connection: Connection, key: DataKey, encounter_id: str) -> None:
        """Seal a new encounter's data key to its creator, and to whom every encounter is sealed besides."""
        self._opened[encounter_id] = key
        user_id, own = self._vault.access.user.id, self._vault.keys.sealing.public()
        self.store(connection, key, encounter_id, user_id, own, quick=self.quick(key, encounter_id))
        for recipient_id, public in self.besides.items():
            self.store(connection, key, encounter_id, recipient_id, public)

    def get(self, connection: Connection, encounter_id: str) -> DataKey:
        """The encounter's data key.

        Raises `InputError` if there is no such encounter for this person, `SealBrokenError`, `VersionError`.
        """
        row = SealedKeyRow
        mine = (row.encounter_id == encounter_id, row.recipient_id == self._vault.access.user.id)
        query = select(row.blob, row.quick).where(*mine)
        # the lock keeps a server from replacing the key between here and what is sealed under it in this transaction
        found = connection.execute(query.with_for_update(read=True, key_share=True)).first()
        if found is None:
            raise self._unknown(connection, encounter_id)
        known = self._known(encounter_id, found.blob)
        return known or self.open(encounter_id, found.blob, found.quick, earlier_blobs(connection, encounter_id))

    def to_read(self, connection: Connection, encounter_id: str) -> DataKey:
        """As `get`, and also for an emergency access that lasts: for acts that only read."""
        try:
            return self.get(connection, encounter_id)
        except InputError:
            key = self.guests.key_for(connection, encounter_id) if self.guests else None
            if key is None:
                raise
            return key

    def open(self, encounter_id: str, blob: bytes, quick: bytes | None, earlier: Sequence[bytes] = ()) -> DataKey:
        """The data key in what was sealed to this person, with the `earlier` ones that are sealed under it.

        Raises `SealBrokenError`, `VersionError`.
        """
        key = self._known(encounter_id, blob)
        if key is not None:
            return key
        if quick is not None:
            value = open_field(self._own, _quick_place(encounter_id), quick)
            key = DataKey(value[:KEY_ID], value[KEY_ID:])
        else:
            key = self._opener.open(blob, self._vault.vault_id, encounter_id)
            self._not_quick.add(encounter_id)
        key = with_earlier(key, encounter_id, earlier)
        self._opened[encounter_id] = key
        return key

    def _known(self, encounter_id: str, blob: bytes) -> DataKey | None:
        """The opened key, unless another one has taken its place since."""
        key = self._opened.get(encounter_id)
        return key if key is not None and key.id == key_id_of(blob) else None

    def make_quick(self, connection: Connection) -> None:
        """Seal to this person's own symmetric key what had to be opened by HPKE."""
        row = SealedKeyRow
        for encounter_id in sorted(self._not_quick):
            mine = (row.encounter_id == encounter_id, row.recipient_id == self._vault.access.user.id)
            quick = self.quick(self._opened[encounter_id], encounter_id)
            connection.execute(update(row).where(*mine).values(quick=quick))
        self._not_quick.clear()

    def share(self, connection: Connection, encounter_id: str, user_id: str, public: SealingPublic) -> None:
        """Seal the data key to another person. Raises `ConflictError` if they hold it already."""
        key = self.get(connection, encounter_id)
        row = SealedKeyRow
        held = select(row.created_at).where(row.encounter_id == encounter_id, row.recipient_id == user_id)
        if connection.execute(held).scalar() is not None:
            raise ConflictError("This person is on the care team already.")
        self.store(connection, key, encounter_id, user_id, public)

    def destroy(self, connection: Connection, encounter_id: str) -> None:
        """Delete every sealed copy of the data key."""
        for row in (SealedKeyRow, EarlierKeyRow, RekeyRow):
            connection.execute(delete(row).where(row.encounter_id == encounter_id))

    def forget(self, encounter_id: str | None = None) -> None:
        """Drop one opened key, or all of them."""
        if encounter_id is None:
            self._opened.clear()
            self._not_quick.clear()
        else:
            self._opened.pop(encounter_id, None)
            self._not_quick.discard(encounter_id)

    def quick(self, key: DataKey, encounter_id: str) -> bytes:
        """The data key sealed to this person's own symmetric key."""
        return seal_field(self._own, _quick_place(encounter_id), key.id + key.secret)

    def store(
        self,
        connection: Connection,
        key: DataKey,
        encounter_id: str,
        recipient_id: str,
        public: SealingPublic,
        *,
        quick: bytes | None = None,
    ) -> None:
        """Seal the data key to a recipient who does not hold it yet."""
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


def earlier_blobs_of(connection: Connection, user_id: str) -> dict[str, list[bytes]]:
    """Earlier data keys of every encounter of a person that has any, as `with_earlier` takes them."""
    row, held = EarlierKeyRow, SealedKeyRow
    query = select(row.encounter_id, row.blob).join(held, held.encounter_id == row.encounter_id)
    found = defaultdict(list)
    mine = (row.part == Part.ENCOUNTER.value, held.recipient_id == user_id)
    for encounter_id, blob in connection.execute(query.where(*mine)):
        found[encounter_id].append(blob)
    return found


def _quick_place(encounter_id: str) -> Place:
    return Place("sealed_keys", "quick", encounter_id)
