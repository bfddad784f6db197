"""`CareTeams` for the signed-in person: who holds an encounter's data key."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from app.domain.errors import ConflictError, InputError
from app.domain.people import Permission, User
from app.domain.team import Member
from app.vault.certificates import Certificate
from app.vault.data_keys import NOT_PEOPLE, DataKeys
from app.vault.encounters import VaultEncounterStore
from app.vault.field_blob import seal_field
from app.vault.models import SealedKeyRow, WithdrawalRow
from app.vault.moments import now_text, to_moment
from app.vault.open_vault import OpenVault
from app.vault.rotation.rekeying import rekey
from app.vault.rotation.service import VaultKeyRotation
from app.vault.team.emergency import VaultEmergency
from app.vault.team.reasons import clean_reason, withdrawal_place
from app.vault.team.revocations import present_certificates


class VaultCareTeams:
    """Permission, care team, seal, audit, in this order, for every act."""

    def __init__(
        self,
        vault: OpenVault,
        keys: DataKeys,
        store: VaultEncounterStore,
        rotation: VaultKeyRotation,
        emergency: VaultEmergency,
    ) -> None:
        self._vault = vault
        self._keys = keys
        self._store = store
        self._rotation = rotation
        self._emergency = emergency

    @property
    def rotation(self) -> VaultKeyRotation:
        """Re-keying."""
        return self._rotation

    @property
    def emergency(self) -> VaultEmergency:
        """Break-glass."""
        return self._emergency

    def members(self, encounter_id: str) -> Sequence[Member]:
        """Who is on the team, longest first. Raises `InputError`, `SealBrokenError`."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            self._keys.get(connection, encounter_id)
            team = self._team(connection, encounter_id)
            self._vault.audit_view(connection, "team.viewed", encounter_id)
        return [Member(certificate.user, to_moment(since)) for certificate, since in team.values()]

    def candidates(self, encounter_id: str) -> Sequence[User]:
        """Who could be added, by name."""
        self._vault.access.require(Permission.SHARE)
        with self._vault.database.transaction() as connection:
            self._keys.get(connection, encounter_id)
            team = self._team(connection, encounter_id)
            people = present_certificates(connection, self._vault.directory)
        outside = [c.user for user_id, c in people.items() if user_id not in team and c.user.may(Permission.READ)]
        return sorted(outside, key=lambda user: user.name.casefold())

    def share(self, encounter_id: str, user_id: str) -> None:
        """Add a person. Raises as `VaultEncounterStore.share`."""
        self._store.share(encounter_id, user_id)

    def withdraw(self, encounter_id: str, user_id: str, reason: str) -> None:
        """Take a person off the team: their sealed key goes and the encounter gets a new one, in one transaction."""
        self._vault.access.require(Permission.WITHDRAW)
        cleaned = clean_reason(reason, "Withdrawing somebody")
        with self._vault.database.transaction() as connection:
            self._keys.get(connection, encounter_id)
            team = self._team(connection, encounter_id)
            if user_id not in team:
                raise InputError("This person is not on the care team.", "See who is.")
            if not any(c.user.may(Permission.SIGN) for other, (c, _) in team.items() if other != user_id):
                raise ConflictError("A care team keeps a physician.", "Share the encounter with another one first.")
            key = rekey(self._vault, self._keys, connection, encounter_id, "withdrawal", {user_id})
            actor, at = self._vault.access.user.id, now_text()
            sealed = seal_field(key, withdrawal_place(encounter_id, user_id, actor, at), cleaned.encode())
            connection.execute(
                insert(WithdrawalRow).values(
                    encounter_id=encounter_id, user_id=user_id, actor_id=actor, at=at, reason=sealed
                )
            )
            self._vault.audit(connection, "encounter.withdrawn", encounter_id, f"from {team[user_id][0].user.name}")
        self._keys.forget(encounter_id)
        self._vault.database.forget_deleted()
        self._rotation.wake()

    def _team(self, connection: Connection, encounter_id: str) -> dict[str, tuple[Certificate, str]]:
        """Certificates and since when, by user id, longest first."""
        row = SealedKeyRow
        query = (
            select(row.recipient_id, row.created_at)
            .where(row.encounter_id == encounter_id, row.recipient_id.not_in(NOT_PEOPLE))
            .order_by(row.created_at, row.recipient_id)
        )
        people = self._vault.directory.certificates(connection)
        return {user_id: (people[user_id], since) for user_id, since in connection.execute(query) if user_id in people}
