"""A device slot: a person's user key under a key that lies in the key store of one computer.

magic "ANDV", version, algorithm, id of the device key (16 bytes), salt (32), nonce (12), sealed user key (48). The
sealing key is HKDF-SHA256 (RFC 5869) of the device key with the salt; AES-256-GCM. Associated data: all before the
sealed key, and vault, person and key store, so that a slot opens nowhere else.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import KeyStoreItemError, SealBrokenError
from app.vault.blob import PREFIX, BlobKind, context
from app.vault.wiping import passing_key

KIND = BlobKind(b"ANDV", 1, 1, "device slot")
_ID, _SALT, _NONCE, _SEALED = 16, 32, 12, 48
_HEAD = PREFIX + _ID + _SALT + _NONCE
_SIZE = _HEAD + _SEALED


@dataclass(frozen=True, slots=True, repr=False)
class DeviceKey:
    """A random 256-bit key with its random 16-byte id, by which its item in the key store is named."""

    id: bytes
    secret: bytes

    @classmethod
    def generate(cls) -> "DeviceKey":
        """Return a new key."""
        return cls(os.urandom(_ID), os.urandom(32))


def device_bound(vault_id: str, user_id: str, store: str) -> bytes:
    """What a device slot is bound to."""
    return context("device slot", vault_id, user_id, store)


def seal_device_slot(user_key: bytes, key: DeviceKey, bound: bytes) -> bytes:
    """Return the slot of a 32-byte user key."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    head = KIND.prefix() + key.id + salt + nonce
    with _sealing_key(key.secret, salt, bound) as sealing:
        return head + AESGCM(sealing).encrypt(nonce, user_key, head + bound)


def device_key_id(slot: bytes) -> bytes:
    """The id of the device key that opens the slot. Raises `SealBrokenError`, `VersionError`."""
    KIND.check(slot, _SIZE)
    if len(slot) != _SIZE:
        raise _broken()
    return slot[PREFIX : PREFIX + _ID]


def open_device_slot(slot: bytes, secret: bytes, bound: bytes) -> bytes:
    """Return the user key. Raises `KeyStoreItemError` (another key, or altered), `SealBrokenError`, `VersionError`."""
    device_key_id(slot)
    head, sealed = slot[:_HEAD], slot[_HEAD:]
    with _sealing_key(secret, head[PREFIX + _ID : -_NONCE], bound) as key:
        try:
            return AESGCM(key).decrypt(head[-_NONCE:], sealed, head + bound)
        except InvalidTag as error:
            raise KeyStoreItemError(
                "The key in this computer's key store does not fit this vault.",
                "Sign in with your passphrase or recovery code, then let this computer remember you again.",
            ) from error


@contextmanager
def _sealing_key(secret: bytes, salt: bytes, bound: bytes) -> Iterator[bytearray]:
    with passing_key() as key:
        HKDF(SHA256(), 32, salt=salt, info=bound).derive_into(secret, key)
        yield key


def _broken() -> SealBrokenError:
    return SealBrokenError("The device slot is damaged.", "Sign in with your passphrase or recovery code.")
