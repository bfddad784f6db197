"""A signed-in person with the opened vault."""

from collections.abc import Callable, Iterable

from app.domain.note import Note
from app.domain.people import Permission, User
from app.vault.audit import VaultAuditTrail
from app.vault.data_keys import DataKeys
from app.vault.encounters import VaultEncounterStore
from app.vault.filling import fill
from app.vault.key_slot import Argon2Cost
from app.vault.open_vault import OpenVault
from app.vault.own_notes import VaultOwnNotes
from app.vault.own_records import VaultRecords
from app.vault.recordings import Recordings
from app.vault.rotation.service import VaultKeyRotation
from app.vault.server.syncing import VaultSyncing
from app.vault.summaries.summaries import VaultSummaries
from app.vault.team.care_team import VaultCareTeams
from app.vault.team.emergency import VaultEmergency
from app.vault.team.leaving import VaultLeaving
from app.vault.unlocking.own_unlocking import VaultUnlocking
from app.vault.users import VaultUserDirectory


class VaultSession:
    """`Session` on the local vault. Safe for use from several threads."""

    def __init__(
        self,
        vault: OpenVault,
        recordings: Recordings,
        cost: Argon2Cost,
        released: Callable[[], None],
        unlocking: VaultUnlocking,
    ) -> None:
        self._vault = vault
        self._keys = DataKeys(vault)
        self._recordings = recordings
        self._released = released
        self._open = True
        self._search = VaultSummaries(vault, self._keys)
        self._encounters = VaultEncounterStore(vault, self._keys, recordings, self._search)
        self._own_notes = VaultOwnNotes(vault, self._keys)
        self._audit = VaultAuditTrail(vault.database, vault.log, vault.access, vault.directory.signing_keys)
        self._users = VaultUserDirectory(vault, cost)
        self._unlocking = unlocking
        self._records = VaultRecords(vault, self._keys, recordings)
        self._rotation = VaultKeyRotation(vault, self._keys, recordings)
        self._encounters.when_recorded = self._rotation.wake
        self._emergency = VaultEmergency(vault, self._keys, self._rotation.wake)
        self._rotation.chores.append(self._emergency.seal_own)
        self._team = VaultCareTeams(vault, self._keys, self._encounters, self._rotation, self._emergency)
        self._leaving = VaultLeaving(vault, self._keys)
        self._syncing = VaultSyncing(vault, self._keys, recordings)

    @property
    def user(self) -> User:
        """Who is signed in, as the verified certificate says."""
        return self._vault.access.user

    @property
    def encounters(self) -> VaultEncounterStore:
        """Encounters of this person's care teams."""
        return self._encounters

    @property
    def search(self) -> VaultSummaries:
        """Search over the encounters of this person's care teams."""
        return self._search

    @property
    def own_notes(self) -> VaultOwnNotes:
        """What this person signed, and their sealed settings."""
        return self._own_notes

    @property
    def audit(self) -> VaultAuditTrail:
        """The audit trail."""
        return self._audit

    @property
    def users(self) -> VaultUserDirectory:
        """The people of the vault."""
        return self._users

    @property
    def unlocking(self) -> VaultUnlocking:
        """This person's own ways to unlock."""
        return self._unlocking

    @property
    def records(self) -> VaultRecords:
        """Retention, legal holds, deletion records and backups."""
        return self._records

    @property
    def team(self) -> VaultCareTeams:
        """Care teams, emergency access and re-keying."""
        return self._team

    @property
    def leaving(self) -> VaultLeaving:
        """People who leave, and devices that are lost."""
        return self._leaving

    @property
    def syncing(self) -> VaultSyncing:
        """Sharing with other machines through the organisation's server."""
        return self._syncing

    def fill(self, visits: Iterable[tuple[str, Note]]) -> None:
        """For measurements: add drafted visits (title, note) in one transaction. Raises `PermissionDeniedError`."""
        self._vault.access.require(Permission.RECORD)
        fill(self._vault, self._keys, visits)

    def reauthenticate(self, passphrase: str) -> None:
        """Raises `SignInError` for a wrong passphrase; after several it asks for a growing wait."""
        self._vault.user_key(passphrase)

    def close(self) -> None:
        """End open recordings, sign out, close the database, forget the keys. Closing twice is harmless."""
        if not self._open:
            return
        self._open = False
        try:
            self._rotation.stop()
            self._emergency.end_all()
            self._recordings.close()
            with self._vault.database.transaction() as connection:
                self._vault.audit(connection, "sign-out", "vault")
            self._syncing.stop()
        finally:
            self._keys.forget()
            try:
                self._vault.database.close()
            finally:
                self._released()
