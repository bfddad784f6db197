"""`UserDirectory` for the signed-in person."""

import dataclasses
import uuid
from collections.abc import Sequence

from app.domain.errors import ConflictError, InputError, PermissionDeniedError
from app.domain.people import Permission, Role, User
from app.vault import accounts
from app.vault.certificates import issue
from app.vault.key_bundle import KeyBundle
from app.vault.key_material import new_signing_key
from app.vault.key_slot import Argon2Cost
from app.vault.open_vault import OpenVault
from app.vault.sealing_pair import SealingPrivate
from app.vault.team.revocations import present_certificates


class VaultUserDirectory:
    """People of the vault; `cost` is that of new key slots."""

    def __init__(self, vault: OpenVault, cost: Argon2Cost) -> None:
        self._vault = vault
        self._cost = cost

    def list(self) -> Sequence[User]:
        """Everybody who was not revoked, by name; open to every person, who needs it for sharing."""
        with self._vault.database.transaction() as connection:
            people = [c.user for c in present_certificates(connection, self._vault.directory).values()]
        return sorted(people, key=lambda user: user.name.casefold())

    def add(self, name: str, display_name: str, roles: frozenset[Role], passphrase: str) -> tuple[User, str]:
        """Return the new user and their recovery code.

        Raises `PermissionDeniedError`, `ConflictError` (the name is taken), `InputError`.
        """
        self._vault.access.require(Permission.MANAGE_USERS)
        name, display_name = accounts.clean_name(name, "name"), accounts.clean_name(display_name, "display name")
        accounts.check_new_passphrase(passphrase)
        if not roles:
            raise InputError("A person needs a role.", "Name one or more.")
        organisation = self._vault.keys.organisation_signing
        if organisation is None:
            raise PermissionDeniedError("You do not hold the organisation's key.", "Ask an administrator.")
        user = User(uuid.uuid4().hex, name, display_name, frozenset(roles))
        bundle = self._bundle(user, organisation)
        account, code = accounts.new_account(self._vault.vault_id, user.id, name, passphrase, bundle, self._cost)
        certificate = issue(organisation, self._vault.vault_id, user, bundle.sealing.public(), bundle.signing_public)
        with self._vault.changing_header() as (connection, replace):
            known = self._vault.directory.certificates(connection).values()
            if any(c.user.name.casefold() == name.casefold() for c in known):
                raise ConflictError("This name is taken.", "Choose another.")
            self._vault.directory.add(connection, certificate)
            roles_text = " ".join(sorted(role.value for role in user.roles))
            self._vault.audit(connection, "user.added", user.name, roles_text)
            replace(self._vault.header.with_account(account))
        return user, code

    def change_passphrase(self, old: str, new: str) -> None:
        """Raises `SignInError` for a wrong old passphrase, `InputError` for a new one that is too short."""
        accounts.check_new_passphrase(new)
        user_key = self._vault.user_key(old)
        account = self._vault.header.account_of(self._vault.access.user.id)
        slot = accounts.with_passphrase(account, self._vault.vault_id, user_key, new, self._cost).passphrase_slot
        with self._vault.changing_header() as (connection, replace):
            self._vault.audit(connection, "passphrase.changed", self._vault.access.user.name)
            present = self._vault.header.account_of(account.id)  # what else was changed meanwhile stays
            replace(self._vault.header.with_account(dataclasses.replace(present, passphrase_slot=slot)))

    def _bundle(self, user: User, organisation: bytes) -> KeyBundle:
        """An administrator may issue certificates; nobody but the founder holds the organisation's recovery key."""
        own = self._vault.keys
        return KeyBundle(
            vault_key=own.vault_key,
            sealing=SealingPrivate.generate(),
            signing=new_signing_key(),
            organisation_public=own.organisation_public,
            recovery_public=own.recovery_public,
            organisation_signing=organisation if user.may(Permission.MANAGE_USERS) else None,
        )
