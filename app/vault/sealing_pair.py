"""A person's sealing pair: ML-KEM-768 with X25519, and data keys sealed to it by HPKE (RFC 9180).

Sealed key: magic "ANSK", version, algorithm, data key id (16 bytes), recipient id (16), HPKE output.
The `info` of HPKE binds the prefix, the vault, the encounter and both ids.

Entrusted key (a private half of the organisation's): magic "ANSE", version, algorithm, id of the pair (16 bytes),
recipient id (16), HPKE output; `info` binds the prefix, the vault, the purpose and both ids.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from app.domain.errors import SealBrokenError
from app.vault.blob import PREFIX, BlobKind, context
from app.vault.field_blob import KEY_ID, DataKey

KIND = BlobKind(b"ANSK", 1, 1, "sealed key")
ENTRUSTED = BlobKind(b"ANSE", 1, 1, "entrusted key")
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_HEAD = PREFIX + 2 * KEY_ID
_MLKEM_PUBLIC, _MLKEM_SEED, _X25519 = 1184, 64, 32


@dataclass(frozen=True, slots=True)
class SealingPublic:
    """The public half: 1,184 bytes ML-KEM-768 followed by 32 bytes X25519."""

    raw: bytes

    @property
    def id(self) -> bytes:
        """The first 16 bytes of the SHA-256 of the public key."""
        digest = Hash(SHA256())
        digest.update(self.raw)
        return digest.finalize()[:KEY_ID]

    def key(self) -> MLKEM768X25519PublicKey:
        """The key object. Raises `SealBrokenError` if the bytes are not a key."""
        if len(self.raw) != _MLKEM_PUBLIC + _X25519:
            raise _bad_key()
        try:
            return MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC]),
                X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC:]),
            )
        except ValueError as error:
            raise _bad_key() from error


@dataclass(frozen=True, slots=True)
class SealingPrivate:
    """The private half: 64 bytes ML-KEM-768 seed followed by 32 bytes X25519; never in a `repr`."""

    raw: bytes

    @classmethod
    def generate(cls) -> "SealingPrivate":
        """Return a new pair."""
        return cls(MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw())

    def _parts(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        if len(self.raw) != _MLKEM_SEED + _X25519:
            raise _bad_key()
        return (
            MLKEM768PrivateKey.from_seed_bytes(self.raw[:_MLKEM_SEED]),
            X25519PrivateKey.from_private_bytes(self.raw[_MLKEM_SEED:]),
        )

    def key(self) -> MLKEM768X25519PrivateKey:
        """The key object. Raises `SealBrokenError` if the bytes are not a key."""
        return MLKEM768X25519PrivateKey(*self._parts())

    def public(self) -> SealingPublic:
        """The public half."""
        mlkem, x25519 = self._parts()
        return SealingPublic(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return "SealingPrivate(…)"


def seal_key(data_key: DataKey, to: SealingPublic, vault_id: str, encounter_id: str) -> bytes:
    """Return the data key sealed to `to` for this encounter of this vault."""
    head = KIND.prefix() + data_key.id + to.id
    return head + _SUITE.encrypt(data_key.secret, to.key(), info=_info(head, vault_id, encounter_id))


class KeyOpener:
    """Opens keys that were sealed to one private key (building the key object once)."""

    def __init__(self, private: SealingPrivate) -> None:
        self._key = private.key()
        self._id = private.public().id

    def open(self, blob: bytes, vault_id: str, encounter_id: str) -> DataKey:
        """Return the data key. Raises `SealBrokenError` or `VersionError`."""
        KIND.check(blob, _HEAD + 1)
        head, body = blob[:_HEAD], blob[_HEAD:]
        if head[-KEY_ID:] != self._id:
            raise KIND.broken()
        try:
            secret = _SUITE.decrypt(body, self._key, info=_info(head, vault_id, encounter_id))
        except (InvalidTag, ValueError) as error:
            raise KIND.broken() from error
        if len(secret) != 32:
            raise KIND.broken()
        return DataKey(head[PREFIX:-KEY_ID], secret)


def seal_private(private: SealingPrivate, to: SealingPublic, vault_id: str, purpose: str) -> bytes:
    """Return a private half of the organisation's sealed to a person, for this purpose in this vault."""
    head = ENTRUSTED.prefix() + private.public().id + to.id
    return head + _SUITE.encrypt(private.raw, to.key(), info=_entrusted_info(head, vault_id, purpose))


def open_private(blob: bytes, own: SealingPrivate, vault_id: str, purpose: str) -> SealingPrivate:
    """Return what `seal_private` sealed to `own`. Raises `SealBrokenError` or `VersionError`."""
    ENTRUSTED.check(blob, _HEAD + 1)
    head, body = blob[:_HEAD], blob[_HEAD:]
    if head[-KEY_ID:] != own.public().id:
        raise ENTRUSTED.broken()
    try:
        private = SealingPrivate(_SUITE.decrypt(body, own.key(), info=_entrusted_info(head, vault_id, purpose)))
    except (InvalidTag, ValueError) as error:
        raise ENTRUSTED.broken() from error
    if private.public().id != head[PREFIX:-KEY_ID]:
        raise ENTRUSTED.broken()
    return private


def _entrusted_info(head: bytes, vault_id: str, purpose: str) -> bytes:
    return head + context("entrusted-key", vault_id, purpose)


def _info(head: bytes, vault_id: str, encounter_id: str) -> bytes:
    return head + context("sealed-key", vault_id, encounter_id)


def _bad_key() -> SealBrokenError:
    return SealBrokenError("A sealing key is damaged.", "Restore the vault from a backup.")
