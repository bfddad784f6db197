"""This computer's key store: probed before it is trusted, read back after every write, never waited for without end."""

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.domain.errors import (
    KeyStoreAbsentError,
    KeyStoreChangedError,
    KeyStoreError,
    KeyStoreItemError,
    KeyStoreLockedError,
)
from app.domain.unlocking import KeyStoreReport
from app.vault.unlocking.back_ends import ALLOWED, BackEnd, KeyStoreKind, kinds_here
from app.vault.unlocking.bounded import NoAnswerError, bounded

PATIENCE = 60.0
"""Seconds that a prompt of the operating system may stay unanswered."""
OTHER_WAY = "Sign in with your passphrase or recovery code."
_AGAIN = "Sign in with your passphrase or recovery code, then let this computer remember you again."
_LOCKED = {"KeyringLocked", "LockedException", "PromptDismissedException"}
_SIZE = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """The name of an item. Each has a service of its own: the Windows class moves items that share one."""

    service: str
    username: str = "device key"


def item_of(vault_id: str, user_id: str, key_id: bytes) -> Item:
    """Where the device key with this id lies; a new key never takes the place of an older one."""
    return Item(f"Anamnesis {vault_id} {user_id} {key_id.hex()}")


class KeyStores:
    """The key stores of this computer. `kinds`: best first; `patience`: seconds for one act, prompts included."""

    def __init__(self, kinds: Sequence[KeyStoreKind] | None = None, patience: float = PATIENCE) -> None:
        self._kinds = tuple(kinds_here() if kinds is None else kinds)
        self._patience = patience

    def usable(self) -> KeyStoreKind:
        """Return the first key store that stores, gives back and deletes. Raises `KeyStoreError` of the best one."""
        first: KeyStoreError | None = None
        for kind in self._kinds:
            if not self._answers(kind):
                continue
            try:
                self._ask(kind, lambda store, kind=kind: _probe(store, kind.label))  # type: ignore[misc]  # mypy cannot infer a lambda's default
            except KeyStoreError as error:
                first = first or error
            else:
                return kind
        raise first or KeyStoreAbsentError("This computer has no key store that can be used.", OTHER_WAY)

    def report(self) -> KeyStoreReport:
        """Try the key store; what is wrong with it is the report's text."""
        try:
            kind = self.usable()
        except KeyStoreError as error:
            return KeyStoreReport("", False, error.message)
        return KeyStoreReport(kind.label, True, "an item was stored, read back and deleted")

    def put(self, kind: KeyStoreKind, item: Item, secret: bytes) -> bytes:
        """Store a 32-byte key and return what is read back. Raises `KeyStoreError` if that is something else."""
        text = base64.b64encode(secret).decode()

        def store_and_read(store: BackEnd) -> str | None:
            store.set_password(item.service, item.username, text)
            return store.get_password(item.service, item.username)

        if self._ask(kind, store_and_read) != text:
            raise _forgetful(kind.label)
        return secret

    def take(self, name: str, item: Item) -> bytes:
        """Return the 32-byte key of an item in the key store of this name.

        Raises `KeyStoreChangedError`, `KeyStoreAbsentError`, `KeyStoreLockedError`, `KeyStoreItemError` (lost or
        damaged), `KeyStoreError`.
        """
        kind = self._named(name)
        if kind not in self._kinds or not self._answers(kind):
            raise self._not_there(kind)
        text = self._ask(kind, lambda store: store.get_password(item.service, item.username))
        if text is None:
            raise KeyStoreItemError(f"The key of this vault is no longer in {kind.label}.", _AGAIN)
        return _key(text, kind.label)

    def remove(self, name: str, item: Item) -> None:
        """Delete an item; one that is not there is no error. Raises as `take`, but for the item."""
        kind = self._named(name)
        if kind not in self._kinds:
            raise self._not_there(kind)

        def delete(store: BackEnd) -> None:
            if store.get_password(item.service, item.username) is not None:
                store.delete_password(item.service, item.username)

        self._ask(kind, delete)

    def _named(self, name: str) -> KeyStoreKind:
        for kind in (*self._kinds, *ALLOWED):
            if kind.name == name:
                return kind
        raise KeyStoreChangedError(f"The vault names a key store that this program does not use: {name}.", OTHER_WAY)

    def _not_there(self, kind: KeyStoreKind) -> KeyStoreError:
        other = next((k for k in self._kinds if k != kind and self._answers(k)), None)
        if other is None:
            return KeyStoreAbsentError(f"{kind.label}, which holds your key, does not answer.", OTHER_WAY)
        return KeyStoreChangedError(
            f"Your key lies in {kind.label}, but this computer now has {other.label}.", OTHER_WAY
        )

    def _answers(self, kind: KeyStoreKind) -> bool:
        try:
            return bounded(lambda: kind.make().priority > 0, self._patience)
        except NoAnswerError:
            return False
        except Exception:  # noqa: BLE001 - a key store that is not there says so with errors of many libraries
            return False

    def _ask(self, kind: KeyStoreKind, act: Callable[[BackEnd], T]) -> T:
        try:
            return bounded(lambda: act(kind.make()), self._patience)
        except KeyStoreError:
            raise
        except NoAnswerError:
            raise KeyStoreLockedError(
                f"{kind.label} did not answer within {self._patience:.0f} seconds.", OTHER_WAY
            ) from None
        except Exception as error:  # noqa: BLE001 - each class lets the errors of its own libraries through
            # Only the type is told: the text of a foreign error might hold the item.
            if type(error).__name__ in _LOCKED:
                raise KeyStoreLockedError(f"{kind.label} is locked.", f"Unlock it, or: {OTHER_WAY}") from None
            raise KeyStoreError(f"{kind.label} cannot be used ({type(error).__name__}).", OTHER_WAY) from None


def _probe(store: BackEnd, label: str) -> None:
    """Store, read back and delete an item of no worth, because some back ends only pretend to."""
    item, value = Item(f"Anamnesis probe {secrets.token_hex(8)}"), base64.b64encode(secrets.token_bytes(_SIZE)).decode()
    store.set_password(item.service, item.username, value)
    if store.get_password(item.service, item.username) != value:
        raise _forgetful(label)
    store.delete_password(item.service, item.username)
    if store.get_password(item.service, item.username) is not None:
        raise KeyStoreError(f"{label} does not delete what it was told to.", OTHER_WAY)


def _key(text: str, label: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except ValueError:
        secret = b""
    if len(secret) != _SIZE:
        raise KeyStoreItemError(f"The key of this vault in {label} is damaged.", _AGAIN)
    return secret


def _forgetful(label: str) -> KeyStoreError:
    return KeyStoreError(f"{label} does not give back what is stored in it.", OTHER_WAY)
