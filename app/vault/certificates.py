"""Certificates: who a person is and what roles they hold, signed by the organisation's Ed25519 key.

Signed bytes: `anamnesis/v1|certificate` and the canonical JSON (RFC 8785) of the body.
"""

import base64
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.errors import SealBrokenError, VersionError
from app.domain.people import Role, User
from app.vault.blob import context
from app.vault.canonical import canonical, parse_object, text
from app.vault.key_bundle import decode
from app.vault.moments import now_text
from app.vault.sealing_pair import SealingPublic

SCHEMA = "anamnesis.certificate/1"
_WHAT = "certificate"
_LABEL = context("certificate")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A verified certificate; `body` and `signature` (base64) are what was stored."""

    user: User
    sealing: SealingPublic
    signing: bytes
    issued_at: str
    body: str
    signature: str

    @property
    def packed(self) -> str:
        """Body and signature as one base64 text, for signature records."""
        return base64.b64encode(canonical({"body": self.body, "signature": self.signature})).decode()


def issue(organisation: bytes, vault_id: str, user: User, sealing: SealingPublic, signing_public: bytes) -> Certificate:
    """Return a certificate signed with the organisation's private key (32 bytes)."""
    issued_at = now_text()
    body = canonical(
        {
            "schema": SCHEMA,
            "vault": vault_id,
            "user": user.id,
            "name": user.name,
            "display_name": user.display_name,
            "roles": sorted(role.value for role in user.roles),
            "sealing": base64.b64encode(sealing.raw).decode(),
            "signing": base64.b64encode(signing_public).decode(),
            "issued_at": issued_at,
        }
    )
    signature = Ed25519PrivateKey.from_private_bytes(organisation).sign(_LABEL + body)
    return Certificate(user, sealing, signing_public, issued_at, body.decode(), base64.b64encode(signature).decode())


def read_certificate(body: str, signature: str, organisation_public: bytes, vault_id: str) -> Certificate:
    """Verify and return. Raises `SealBrokenError` (not from this organisation, or altered), `VersionError`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(organisation_public)
        key.verify(decode(signature, _WHAT), _LABEL + body.encode())
    except (InvalidSignature, ValueError) as error:
        raise SealBrokenError("A person's certificate was altered.", "Restore the vault from a backup.") from error
    values = parse_object(body.encode(), _WHAT)
    if values.get("schema") != SCHEMA:
        raise VersionError("A certificate has a version this program does not know.", "Update this program.")
    if values.get("vault") != vault_id:
        raise SealBrokenError("A certificate belongs to another vault.", "Restore the vault from a backup.")
    return Certificate(
        user=User(
            text(values, "user", _WHAT),
            text(values, "name", _WHAT),
            text(values, "display_name", _WHAT),
            _roles(values.get("roles")),
        ),
        sealing=SealingPublic(decode(text(values, "sealing", _WHAT), _WHAT)),
        signing=decode(text(values, "signing", _WHAT), _WHAT),
        issued_at=text(values, "issued_at", _WHAT),
        body=body,
        signature=signature,
    )


def unpack_certificate(packed: str, organisation_public: bytes, vault_id: str) -> Certificate:
    """Verify and return the certificate that `Certificate.packed` gave. Raises as `read_certificate`."""
    values = parse_object(decode(packed, _WHAT), _WHAT)
    return read_certificate(
        text(values, "body", _WHAT), text(values, "signature", _WHAT), organisation_public, vault_id
    )


def _roles(value: object) -> frozenset[Role]:
    if not isinstance(value, list):
        raise SealBrokenError("A certificate names no roles.", "Restore the vault from a backup.")
    try:
        return frozenset(Role(role) for role in value)
    except ValueError as error:
        raise VersionError("A certificate names a role this program does not know.", "Update this program.") from error
