"""What a person signed, for the person alone, and their sealed settings beside it."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update

from app.domain.encounter import NoteVersion, VersionKind
from app.domain.errors import InputError, SealBrokenError, VersionError
from app.domain.people import Permission
from app.vault import note_versions as notes
from app.vault.data_keys import DataKeys
from app.vault.field_blob import Place, open_field, seal_field
from app.vault.models import EncounterRow, NoteVersionRow, OwnSettingRow, SealedKeyRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault

_LONGEST_NAME = 64


class VaultOwnNotes:
    """`OwnNotes` of the signed-in person; nothing here reaches another one."""

    def __init__(self, vault: OpenVault, keys: DataKeys) -> None:
        self._vault = vault
        self._keys = keys

    def signed(self, most: int) -> Sequence[Sequence[NoteVersion]]:
        """All versions of each of the `most` visits whose note this person signed last, newest first.

        Visits that this person no longer holds, and damaged ones, are passed over. One entry of the audit trail says
        that they were read.
        """
        self._vault.access.require(Permission.READ)
        row, mine = NoteVersionRow, self._vault.access.user.id
        query = (
            select(row.encounter_id)
            .join(SealedKeyRow, SealedKeyRow.encounter_id == row.encounter_id)
            .join(EncounterRow, EncounterRow.id == row.encounter_id)
            .where(row.kind == VersionKind.SIGNATURE.value, row.author_id == mine, SealedKeyRow.recipient_id == mine)
            .where(EncounterRow.destroyed_at.is_(None))
            .group_by(row.encounter_id)
            .order_by(func.max(row.created_at).desc())
            .limit(most)
        )
        found: list[Sequence[NoteVersion]] = []
        with self._vault.database.transaction() as connection:
            for (encounter_id,) in connection.execute(query).all():
                try:
                    key = self._keys.get(connection, encounter_id)
                    versions = notes.read_versions(connection, key, encounter_id)
                except (SealBrokenError, VersionError):
                    continue  # told where the visit is opened; style can be learned from the others
                found.append([version for _, version in versions])
            if found:
                self._vault.audit_view(connection, "style.learned", "own signed notes")
        return found

    def setting(self, name: str) -> str:
        """The value of a setting, '' if there is none. Raises `SealBrokenError`, `VersionError`."""
        row, mine = OwnSettingRow, self._vault.access.user.id
        with self._vault.database.transaction() as connection:
            blob = connection.execute(
                select(row.content).where(row.user_id == mine, row.name == name)
            ).scalar_one_or_none()
        return "" if blob is None else open_field(self._vault.keys.own_key(), self._place(name), blob).decode()

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting, sealed under this person's own key; the audit trail names it without its value."""
        if not 0 < len(name) <= _LONGEST_NAME:
            raise InputError("A setting has a name of 1 to 64 characters.")
        row, mine = OwnSettingRow, self._vault.access.user.id
        values = {
            "content": seal_field(self._vault.keys.own_key(), self._place(name), value.encode()),
            "updated_at": now_text(),
        }
        with self._vault.database.transaction() as connection:
            here = (row.user_id == mine, row.name == name)
            if connection.execute(update(row).where(*here).values(**values)).rowcount == 0:
                connection.execute(insert(row).values(user_id=mine, name=name, **values))
            self._vault.audit(connection, "own-setting.changed", name)

    def _place(self, name: str) -> Place:
        return Place("own_settings", "content", f"{self._vault.access.user.id} {name}")
