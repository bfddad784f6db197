"""The organisation's emergency pair: every encounter is sealed to its public half where the policy allows break-glass.

The private half is sealed by HPKE to every physician. The public half is signed by the organisation, so that nobody who
can write to the database puts one of their own in its place. Signed bytes: `anamnesis/v1|emergency` and canonical JSON.
"""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, delete, insert, select

from app.domain.errors import SealBrokenError, VersionError
from app.domain.people import Permission
from app.vault.blob import context
from app.vault.canonical import canonical, parse_object, text
from app.vault.data_keys import EMERGENCY
from app.vault.directory import Directory
from app.vault.key_bundle import decode
from app.vault.models import EmergencyPairRow, EntrustedKeyRow, SealedKeyRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.sealing_pair import SealingPrivate, SealingPublic, open_private, seal_private
from app.vault.team.revocations import present_certificates

SCHEMA = "anamnesis.emergency/1"
_WHAT = "emergency key"
_LABEL = context("emergency")


def emergency_public(connection: Connection, directory: Directory) -> SealingPublic | None:
    """The public half; None if the organisation has none. Raises `SealBrokenError`, `VersionError`."""
    row = EmergencyPairRow
    found = connection.execute(select(row.body, row.signature).order_by(row.number.desc()).limit(1)).first()
    if found is None:
        return None
    damaged = SealBrokenError("The organisation's emergency key was altered.", "Restore the vault from a backup.")
    try:
        key = Ed25519PublicKey.from_public_bytes(directory.organisation_public)
        key.verify(decode(found.signature, _WHAT), _LABEL + found.body.encode())
    except (InvalidSignature, ValueError) as error:
        raise damaged from error
    values = parse_object(found.body.encode(), _WHAT)
    if values.get("schema") != SCHEMA:
        raise VersionError("The emergency key has a version this program does not know.", "Update this program.")
    if text(values, "vault", _WHAT) != directory.vault_id:
        raise damaged
    return SealingPublic(decode(text(values, "public", _WHAT), _WHAT))


def make_emergency_pair(vault: OpenVault, connection: Connection, organisation: bytes) -> SealingPublic:
    """A new pair in the place of the one before, given to every physician; encounters are sealed to it later."""
    private = SealingPrivate.generate()
    public = private.public()
    body = canonical(
        {
            "schema": SCHEMA,
            "vault": vault.vault_id,
            "public": base64.b64encode(public.raw).decode(),
            "at": now_text(),
        }
    )
    signature = Ed25519PrivateKey.from_private_bytes(organisation).sign(_LABEL + body)
    connection.execute(
        insert(EmergencyPairRow).values(body=body.decode(), signature=base64.b64encode(signature).decode())
    )
    connection.execute(delete(EntrustedKeyRow).where(EntrustedKeyRow.purpose == EMERGENCY))
    connection.execute(delete(SealedKeyRow).where(SealedKeyRow.recipient_id == EMERGENCY))
    entrust_emergency(vault, connection, private)
    vault.audit(connection, "emergency.prepared", "vault")
    return public


def own_emergency_private(vault: OpenVault, connection: Connection, public: SealingPublic) -> SealingPrivate | None:
    """The private half as it was sealed to the signed-in person; None if it was not. Raises `SealBrokenError`."""
    row = EntrustedKeyRow
    here = (row.purpose == EMERGENCY, row.user_id == vault.access.user.id)
    blob = connection.execute(select(row.blob).where(*here)).scalar()
    if blob is None:
        return None
    private = open_private(blob, vault.keys.sealing, vault.vault_id, EMERGENCY)
    if private.public() != public:
        raise SealBrokenError("Your emergency key is not the organisation's.", "Ask an administrator.")
    return private


def entrust_emergency(vault: OpenVault, connection: Connection, private: SealingPrivate) -> None:
    """Seal the private half to every physician who does not have it yet."""
    row = EntrustedKeyRow
    have = set(connection.execute(select(row.user_id).where(row.purpose == EMERGENCY)).scalars())
    for user_id, certificate in present_certificates(connection, vault.directory).items():
        if user_id not in have and certificate.user.may(Permission.BREAK_GLASS):
            blob = seal_private(private, certificate.sealing, vault.vault_id, EMERGENCY)
            connection.execute(insert(row).values(purpose=EMERGENCY, user_id=user_id, at=now_text(), blob=blob))
