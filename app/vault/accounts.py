"""A person's account: user key in two slots, bundle of keys under it."""

import os
import unicodedata
from dataclasses import replace

from app.domain.errors import InputError
from app.vault.header import Account, slot_bound
from app.vault.key_bundle import KeyBundle, open_bundle
from app.vault.key_slot import Argon2Cost, open_slot, seal_slot
from app.vault.recovery_code import new_recovery_code, normal_form

SHORTEST_PASSPHRASE = 8
_LONGEST = {"passphrase": 1024, "name": 64, "display name": 200}


def check_new_passphrase(passphrase: str) -> None:
    """Raises `InputError` if it is too short (NIST SP 800-63B asks for eight characters at least) or too long."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(f"The passphrase needs {SHORTEST_PASSPHRASE} characters or more.", "A short sentence is good.")
    if len(passphrase) > _LONGEST["passphrase"]:
        raise InputError("The passphrase is too long.", "Use fewer than 1,024 characters.")


def clean_name(value: str, what: str) -> str:
    """Return the name in normal form. Raises `InputError` if it is empty, too long or holds control characters."""
    name = unicodedata.normalize("NFC", value).strip()
    if not name or len(name) > _LONGEST[what]:
        raise InputError(f"The {what} is empty or too long.", f"Use at most {_LONGEST[what]} characters.")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name):
        raise InputError(f"The {what} holds a character that cannot be printed.", "Type it again.")
    return name


def new_account(
    vault_id: str, user_id: str, name: str, passphrase: str, bundle: KeyBundle, cost: Argon2Cost
) -> tuple[Account, str]:
    """Return the account and its recovery code."""
    user_key = os.urandom(32)
    code = new_recovery_code()
    account = Account(
        id=user_id,
        name=name,
        passphrase_slot=seal_slot(user_key, passphrase, slot_bound(vault_id, user_id, "passphrase"), cost),
        recovery_slot=seal_slot(user_key, normal_form(code), slot_bound(vault_id, user_id, "recovery"), cost),
        bundle=bundle.seal(user_key, vault_id, user_id),
    )
    return account, code


def user_key_by_passphrase(account: Account, vault_id: str, passphrase: str) -> bytes:
    """Return the user key. Raises `SignInError`, `SealBrokenError`, `VersionError`."""
    return open_slot(account.passphrase_slot, passphrase, slot_bound(vault_id, account.id, "passphrase"))


def user_key_by_code(account: Account, vault_id: str, symbols: str) -> bytes:
    """Return the user key with a recovery code in normal form. Raises as `user_key_by_passphrase`."""
    return open_slot(account.recovery_slot, symbols, slot_bound(vault_id, account.id, "recovery"))


def with_passphrase(account: Account, vault_id: str, user_key: bytes, passphrase: str, cost: Argon2Cost) -> Account:
    """The account with a new passphrase slot."""
    slot = seal_slot(user_key, passphrase, slot_bound(vault_id, account.id, "passphrase"), cost)
    return replace(account, passphrase_slot=slot)


def with_new_code(account: Account, vault_id: str, user_key: bytes, cost: Argon2Cost) -> tuple[Account, str]:
    """The account with a new recovery slot, and the new code."""
    code, slot = new_recovery_slot(vault_id, account.id, user_key, cost)
    return replace(account, recovery_slot=slot), code


def new_recovery_slot(vault_id: str, user_id: str, user_key: bytes, cost: Argon2Cost) -> tuple[str, bytes]:
    """A new recovery code and the slot that it opens."""
    code = new_recovery_code()
    return code, seal_slot(user_key, normal_form(code), slot_bound(vault_id, user_id, "recovery"), cost)


def keys_of(account: Account, vault_id: str, user_key: bytes) -> KeyBundle:
    """Open the bundle. Raises `SealBrokenError`, `VersionError`."""
    return open_bundle(account.bundle, user_key, vault_id, account.id)
