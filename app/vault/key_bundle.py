"""A person's bundle of keys, sealed under the person's user key; and the keys that follow from the vault key."""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import SealBrokenError
from app.vault.canonical import canonical, parse_object, text
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.sealing_pair import SealingPrivate, SealingPublic
from app.vault.unlocking.second_factor import SECRET

_WHAT = "key bundle"


@dataclass(frozen=True, slots=True, repr=False)
class KeyBundle:
    """What a person holds. Of the organisation's private keys administrators hold the first, the founder both.

    `second_factor` is the shared secret of the person's authenticator app, None while no code is asked for.
    """

    vault_key: bytes
    sealing: SealingPrivate
    signing: bytes
    organisation_public: bytes
    recovery_public: SealingPublic
    organisation_signing: bytes | None = None
    organisation_recovery: SealingPrivate | None = None
    second_factor: bytes | None = None

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The person's Ed25519 key."""
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    @property
    def signing_public(self) -> bytes:
        """The 32 public bytes of the signing key."""
        return self.signing_key.public_key().public_bytes_raw()

    def derived(self, label: str) -> bytes:
        """A 32-byte key from the vault key: labels `database`, `audit`, `header`."""
        return HKDF(SHA256(), 32, salt=None, info=b"anamnesis/v1|" + label.encode()).derive(self.vault_key)

    def own_key(self) -> DataKey:
        """The symmetric key by which this person seals data keys to itself; it follows from the sealing pair."""
        secret = HKDF(SHA256(), 32, salt=None, info=b"anamnesis/v1|quick").derive(self.sealing.raw)
        return DataKey(self.sealing.public().id, secret)

    def seal(self, user_key: bytes, vault_id: str, user_id: str) -> bytes:
        """Return the bundle sealed under the user key of this person of this vault."""
        values: dict[str, bytes | None] = {
            "vault_key": self.vault_key,
            "sealing": self.sealing.raw,
            "signing": self.signing,
            "organisation_public": self.organisation_public,
            "recovery_public": self.recovery_public.raw,
            "organisation_signing": self.organisation_signing,
            "organisation_recovery": self.organisation_recovery.raw if self.organisation_recovery else None,
            "second_factor": self.second_factor,
        }
        body = {key: base64.b64encode(value).decode() for key, value in values.items() if value is not None}
        return seal_field(DataKey(bytes(16), user_key), _place(vault_id, user_id), canonical(body))


def open_bundle(blob: bytes, user_key: bytes, vault_id: str, user_id: str) -> KeyBundle:
    """Return the bundle. Raises `SealBrokenError`, `VersionError`."""
    body = parse_object(open_field(DataKey(bytes(16), user_key), _place(vault_id, user_id), blob), _WHAT)

    def raw(key: str, size: int) -> bytes:
        value = decode(text(body, key, _WHAT), _WHAT)
        if len(value) != size:
            raise SealBrokenError("A key of the key bundle is damaged.", "Restore the vault from a backup.")
        return value

    return KeyBundle(
        vault_key=raw("vault_key", 32),
        sealing=SealingPrivate(raw("sealing", 96)),
        signing=raw("signing", 32),
        organisation_public=raw("organisation_public", 32),
        recovery_public=SealingPublic(raw("recovery_public", 1216)),
        organisation_signing=raw("organisation_signing", 32) if "organisation_signing" in body else None,
        organisation_recovery=SealingPrivate(raw("organisation_recovery", 96))
        if "organisation_recovery" in body
        else None,
        second_factor=raw("second_factor", SECRET) if "second_factor" in body else None,
    )


def decode(value: str, what: str) -> bytes:
    """Base64 to bytes. Raises `SealBrokenError` naming `what`."""
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise SealBrokenError(f"The {what} is damaged.", "Restore the vault from a backup.") from error


def _place(vault_id: str, user_id: str) -> Place:
    return Place("header", f"bundle {vault_id}", user_id)
