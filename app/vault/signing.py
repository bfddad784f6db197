"""Electronic signatures over note versions (21 CFR 11.50, 11.70), and their verification.

Signed bytes: a label and the canonical JSON (RFC 8785) of the note in full, encounter, version, kind, signer, role,
meaning, UTC time, hash of the cited utterances, and hash of the audit entry before the signature's own.
"""

import base64
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from app.domain.codec import note_to_json, transcript_to_json
from app.domain.encounter import NoteVersion, Signature, VersionKind
from app.domain.errors import AnamnesisError, MachineError, SealBrokenError
from app.domain.note import Note
from app.domain.people import MATRIX, Permission, Role
from app.domain.ports import SignatureCheck
from app.domain.transcript import Transcript
from app.vault.blob import context
from app.vault.canonical import canonical, digest
from app.vault.certificates import Certificate, unpack_certificate
from app.vault.moments import moment_text, to_moment
from app.vault.note_versions import VersionFacts
from app.vault.open_vault import OpenVault
from app.vault.server.trails import came_after, entry_after
from app.vault.team.revocations import revocation_of

SIGNED_ACTION = "note.signed"
LEFT_OUT_ACTION = "note.omissions-acknowledged"
"""Stands right before the signature's own entry: the signature covers its hash."""
PERMISSION = {VersionKind.SIGNATURE: Permission.SIGN, VersionKind.ADDENDUM: Permission.AMEND}
_LABEL = context("signature")


def signed_detail(number: int) -> str:
    """The detail of a signature's audit entry."""
    return f"version {number}"


def left_out_detail(count: int) -> str:
    """The detail of the entry that says how many things were knowingly left out."""
    return f"{count} said, not in the note"


def evidence_digest(note: Note, transcript: Transcript | None) -> str:
    """SHA-256 over the utterances that the note cites, in order of ids; a cited id that is not there counts too."""
    cited = sorted({evidence for statement in note.statements() for evidence in statement.evidence})
    said = transcript_to_json(replace(transcript, notices=())) if transcript else {"utterances": []}
    utterances = said["utterances"]
    by_id = {u["id"]: u for u in utterances} if isinstance(utterances, list) else {}
    return digest([[utterance_id, by_id.get(utterance_id)] for utterance_id in cited])


def sign(
    vault: OpenVault,
    facts: VersionFacts,
    note: Note,
    transcript: Transcript | None,
    meaning: str,
    role: Role,
    audit_hash: str,
) -> Signature:
    """Return the signed-in person's signature over a version; `audit_hash` is the trail's last hash before it.

    Raises `MachineError` if the clock shows a time before the certificate: such a signature would never verify.
    """
    user = vault.access.user
    if vault.certificate.issued_at > facts.created_at:
        raise MachineError(
            "This computer's clock shows a time before you were added to the vault.",
            "Set the clock right, then sign; if it is right, ask an administrator for a new certificate.",
        )
    unsigned = Signature(
        signer_id=user.id,
        signer_name=user.display_name,
        role=role.value,
        meaning=meaning,
        signed_at=to_moment(facts.created_at),
        note_sha256=digest(note_to_json(note)),
        evidence_sha256=evidence_digest(note, transcript),
        audit_sha256=audit_hash,
        public_key=base64.b64encode(vault.keys.signing_public).decode(),
        certificate=vault.certificate.packed,
        value="",
    )
    value = vault.keys.signing_key.sign(_signed_bytes(vault.vault_id, facts, note, unsigned))
    return replace(unsigned, value=base64.b64encode(value).decode())


def check(
    vault: OpenVault,
    connection: Connection,
    facts: VersionFacts,
    version: NoteVersion,
    transcript: Transcript | None,
    *,
    evidence_erased: bool = False,
) -> SignatureCheck:
    """Verify a version's signature against certificate, note, evidence and audit trail.

    `evidence_erased`: there is a record that the cited words were erased after the signature; their digest stays
    covered by the signature, and whether it fits can no longer be shown.
    """
    signature = version.signature
    if signature is None:
        return SignatureCheck(False, "This version is not signed.")
    try:
        certificate = unpack_certificate(signature.certificate, vault.directory.organisation_public, vault.vault_id)
    except AnamnesisError as error:
        return SignatureCheck(False, error.message)
    gone = evidence_erased and transcript is None
    reason = (
        _certificate_fault(certificate, signature, facts)
        or _content_fault(facts, version.note, signature)
        or ("" if gone else _evidence_fault(version.note, signature, transcript))
        or _value_fault(vault.vault_id, facts, version.note, signature, certificate)
        or _audit_fault(connection, signature, facts)
        or _revocation_fault(vault, connection, signature)
    )
    return SignatureCheck(not reason, reason, evidence_erased=gone)


def _certificate_fault(certificate: Certificate, signature: Signature, facts: VersionFacts) -> str:
    user = certificate.user
    if (user.id, user.display_name) != (signature.signer_id, signature.signer_name):
        return "The certificate belongs to someone else."
    if base64.b64encode(certificate.signing).decode() != signature.public_key:
        return "The certificate is for another key."
    permission = PERMISSION.get(facts.kind)
    if permission is None or not any(r.value == signature.role and permission in MATRIX[r] for r in user.roles):
        return "The signer held no role that may sign this."
    if certificate.issued_at > moment_text(signature.signed_at):
        return "The certificate is newer than the signature."
    return ""


def _content_fault(facts: VersionFacts, note: Note, signature: Signature) -> str:
    if facts.author_id != signature.signer_id or moment_text(signature.signed_at) != facts.created_at:
        return "The signature belongs to another version."
    if digest(note_to_json(note)) != signature.note_sha256:
        return "The note is not the one that was signed."
    return ""


def _evidence_fault(note: Note, signature: Signature, transcript: Transcript | None) -> str:
    if evidence_digest(note, transcript) != signature.evidence_sha256:
        return "The cited utterances are not the ones that were signed."
    return ""


def _value_fault(vault_id: str, facts: VersionFacts, note: Note, signature: Signature, certificate: Certificate) -> str:
    try:
        value = base64.b64decode(signature.value, validate=True)
        message = _signed_bytes(vault_id, facts, note, signature)
        Ed25519PublicKey.from_public_bytes(certificate.signing).verify(value, message)
    except (InvalidSignature, ValueError):
        return "The signature does not fit the note."
    return ""


def _audit_fault(connection: Connection, signature: Signature, facts: VersionFacts) -> str:
    entry = entry_after(connection, signature.audit_sha256)
    if entry is None:
        return "The audit trail does not hold this signature."
    expected = (SIGNED_ACTION, facts.encounter_id, signed_detail(facts.number))
    if (entry.action, entry.subject, entry.detail) != expected or entry.expected_hash() != entry.hash:
        return "The audit entry of this signature was altered."
    return ""


def _revocation_fault(vault: OpenVault, connection: Connection, signature: Signature) -> str:
    """By the place in the audit trail, if one machine saw both: the time of a signature is the signer's own word."""
    revocation = revocation_of(connection, vault.directory, signature.signer_id)
    if revocation is None:
        return ""
    if came_after(connection, signature.audit_sha256, revocation.entries, revocation.at):
        return "The signer's certificate was revoked before."
    return ""


def _signed_bytes(vault_id: str, facts: VersionFacts, note: Note, signature: Signature) -> bytes:
    return _LABEL + canonical(
        {
            "schema": "anamnesis.signature/1",
            "vault": vault_id,
            "encounter": facts.encounter_id,
            "version": facts.number,
            "kind": facts.kind.value,
            "transcript": facts.transcript_number,
            "note": note_to_json(note),
            "note_sha256": signature.note_sha256,
            "evidence_sha256": signature.evidence_sha256,
            "audit_sha256": signature.audit_sha256,
            "signer_id": signature.signer_id,
            "signer_name": signature.signer_name,
            "role": signature.role,
            "meaning": signature.meaning,
            "signed_at": moment_text(signature.signed_at),
        }
    )


def broken(error: SealBrokenError) -> SignatureCheck:
    """The result for a version whose sealed content does not open."""
    return SignatureCheck(False, error.message)
