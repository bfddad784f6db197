"""What the window says of backups, holds and erasing."""

from datetime import datetime

from app.domain.records import DueErasure, ErasureRecord, Hold, Kept, LastBackup, Part, RetentionLimits
from app.ui import wording

KEPT = {
    Kept.AUDIO: "Sound",
    Kept.TRANSCRIPT: "Transcript",
    Kept.UNSIGNED: "The whole visit, not signed",
    Kept.SIGNED: "The whole visit",
}

PARTS = {Part.AUDIO: "Sound", Part.TRANSCRIPT: "Transcript", Part.ENCOUNTER: "The whole visit"}

_SINCE = {
    Kept.AUDIO: "sound {} after signing",
    Kept.TRANSCRIPT: "transcripts {} after signing",
    Kept.UNSIGNED: "unsigned visits {} after the last change",
    Kept.SIGNED: "signed visits {} after signing",
}


def limits(of: RetentionLimits) -> str:
    """What the policy erases when."""
    if of.none:
        return "Nothing is erased by itself: the policy sets no limits."
    parts = [_SINCE[kept].format(wording.plural(of.days(kept), "day")) for kept in Kept if of.days(kept)]
    return f"The policy erases {', '.join(parts)}."


def size(count: int) -> str:
    """Bytes in words: `820 kB`, `1.2 GB`."""
    amount = count / 1000
    for unit in ("kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def last_backup(last: LastBackup | None, now: datetime) -> str:
    """When and how big."""
    if last is None:
        return "No backup was made on this computer yet."
    made = wording.when(last.made_at, now)
    return f"Last backup: {made[:1].lower() + made[1:]}, {size(last.size)}, in {last.folder}."


def overdue(last: LastBackup | None, days: int, now: datetime) -> bool:
    """Whether a backup is due; 0 days: never."""
    return bool(days) and (last is None or (now - last.made_at).days >= days)


def due(one: DueErasure, now: datetime) -> tuple[str, str, str]:
    """(what goes, the tag, its tone)."""
    if one.held:
        return KEPT[one.kept], "Kept: legal hold", "good"
    days = (one.due.astimezone().date() - now.astimezone().date()).days
    if days <= 0:
        return KEPT[one.kept], "Next time somebody signs in", "warning"
    return KEPT[one.kept], f"In {wording.plural(days, 'day')}", "warning"


def hold(one: Hold, now: datetime) -> str:
    """Why, by whom, since when."""
    since = wording.when(one.since, now)
    return f"{one.reason} · by {one.by}, {since[:1].lower() + since[1:]}"


def erased(one: ErasureRecord, now: datetime) -> tuple[str, str]:
    """(what and why, by whom and when)."""
    by = "By policy" if one.policy else f"By {one.by}"
    return f"{PARTS[one.part]}. {one.reason}", f"{by}, {wording.when(one.at, now)}"


def visit(encounter_id: str) -> str:
    """A visit without its name: the beginning of its random id, as in the audit trail."""
    return f"Visit {encounter_id[:8]}"
