"""Revocations: that a person's certificate is no longer valid, signed by the organisation's Ed25519 key.

Signed bytes: `anamnesis/v1|revocation` and the canonical JSON (RFC 8785) of the body. The body holds the length of the
audit trail at that moment: a signature whose audit entry comes later is not valid, whatever time it claims.
"""

import base64
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, insert, select

from app.domain.errors import InputError, SealBrokenError, VersionError
from app.vault.blob import context
from app.vault.canonical import canonical, parse_object, text
from app.vault.certificates import Certificate
from app.vault.directory import Directory
from app.vault.key_bundle import decode
from app.vault.models import RevocationRow
from app.vault.moments import now_text

SCHEMA = "anamnesis.revocation/1"
_WHAT = "revocation"
_LABEL = context(_WHAT)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A verified revocation; `entries` is how many entries the audit trail had before it."""

    user_id: str
    at: str
    actor_id: str
    reason: str
    entries: int


def revoke(connection: Connection, organisation: bytes, directory: Directory, revocation: Revocation) -> None:
    """Store a revocation signed with the organisation's private key (32 bytes)."""
    body = canonical(
        {
            "schema": SCHEMA,
            "vault": directory.vault_id,
            "user": revocation.user_id,
            "at": revocation.at,
            "actor": revocation.actor_id,
            "reason": revocation.reason,
            "entries": revocation.entries,
        }
    )
    signature = Ed25519PrivateKey.from_private_bytes(organisation).sign(_LABEL + body)
    connection.execute(
        insert(RevocationRow).values(
            user_id=revocation.user_id, body=body.decode(), signature=base64.b64encode(signature).decode()
        )
    )


def revocation_now(user_id: str, actor_id: str, reason: str, entries: int) -> Revocation:
    """A revocation of this moment."""
    return Revocation(user_id, now_text(), actor_id, reason, entries)


def revocation_of(connection: Connection, directory: Directory, user_id: str) -> Revocation | None:
    """A person's revocation, None if there is none. Raises `SealBrokenError`, `VersionError`."""
    row = RevocationRow
    found = connection.execute(select(row.body, row.signature).where(row.user_id == user_id)).first()
    return None if found is None else _read(directory, user_id, found.body, found.signature)


def revoked_ids(connection: Connection, directory: Directory) -> set[str]:
    """Everybody who was revoked. Raises `SealBrokenError`, `VersionError`."""
    row = RevocationRow
    rows = connection.execute(select(row.user_id, row.body, row.signature)).all()
    return {_read(directory, *found).user_id for found in rows}


def present_certificate(connection: Connection, directory: Directory, user_id: str) -> Certificate:
    """The certificate of a person who was not revoked. Raises `InputError`, `SealBrokenError`, `VersionError`."""
    certificate = directory.certificate(connection, user_id)
    if revocation_of(connection, directory, user_id) is not None:
        raise InputError("This person's account is closed.", "See the list of people.")
    return certificate


def present_certificates(connection: Connection, directory: Directory) -> dict[str, Certificate]:
    """Everybody who was not revoked, by user id. Raises `SealBrokenError`, `VersionError`."""
    gone = revoked_ids(connection, directory)
    return {user_id: c for user_id, c in directory.certificates(connection).items() if user_id not in gone}


def _read(directory: Directory, user_id: str, body: str, signature: str) -> Revocation:
    damaged = SealBrokenError("The revocation of a person was altered.", "Restore the vault from a backup.")
    try:
        key = Ed25519PublicKey.from_public_bytes(directory.organisation_public)
        key.verify(decode(signature, _WHAT), _LABEL + body.encode())
    except (InvalidSignature, ValueError) as error:
        raise damaged from error
    values = parse_object(body.encode(), _WHAT)
    if values.get("schema") != SCHEMA:
        raise VersionError("A revocation has a version this program does not know.", "Update this program.")
    entries = values.get("entries")
    named = (text(values, "vault", _WHAT), text(values, "user", _WHAT))
    if named != (directory.vault_id, user_id) or not isinstance(entries, int):
        raise damaged
    return Revocation(
        user_id, text(values, "at", _WHAT), text(values, "actor", _WHAT), text(values, "reason", _WHAT), entries
    )
