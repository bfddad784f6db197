"""The audit trail in words. Whatever has no words here is shown as it is stored."""

from app.domain.ports import AuditEntry

ACTIONS = {
    "sign-in": "Signed in",
    "sign-in.failed": "Sign-in failed",
    "sign-out": "Signed out",
    "permission.refused": "Refused: not allowed by role",
    "passphrase.changed": "Passphrase changed",
    "passphrase.recovered": "Recovery code used",
    "recovery-code.renewed": "New recovery code",
    "second-factor.on": "Second factor turned on",
    "second-factor.off": "Second factor turned off",
    "key-store.remembered": "Remembered on a computer",
    "key-store.forgotten": "Forgotten on a computer",
    "own-setting.changed": "Own setting changed",
    "style.learned": "Style learned from signed notes",
    "vault.created": "Vault made",
    "vault.restored": "Restored from a backup",
    "vault.joined": "Joined a shared vault",
    "files.closed-to-others": "File permissions repaired",
    "header.copy-not-written": "Copy of the key file missing",
    "summaries.made-again": "Search index made again",
    "policy.in-force": "Policy in force",
    "policy.retention": "Retention policy in force",
    "encounters.listed": "Looked at the list of visits",
    "encounters.searched": "Searched the visits",
    "encounter.created": "Visit begun",
    "encounter.viewed": "Visit opened",
    "encounter.renamed": "Patient label changed",
    "encounter.titles-joined": "Two patient labels joined",
    "encounter.destroyed": "Visit destroyed",
    "draft.chosen": "Note type chosen",
    "note.viewed": "Note read",
    "note.draft": "Draft stored",
    "note.edit": "Note edited",
    "note.review": "Marked as reviewed",
    "note.signed": "Note signed",
    "note.verified": "Signature checked",
    "note.omissions-acknowledged": "Signed with things left out",
    "note.merged": "Changes of two computers merged",
    "note.adopted": "Set-aside version adopted",
    "note.set-aside-dropped": "Set-aside version dropped",
    "transcript.viewed": "Transcript read",
    "transcript.saved": "Transcript stored",
    "transcript.renumbered": "Transcript taken over from another computer",
    "journal.viewed": "Recording's marks read",
    "consent.viewed": "Consent looked up",
    "consent.recorded": "Consent stored",
    "audio.started": "Recording begun",
    "audio.resumed": "Recording continued",
    "audio.finished": "Recording ended",
    "audio.played": "Recording played",
    "audio.viewed": "Recording looked up",
    "audio.not-restored": "Sound missing after restoring",
    "team.viewed": "Care team looked up",
    "encounter.shared": "Visit shared",
    "encounter.withdrawn": "Taken off a care team",
    "encounter.handed-over": "Visit handed over",
    "encounter.rekeyed": "Visit got a new key",
    "encounter.resealed": "Visit sealed anew",
    "rotation.requested": "New keys asked for",
    "emergency.prepared": "Emergency keys made",
    "emergency.sealed": "Visits made ready for emergency access",
    "emergency.listed": "Looked at visits for emergency access",
    "emergency.begun": "Emergency access begun",
    "emergency.ended": "Emergency access ended",
    "emergency.key-refused": "Emergency key refused",
    "user.added": "Person added",
    "user.revoked": "Access revoked",
    "user.handed-over": "Visits of a person handed over",
    "recovery-key.entrusted": "Recovery key shared",
    "account.received": "Account taken over from the server",
    "account.removed": "Account removed",
    "hold.placed": "Legal hold placed",
    "hold.released": "Legal hold released",
    "retention.failed": "Erasing by policy failed",
    "erasure.refused": "Erasing refused",
    "erasures.list-not-written": "List of erasures not written",
    "backup.made": "Backup made",
    "backup.time-not-kept": "Time of the backup not kept",
    "export": "Note exported",
    "text.copied": "Text copied",
    "server.linked": "Linked to a server",
    "server.unlinked": "Unlinked from the server",
    "server.invited": "Computer invited",
    "server.machine-renewed": "Computer registered anew",
    "server.put-back": "Server rows put back",
    "server.row-refused": "Altered server row refused",
    "audit.viewed": "Audit trail read",
    "audit.verified": "Audit trail verified",
    "audit.exported": "Audit trail exported",
}

GROUPS: dict[str, tuple[str, ...]] = {
    "Signing in": ("sign-in", "sign-out", "passphrase", "recovery-code", "second-factor", "key-store"),
    "Refused or failed": ("refused", "failed", "key-refused", "row-refused"),
    "Reading": ("viewed", "played", "listed", "searched"),
    "Notes and visits": ("note", "encounter", "draft", "transcript", "audio", "journal", "consent"),
    "Signatures": ("note.signed", "note.verified", "note.omissions"),
    "Export and backup": ("export", "text.copied", "audit.exported", "backup", "vault.restored"),
    "Care team and emergency": (
        "team", "encounter.shared", "encounter.withdrawn", "encounter.handed-over", "encounter.re", "rotation",
        "emergency",
    ),
    "People": ("user", "account", "recovery-key"),
    "Erasing and holding": ("encounter.destroyed", "retention", "erasure", "hold", "policy.retention"),
    "Server": ("server", "vault.joined", "note.merged", "note.adopted", "note.set-aside"),
    "Audit trail": ("audit",),
}  # fmt: skip
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
