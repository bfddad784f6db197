"""A key slot: a person's user key under a passphrase or a recovery code, by Argon2id (RFC 9106).

magic "ANSL", version, algorithm, memory in KiB (4 bytes), iterations (2), lanes (1), salt (16), nonce (12), sealed
key (48). The cost is stored with the slot and bounded on reading, so that a hostile header can ask for neither 100 GB
nor nothing.
"""

import os
import struct
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import MachineError, SignInError
from app.vault.blob import PREFIX, BlobKind
from app.vault.wiping import passing_key

KIND = BlobKind(b"ANSL", 1, 1, "key slot")
_COST = struct.Struct(">IHB")
_SALT, _NONCE, _SEALED = 16, 12, 48
_HEAD = PREFIX + _COST.size + _SALT + _NONCE
_SIZE = _HEAD + _SEALED


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """Cost of a guess: memory in KiB, iterations, lanes."""

    memory: int
    iterations: int
    lanes: int

    @property
    def allowed(self) -> bool:
        """Between the floor that OWASP names (19 MiB, two iterations) and what a desktop can bear (512 MiB)."""
        return 19_456 <= self.memory <= 524_288 and 2 <= self.iterations <= 16 and 1 <= self.lanes <= 16


STANDARD_COST = Argon2Cost(memory=65_536, iterations=3, lanes=4)
"""The second recommended option of RFC 9106 section 4."""


def seal_slot(user_key: bytes, secret: str, bound: bytes, cost: Argon2Cost) -> bytes:
    """Return the slot of a 32-byte user key; `bound` names vault, user and kind of slot."""
    if not cost.allowed:
        raise ValueError("the cost of a key slot is below the floor or above the bound")
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    head = KIND.prefix() + _COST.pack(cost.memory, cost.iterations, cost.lanes) + salt + nonce
    with _stretched(secret, salt, cost) as key:
        return head + AESGCM(key).encrypt(nonce, user_key, head + bound)


def open_slot(slot: bytes, secret: str, bound: bytes) -> bytes:
    """Return the user key.

    Raises `SignInError` (wrong secret, or a slot altered so that it looks the same), `SealBrokenError`, `VersionError`.
    """
    KIND.check(slot, _SIZE)
    cost = Argon2Cost(*_COST.unpack_from(slot, PREFIX))
    if len(slot) != _SIZE or not cost.allowed:
        raise KIND.broken()
    head, sealed = slot[:_HEAD], slot[_HEAD:]
    with _stretched(secret, head[-_NONCE - _SALT : -_NONCE], cost) as key:
        try:
            return AESGCM(key).decrypt(head[-_NONCE:], sealed, head + bound)
        except InvalidTag as error:
            raise wrong_secret() from error


def waste_time(secret: str, cost: Argon2Cost = STANDARD_COST) -> None:
    """Do the work of opening a slot, so that an unknown name costs what a wrong passphrase costs."""
    with _stretched(secret, bytes(_SALT), cost):
        pass


def slot_cost(slot: bytes) -> Argon2Cost:
    """The cost stored in a slot. Raises `SealBrokenError`, `VersionError`."""
    KIND.check(slot, _SIZE)
    cost = Argon2Cost(*_COST.unpack_from(slot, PREFIX))
    if not cost.allowed:
        raise KIND.broken()
    return cost


def wrong_secret() -> SignInError:
    """The one answer to an unknown name, a wrong passphrase and a wrong recovery code."""
    return SignInError("The name, passphrase or recovery code is wrong.", "Check the name and try again.")


@contextmanager
def _stretched(secret: str, salt: bytes, cost: Argon2Cost) -> Iterator[bytearray]:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    stretch = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory)
    with passing_key() as key:
        try:
            stretch.derive_into(unicodedata.normalize("NFKC", secret).encode(), key)
        except MemoryError as error:
            needed = cost.memory // 1024
            raise MachineError(f"Signing in needs {needed} MB of memory.", "Close other programs.") from error
        yield key
