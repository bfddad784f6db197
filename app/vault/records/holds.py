"""Legal holds: placed and released for a reason, by an administrator or by a physician of the care team."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.domain.errors import ConflictError, InputError
from app.domain.people import Permission
from app.domain.records import Hold
from app.vault.data_keys import DataKeys
from app.vault.models import EncounterRow, SealedKeyRow
from app.vault.open_vault import OpenVault
from app.vault.records.hold_rows import active_hold, place_hold, reason_key, release, standing

_LONGEST_REASON = 500


class Holds:
    """In the signed-in person's name."""

    def __init__(self, vault: OpenVault, keys: DataKeys) -> None:
        self._vault = vault
        self._keys = keys
        self._key = reason_key(vault.keys.derived("holds"))

    def all(self) -> Sequence[Hold]:
        """The holds that stand on encounters this person may see, newest first."""
        self._vault.access.require(Permission.HOLD)
        with self._vault.database.transaction() as connection:
            mine = None if self.sees_all else visible_ids(connection, self._vault.access.user.id)
            return [h for h in standing(connection, self._key) if mine is None or h.encounter_id in mine]

    def on(self, encounter_id: str) -> Hold | None:
        """The hold that stands on the encounter; whoever reads it may know. Raises `InputError`."""
        if not self._vault.access.user.may(Permission.READ):
            self._vault.access.require(Permission.HOLD)
        with self._vault.database.transaction() as connection:
            self.require_visible(connection, encounter_id)
            return next((h for h in standing(connection, self._key) if h.encounter_id == encounter_id), None)

    def add(self, encounter_id: str, reason: str) -> None:
        """Place a hold. Raises `ConflictError`, `InputError`."""
        self._vault.access.require(Permission.HOLD)
        reason = _checked(reason)
        with self._vault.database.transaction() as connection:
            self.require_visible(connection, encounter_id)
            if active_hold(connection, encounter_id) is not None:
                raise ConflictError("This visit is under legal hold already.", "See 'anamnesis hold list'.")
            place_hold(connection, self._key, encounter_id, self._vault.access.user.id, reason)
            self._vault.audit(connection, "hold.placed", encounter_id)

    def release(self, encounter_id: str, reason: str) -> None:
        """Release the hold that stands. Raises `ConflictError`, `InputError`."""
        self._vault.access.require(Permission.HOLD)
        reason = _checked(reason)
        with self._vault.database.transaction() as connection:
            self.require_visible(connection, encounter_id)
            if not release(connection, self._key, encounter_id, self._vault.access.user.id, reason):
                raise ConflictError("This visit is not under legal hold.", "See 'anamnesis hold list'.")
            self._vault.audit(connection, "hold.released", encounter_id)

    @property
    def sees_all(self) -> bool:
        """Administrators see every encounter's id and dates."""
        return self._vault.access.user.may(Permission.MANAGE_USERS)

    def require_visible(self, connection: Connection, encounter_id: str) -> None:
        """Raises `InputError` for an encounter that is not there, not this person's, or destroyed."""
        if not self.sees_all:
            self._keys.get(connection, encounter_id)
            return
        row = EncounterRow
        query = select(row.created_at).where(row.id == encounter_id, row.destroyed_at.is_(None))
        if connection.execute(query).scalar() is None:
            raise InputError("There is no such visit, or it was destroyed.", "Check the id.")


def visible_ids(connection: Connection, user_id: str) -> set[str]:
    """The encounters of a person's care teams."""
    query = select(SealedKeyRow.encounter_id).where(SealedKeyRow.recipient_id == user_id)
    return set(connection.execute(query).scalars())


def _checked(reason: str) -> str:
    if not 0 < len(reason.strip()) <= _LONGEST_REASON:
        raise InputError("A legal hold needs a reason.", f"Give it in at most {_LONGEST_REASON} characters.")
    return reason.strip()
