"""`Leaving` for the signed-in administrator: people who leave, and devices that are lost."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from app.domain.errors import ConflictError, InputError, PermissionDeniedError
from app.domain.people import Permission, User
from app.domain.team import Left
from app.vault.certificates import Certificate
from app.vault.data_keys import EMERGENCY, NOT_PEOPLE, ORGANISATION, DataKeys
from app.vault.earlier_keys import earlier_blobs, with_earlier
from app.vault.field_blob import seal_field
from app.vault.models import DepartureRow, EncounterRow, EntrustedKeyRow, SealedKeyRow, WithdrawalRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.rotation.rekeying import queue, replace_key
from app.vault.sealing_pair import KeyOpener
from app.vault.team.emergency_pair import emergency_public, make_emergency_pair
from app.vault.team.reasons import clean_reason, withdrawal_place
from app.vault.team.recovery_holders import entrust, recovery_holders, recovery_private
from app.vault.team.revocations import (
    present_certificate,
    revocation_now,
    revocation_of,
    revoke,
    revoked_ids,
)

_CAUSE = "revocation"


class VaultLeaving:
    """Every act needs an administrator; handing over needs the organisation's recovery key as well."""

    def __init__(self, vault: OpenVault, keys: DataKeys) -> None:
        self._vault = vault
        self._keys = keys

    def revoke(self, user_id: str, reason: str) -> Left:
        """Close a person's account, end the validity of their certificate, queue their encounters for new keys."""
        self._vault.access.require(Permission.REVOKE)
        cleaned = clean_reason(reason, "Revoking somebody")
        organisation = self._vault.keys.organisation_signing
        if organisation is None:
            raise PermissionDeniedError("You do not hold the organisation's key.", "Ask an administrator.")
        if user_id == self._vault.access.user.id:
            raise ConflictError("You cannot revoke yourself.", "Another administrator has to do it.")
        with self._vault.changing_header() as (connection, replace):
            certificate = self._revocable(connection, user_id)
            entries = self._vault.log.length(connection)
            record = revocation_now(user_id, self._vault.access.user.id, cleaned, entries)
            revoke(connection, organisation, self._vault.directory, record)
            held = self._take_encounters(connection, user_id)
            connection.execute(delete(EntrustedKeyRow).where(EntrustedKeyRow.user_id == user_id))
            self._renew_emergency(connection, certificate, organisation)
            self._vault.audit(connection, "user.revoked", certificate.user.name, f"{len(held)} encounters")
            left = self._left(connection, certificate.user, held)
            replace(self._vault.header.without(user_id))
        self._vault.database.forget_deleted()
        return left

    def hand_over(self, user_id: str, to_id: str, reason: str) -> Left:
        """Give a colleague what only a revoked person held, one encounter after the other: it can be run again."""
        self._vault.access.require(Permission.HAND_OVER)
        cleaned = clean_reason(reason, "Handing encounters over")
        with self._vault.database.transaction() as connection:
            person = self._vault.directory.certificate(connection, user_id).user
            if revocation_of(connection, self._vault.directory, user_id) is None:
                raise ConflictError("This person's account is not closed.", "Revoke it first.")
            to = present_certificate(connection, self._vault.directory, to_id)
            if not to.user.may(Permission.RECORD):
                raise PermissionDeniedError("This person's role does not record encounters.", "Name a physician.")
            private = recovery_private(self._vault, connection)
            if private is None:
                raise PermissionDeniedError(
                    "You do not hold the organisation's recovery key.", "Ask the person who made this vault."
                )
            departed = self._departed(connection, user_id)
            ownerless = [one for one in departed if not self._has_member(connection, one)]
        opener = KeyOpener(private)
        for encounter_id in ownerless:
            with self._vault.database.transaction() as connection:
                self._give(connection, opener, encounter_id, person, to, cleaned)
        self._vault.database.forget_deleted()
        with self._vault.database.transaction() as connection:
            self._vault.audit(connection, "user.handed-over", person.name, f"{len(ownerless)} to {to.user.name}")
            return self._left(connection, person, departed)

    def revoked(self) -> Sequence[User]:
        """Everybody whose account was closed, by name."""
        self._vault.access.require(Permission.REVOKE)
        with self._vault.database.transaction() as connection:
            gone = revoked_ids(connection, self._vault.directory)
            people = self._vault.directory.certificates(connection)
        return sorted((people[user_id].user for user_id in gone), key=lambda user: user.name.casefold())

    def entrust_recovery(self, user_id: str) -> None:
        """Seal the organisation's recovery key to another administrator."""
        self._vault.access.require(Permission.HAND_OVER)
        with self._vault.database.transaction() as connection:
            private = recovery_private(self._vault, connection)
            if private is None:
                raise PermissionDeniedError(
                    "You do not hold the organisation's recovery key.", "Ask the person who made this vault."
                )
            certificate = present_certificate(connection, self._vault.directory, user_id)
            if not certificate.user.may(Permission.HAND_OVER):
                raise PermissionDeniedError("This person is not an administrator.", "Name one who is.")
            if user_id in recovery_holders(connection):
                raise ConflictError("This person holds the recovery key already.")
            entrust(self._vault, connection, private, user_id, certificate.sealing)
            self._vault.audit(connection, "recovery-key.entrusted", certificate.user.name)

    def _revocable(self, connection: Connection, user_id: str) -> Certificate:
        certificate = self._vault.directory.certificate(connection, user_id)
        gone = revoked_ids(connection, self._vault.directory)
        if user_id in gone:
            raise ConflictError("This person's account is closed already.")
        holders = recovery_holders(connection) - gone
        if holders == {user_id}:
            raise ConflictError(
                "Only this person holds the organisation's recovery key.",
                "They have to entrust it first: 'anamnesis users entrust NAME'.",
            )
        return certificate

    def _take_encounters(self, connection: Connection, user_id: str) -> Sequence[str]:
        row, at = SealedKeyRow, now_text()
        held = connection.execute(select(row.encounter_id).where(row.recipient_id == user_id)).scalars().all()
        for encounter_id in held:
            connection.execute(insert(DepartureRow).values(user_id=user_id, encounter_id=encounter_id, at=at))
            queue(connection, encounter_id, _CAUSE)
        connection.execute(delete(row).where(row.recipient_id == user_id))
        return held

    def _renew_emergency(self, connection: Connection, certificate: Certificate, organisation: bytes) -> None:
        """Whoever held the emergency key could open every encounter sealed to it: a new pair, and new keys for all."""
        public = emergency_public(connection, self._vault.directory)
        if public is None or not certificate.user.may(Permission.BREAK_GLASS):
            return
        row = SealedKeyRow
        query = select(row.encounter_id).where(row.recipient_id == EMERGENCY)
        for encounter_id in connection.execute(query).scalars().all():
            queue(connection, encounter_id, _CAUSE)
        renewed = make_emergency_pair(self._vault, connection, organisation)
        if EMERGENCY in self._keys.besides:
            self._keys.besides[EMERGENCY] = renewed

    def _departed(self, connection: Connection, user_id: str) -> Sequence[str]:
        """Encounters that a revoked person held, but destroyed ones."""
        row, encounter = DepartureRow, EncounterRow
        query = select(row.encounter_id).join(encounter, encounter.id == row.encounter_id)
        query = query.where(row.user_id == user_id, encounter.destroyed_at.is_(None))
        return connection.execute(query.order_by(row.encounter_id)).scalars().all()

    def _has_member(self, connection: Connection, encounter_id: str) -> bool:
        row = SealedKeyRow
        query = select(row.recipient_id).where(row.encounter_id == encounter_id, row.recipient_id.not_in(NOT_PEOPLE))
        return connection.execute(query).first() is not None

    def _left(self, connection: Connection, person: User, held: Sequence[str]) -> Left:
        with_team = sum(self._has_member(connection, encounter_id) for encounter_id in held)
        return Left(person, with_team, len(held) - with_team)

    def _give(
        self, connection: Connection, opener: KeyOpener, encounter_id: str, person: User, to: Certificate, reason: str
    ) -> None:
        row = SealedKeyRow
        here = (row.encounter_id == encounter_id, row.recipient_id == ORGANISATION)
        blob = connection.execute(select(row.blob).where(*here)).scalar()
        if blob is None:
            raise InputError("An encounter is not sealed to the organisation.", "Restore the vault from a backup.")
        opened = opener.open(blob, self._vault.vault_id, encounter_id)
        old = with_earlier(opened, encounter_id, earlier_blobs(connection, encounter_id))
        self._keys.store(connection, old, encounter_id, to.user.id, to.sealing)
        key = replace_key(self._vault, self._keys, connection, encounter_id, old)
        actor, at = self._vault.access.user.id, now_text()
        sealed = seal_field(key, withdrawal_place(encounter_id, person.id, actor, at), reason.encode())
        values = {"encounter_id": encounter_id, "user_id": person.id, "actor_id": actor, "at": at, "reason": sealed}
        connection.execute(insert(WithdrawalRow).values(values))
        self._vault.audit(connection, "encounter.handed-over", encounter_id, f"from {person.name} to {to.user.name}")
