"""The audit trail in words. Whatever has no words here is shown as it is stored."""

from app.domain.ports import AuditEntry

ACTIONS = {
    "sign-in": "Signed in",
    "sign-in.failed": "Sign-in failed",
    "sign-out": "Signed out",
    "vault.created": "Vault made",
    "passphrase.changed": "Passphrase changed",
    "passphrase.recovered": "Recovery code used",
    "recovery-code.changed": "New recovery code",
    "encounters.listed": "Looked at the list of visits",
    "encounters.searched": "Searched the visits",
    "encounter.created": "Visit begun",
    "encounter.viewed": "Visit opened",
    "encounter.renamed": "Patient label changed",
    "encounter.shared": "Visit shared",
    "encounter.withdrawn": "Taken off a care team",
    "encounter.destroyed": "Visit destroyed",
    "note.viewed": "Note read",
    "note.draft": "Draft stored",
    "note.edit": "Note edited",
    "note.review": "Marked as reviewed",
    "note.signed": "Note signed",
    "note.verified": "Signature checked",
    "note.omissions-acknowledged": "Signed with things left out",
    "transcript.viewed": "Transcript read",
    "transcript.saved": "Transcript stored",
    "journal.viewed": "Recording's marks read",
    "consent.viewed": "Consent looked up",
    "audio.started": "Recording begun",
    "audio.resumed": "Recording continued",
    "audio.finished": "Recording ended",
    "audio.played": "Recording played",
    "audio.viewed": "Recording looked up",
    "audit.viewed": "Audit trail read",
    "audit.verified": "Audit trail verified",
    "audit.exported": "Audit trail exported",
    "user.added": "Person added",
    "user.revoked": "Access revoked",
    "export": "Note exported",
    "own-setting.changed": "Own setting changed",
    "files.closed-to-others": "File permissions repaired",
    "header.copy-not-written": "Copy of the key file missing",
}

GROUPS: dict[str, tuple[str, ...]] = {
    "Signing in": ("sign-in", "sign-out", "passphrase", "recovery", "second-factor", "key-store", "vault"),
    "Reading": ("viewed", "played", "listed", "searched"),
    "Notes and visits": ("note", "encounter", "transcript", "audio", "journal", "consent"),
    "Signatures": ("note.signed", "note.verified", "note.omissions"),
    "Export and backup": ("export", "audit.exported", "backup", "restore"),
    "Care team and emergency": ("encounter.shared", "encounter.withdrawn", "team", "emergency", "rotation", "key"),
    "People": ("user", "person", "recovery-key", "role"),
    "Erasing and holding": ("encounter.destroyed", "retention", "erase", "hold", "legal-hold"),
    "Audit trail": ("audit",),
}
"""What the viewer can be narrowed to: words with which an action begins or ends."""

_FAILED = ("failed", "refused", "denied", "wrong", "bad")


def action(name: str) -> str:
    """What was done, in words."""
    if name in ACTIONS:
        return ACTIONS[name]
    words = name.replace(".", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def in_group(name: str, group: str) -> bool:
    """Whether an action belongs to a group; the empty group holds everything."""
    if not group:
        return True
    return any(name.startswith(word) or name.rpartition(".")[2] == word for word in GROUPS[group])


def subject(stored: str) -> str:
    """About what: encounters by the beginning of their random id, which says nothing of a patient."""
    is_id = len(stored) >= 32 and all(c in "0123456789abcdef-" for c in stored)
    return f"Visit {stored[:8]}" if is_id else {"vault": "", "audit": "", "encounters": ""}.get(stored, stored)


def is_trouble(entry: AuditEntry) -> bool:
    """Whether the entry tells of something that did not go as it should."""
    words = entry.action.replace(".", "-").split("-")
    return any(word in words for word in _FAILED) or entry.detail.startswith("first bad entry")
