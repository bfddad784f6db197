"""A sealed value: AES-256-GCM under a key of its own.

magic "ANSF", version, algorithm, key id (16 bytes), salt (32), nonce (12), body with tag (16). The value's key is
HKDF-SHA256 (RFC 5869) of the data key with the random salt, so the number of values under one data key does not wear
out the nonce. Associated data: the prefix, and the place (table, column, row) where the value belongs.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.blob import PREFIX, BlobKind, context
from app.vault.wiping import passing_key

KIND = BlobKind(b"ANSF", 1, 1, "sealed value")
KEY_ID = 16
SALT = 32
NONCE = 12
TAG = 16
_HEAD = PREFIX + KEY_ID + SALT + NONCE


@dataclass(frozen=True, slots=True)
class DataKey:
    """A random 256-bit key with its random 16-byte id; its bytes never appear in a `repr`.

    New values are sealed under this key. `earlier` are the keys it took the place of, as long as a value may still be
    sealed under one of them; every blob names its key, so reading picks the right one.
    """

    id: bytes
    secret: bytes
    earlier: tuple["DataKey", ...] = ()

    @classmethod
    def generate(cls) -> "DataKey":
        """Return a new key."""
        return cls(os.urandom(KEY_ID), os.urandom(32))

    def named(self, key_id: bytes) -> "DataKey | None":
        """This key or an earlier one, whichever has this id."""
        return next((key for key in (self, *self.earlier) if key.id == key_id), None)

    def __repr__(self) -> str:
        return f"DataKey({self.id.hex()})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs; it opens nowhere else."""

    table: str
    column: str
    row: str

    def bound(self, key_id: bytes) -> bytes:
        """The associated data for this place under the key with this id."""
        return context(self.table, self.column, self.row, key_id.hex())


def seal_field(key: DataKey, place: Place, value: bytes) -> bytes:
    """Return the sealed blob of `value`, which opens only with `key` and at `place`."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    head = KIND.prefix() + key.id + salt + nonce
    bound = place.bound(key.id)
    with _value_key(key, salt, bound) as secret:
        return head + AESGCM(secret).encrypt(nonce, value, head + bound)


def open_field(key: DataKey, place: Place, blob: bytes) -> bytes:
    """Return the value. Raises `SealBrokenError` (damaged, cut, moved, another key) or `VersionError`."""
    KIND.check(blob, _HEAD + TAG)
    head, body = blob[:_HEAD], blob[_HEAD:]
    named = key.named(key_id_of(head))
    if named is None:
        raise KIND.broken()
    salt, nonce = head[PREFIX + KEY_ID : -NONCE], head[-NONCE:]
    bound = place.bound(named.id)
    with _value_key(named, salt, bound) as secret:
        try:
            return AESGCM(secret).decrypt(nonce, body, head + bound)
        except InvalidTag as error:
            raise KIND.broken() from error


def key_id_of(blob: bytes) -> bytes:
    """The id of the key that a sealed value, a sealed key or a recording's header names."""
    return blob[PREFIX : PREFIX + KEY_ID]


@contextmanager
def _value_key(key: DataKey, salt: bytes, bound: bytes) -> Iterator[bytearray]:
    with passing_key() as secret:
        HKDF(algorithm=SHA256(), length=32, salt=salt, info=bound).derive_into(key.secret, secret)
        yield secret
