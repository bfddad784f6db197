"""`Unlocking` for the signed-in person: each act replaces their entry of the header and is audited with it."""

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from app.domain.errors import (
    ConflictError,
    KeyStoreError,
    KeyStoreItemError,
    PermissionDeniedError,
    SealBrokenError,
    SecondFactorNeededError,
    SignInError,
    VersionError,
)
from app.domain.unlocking import KeyStoreReport, SecondFactorOffer, UnlockingStatus
from app.vault.accounts import new_recovery_slot, user_key_by_code
from app.vault.header import Account, Header
from app.vault.key_slot import Argon2Cost
from app.vault.open_vault import OpenVault
from app.vault.recovery_code import normal_form
from app.vault.unlocking import second_factor
from app.vault.unlocking.back_ends import label_of
from app.vault.unlocking.code_check import SecondStep, require_code_again
from app.vault.unlocking.device_slot import DeviceKey, device_bound, device_key_id, seal_device_slot
from app.vault.unlocking.key_stores import OTHER_WAY, Item, KeyStores, item_of
from app.vault.unlocking.used_codes import NONE, forget_steps, use_step


@dataclass(frozen=True, slots=True, repr=False)
class _BegunFactor:
    """A second factor that waits for its first code; `bundle` holds it, sealed over the one that stood at the time."""

    secret: bytes
    bundle: bytes
    before: bytes


@dataclass(frozen=True, slots=True, repr=False)
class _BegunCode:
    """A recovery code that waits to be typed back, and its slot."""

    symbols: str
    slot: bytes


class VaultUnlocking:
    """Own ways to unlock; `cost` is that of new key slots. Used by one thread at a time."""

    def __init__(self, vault: OpenVault, cost: Argon2Cost, stores: KeyStores, step: SecondStep) -> None:
        self._vault = vault
        self._cost = cost
        self._stores = stores
        self._step = step
        self._factor: _BegunFactor | None = None
        self._code: _BegunCode | None = None

    def status(self) -> UnlockingStatus:
        """How this person can sign in here."""
        return UnlockingStatus(
            remembered_in=label_of(self._account.device_store) if self._account.device_slot else "",
            second_factor=self._vault.keys.second_factor is not None,
            second_factor_required=self._step.required,
        )

    def try_key_store(self) -> KeyStoreReport:
        """Store, read back and delete an item of no worth."""
        return self._stores.report()

    def remember(self, passphrase: str) -> str:
        """A new device key, confirmed by reading it back before its slot is written; the old one goes last.

        Raises `SignInError`, `KeyStoreError`, `DiskFullError`, `MachineError`: then all is as it was.
        """
        user_key = self._vault.user_key(passphrase)
        kind = self._stores.usable()
        key, vault_id, user = DeviceKey.generate(), self._vault.vault_id, self._vault.access.user
        item = item_of(vault_id, user.id, key.id)
        before = self._account
        try:
            self._stores.put(kind, item, key.secret)
            slot = seal_device_slot(user_key, key, device_bound(vault_id, user.id, kind.name))
            self._change(
                lambda account: replace(account, device_store=kind.name, device_slot=slot),
                "key-store.remembered",
                kind.name,
            )
        except BaseException:
            with suppress(KeyStoreError):
                self._stores.remove(kind.name, item)
            raise
        self._remove_item(before)
        return kind.label

    def forget(self) -> bool:
        """Take slot and item away, the slot first: from then on the item opens nothing."""
        before = self._account
        if not before.device_slot:
            return True
        self._change(
            lambda account: replace(account, device_store="", device_slot=b""),
            "key-store.forgotten",
            before.device_store,
        )
        return self._remove_item(before)

    def begin_second_factor(self, passphrase: str) -> SecondFactorOffer:
        """Raises `SignInError`, `ConflictError` if it is on."""
        self._require_no_factor()
        user_key = self._vault.user_key(passphrase)
        secret, user = second_factor.new_secret(), self._vault.access.user
        bundle = replace(self._vault.keys, second_factor=secret).seal(user_key, self._vault.vault_id, user.id)
        self._factor = _BegunFactor(secret, bundle, self._account.bundle)
        return second_factor.offer(secret, user.name)

    def confirm_second_factor(self, code: str) -> None:
        """Raises `SecondFactorWrongError`, `ConflictError` (not begun, or the keys were changed since)."""
        self._require_no_factor()
        begun = self._factor
        if begun is None:
            raise ConflictError("No second factor waits for its code.", "Begin again.")
        step = second_factor.accepted_step(begun.secret, code, self._step.clock(), NONE)
        keys, user = replace(self._vault.keys, second_factor=begun.secret), self._vault.access.user
        with self._vault.changing_header() as (connection, put):
            if begun.before != self._account.bundle:
                raise ConflictError("Your keys were changed meanwhile.", "Begin again.")
            use_step(connection, keys.own_key(), user.id, step)
            self._vault.audit(connection, "second-factor.on", user.name)
            put(self._vault.header.with_account(replace(self._account, bundle=begun.bundle)))
        self._vault.keys = keys
        self._vault.access.second_factor_due = False
        self._factor = None

    def drop_second_factor(self, passphrase: str, code: str) -> None:
        """Raises `SignInError`, `SecondFactorWrongError`, `PermissionDeniedError` (policy), `ConflictError`."""
        if self._vault.keys.second_factor is None:
            raise ConflictError("No second factor is on.")
        if self._step.required:
            raise PermissionDeniedError("Your organisation asks for a second factor.", "It stays on.")
        user_key = self._vault.user_key(passphrase)
        if not code:
            raise SecondFactorNeededError("A code of your authenticator app is needed.", "Type its six digits.")
        require_code_again(self._vault, replace(self._step, code=code))
        keys, user = replace(self._vault.keys, second_factor=None), self._vault.access.user
        bundle = keys.seal(user_key, self._vault.vault_id, user.id)
        with self._vault.changing_header() as (connection, put):
            forget_steps(connection, user.id)
            self._vault.audit(connection, "second-factor.off", user.name)
            put(self._vault.header.with_account(replace(self._account, bundle=bundle)))
        self._vault.keys = keys

    def begin_recovery_code(self, passphrase: str) -> str:
        """Raises `SignInError`."""
        user_key = self._vault.user_key(passphrase)
        code, slot = new_recovery_slot(self._vault.vault_id, self._account.id, user_key, self._cost)
        self._code = _BegunCode(normal_form(code), slot)
        return code

    def confirm_recovery_code(self, typed: str) -> None:
        """Raises `SignInError` (mistyped: type again), `ConflictError` (not begun)."""
        begun = self._code
        if begun is None:
            raise ConflictError("No new recovery code waits to be typed back.", "Begin again.")
        if not hmac.compare_digest(normal_form(typed), begun.symbols):
            raise SignInError("This is not the code that was shown.", "Compare it with the paper, symbol by symbol.")
        self._change(lambda account: replace(account, recovery_slot=begun.slot), "recovery-code.renewed")
        self._code = None

    def check_recovery_code(self, typed: str) -> None:
        """Raises `SignInError` if another code is in force, after several with a growing wait."""
        symbols = normal_form(typed)
        self._vault.guarded(lambda: user_key_by_code(self._account, self._vault.vault_id, symbols))

    @property
    def _account(self) -> Account:
        return self._vault.header.account_of(self._vault.access.user.id)

    def _change(self, changed: Callable[[Account], Account], action: str, detail: str = "") -> None:
        with self._vault.changing_header() as (connection, put):
            self._vault.audit(connection, action, self._vault.access.user.name, detail)
            put(self._vault.header.with_account(changed(self._account)))

    def _require_no_factor(self) -> None:
        if self._vault.keys.second_factor is not None:
            raise ConflictError("A second factor is on already.", "Switch it off first to use another app.")

    def _remove_item(self, account: Account) -> bool:
        """Whether the item of an earlier slot is gone; a slot too damaged to name its item leaves it behind."""
        try:
            item = _item(self._vault.vault_id, account)
            if item is not None:
                self._stores.remove(account.device_store, item)
        except (KeyStoreError, SealBrokenError, VersionError):
            return False
        return True


def device_secret(header: Header, name: str, stores: KeyStores) -> bytes:
    """Fetch the key of this person's device slot. Raises `KeyStoreError`, `SealBrokenError`, `VersionError`."""
    account = header.account(name)
    item = None if account is None else _item(header.vault_id, account)
    if account is None or item is None:
        raise KeyStoreItemError("This computer does not remember this person.", OTHER_WAY)
    return stores.take(account.device_store, item)


def _item(vault_id: str, account: Account) -> Item | None:
    return item_of(vault_id, account.id, device_key_id(account.device_slot)) if account.device_slot else None
