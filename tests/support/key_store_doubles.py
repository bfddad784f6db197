"""Key stores that behave, misbehave, or are not there; and codes of an authenticator app."""

import threading
import time

from app.vault.unlocking.back_ends import KeyStoreKind
from app.vault.unlocking.key_stores import KeyStores
from app.vault.unlocking.second_factor import STEP


class MemoryStore:
    """The interface of a `keyring` class, with items in memory that live as long as the test."""

    priority = 5

    def __init__(self, items=None):
        self.items = {} if items is None else items

    def get_password(self, service, username):
        return self.items.get((service, username))

    def set_password(self, service, username, password):
        self.items[service, username] = password

    def delete_password(self, service, username):
        del self.items[service, username]


class NullStore(MemoryStore):
    """As `keyring.backends.null`: takes everything, keeps nothing."""

    def set_password(self, service, username, password):
        pass


class StubbornStore(MemoryStore):
    """Never deletes."""

    def delete_password(self, service, username):
        pass


class AbsentStore(MemoryStore):
    """As a class whose service does not run."""

    @property
    def priority(self):
        raise RuntimeError("the daemon is neither running nor activatable")


class KeyringLocked(Exception):  # noqa: N818 - the name of the real one
    """As `keyring.errors.KeyringLocked`."""


class LockedStore(MemoryStore):
    """As a collection whose prompt was dismissed."""

    def _refuse(self, *_):
        raise KeyringLocked("the text of a foreign error may hold anything: hunter2")

    get_password = set_password = delete_password = _refuse


class WaitingStore(MemoryStore):
    """As a prompt that nobody answers, until the test ends it."""

    def __init__(self):
        super().__init__()
        self.answered = threading.Event()

    def _wait(self, *_):
        self.answered.wait(60)

    get_password = set_password = delete_password = _wait


class FaultyStore(MemoryStore):
    """The N-th call fails, with an error of no known class."""

    def __init__(self, items, number):
        super().__init__(items)
        self.number = number
        self.calls = 0

    def _strike(self):
        self.calls += 1
        if self.calls == self.number:
            raise OSError("the bus is gone")

    def get_password(self, service, username):
        self._strike()
        return super().get_password(service, username)

    def set_password(self, service, username, password):
        self._strike()
        super().set_password(service, username, password)

    def delete_password(self, service, username):
        self._strike()
        super().delete_password(service, username)


def stores_of(*back_ends, names=("SecretService", "KWallet"), patience=20.0):
    """Key stores of this computer, the first the best; each back end under the name of a real kind."""
    kinds = [
        KeyStoreKind(name, f"{name} for people", lambda store=store: store)
        for name, store in zip(names, back_ends, strict=False)
    ]
    return KeyStores(kinds, patience)


class PhoneClock:
    """Unix time that moves only when told to."""

    def __init__(self, now=None):
        self.now = time.time() if now is None else now

    def __call__(self):
        return self.now

    def next_code(self):
        self.now += STEP


def code_at(secret, now):
    """The six digits that an authenticator app shows."""
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    return TOTP(secret, 6, SHA1(), STEP).generate(int(now)).decode()  # noqa: S303 - RFC 6238
