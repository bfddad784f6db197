"""What the window says of the shared server."""

from datetime import datetime

from app.domain.syncing import AsideReason, SetAside, SyncState, SyncStatus
from app.ui import wording


def sign(status: SyncStatus) -> tuple[str, str]:
    """(words, tone) of the quiet sign; the tone is '', good, warning or error. '' if nothing is shared."""
    if status.state is SyncState.NOT_LINKED:
        return "", ""
    if status.state is SyncState.REFUSED:
        return "Server: needs attention", "error"
    waits = wording.plural(status.waiting, "change waits", "changes wait") if status.waiting else ""
    if status.state is SyncState.OFFLINE:
        return ", ".join(part for part in ("Working offline", waits) if part), "warning"
    if status.state is SyncState.SYNCING:
        return "Exchanging changes", ""
    return "Connected", "good"


def details(status: SyncStatus, now: datetime) -> list[str]:
    """Lines for whoever wants to know more."""
    lines = [f"Server: {status.server}." if status.server else "", f"This computer: {status.machine}."]
    if status.last_synced is not None:
        when = wording.when(status.last_synced, now)
        lines.append(f"Last exchange: {when[:1].lower() + when[1:]}.")
    if status.waiting:
        lines.append(f"{wording.plural(status.waiting, 'change')} of this computer not on the server yet.")
    if status.held:
        lines.append(f"{wording.plural(status.held, 'entry', 'entries')} from the server not taken over yet.")
    if status.state is SyncState.OFFLINE:
        lines.append("Work goes on as usual. What you do is kept here and exchanged by itself later.")
    return [line for line in lines if line]


def set_aside(version: SetAside, now: datetime) -> tuple[str, str]:
    """What happened, and what to do."""
    when = wording.when(version.created_at, now)
    who = f"A version by {version.author_name}, {when[:1].lower() + when[1:]}, was set aside"
    if version.reason is AsideReason.CONFLICT:
        return f"{who}: another computer changed the same lines first.", "Compare it, then adopt or drop it."
    if version.reason is AsideReason.SIGNED_MEANWHILE:
        return (
            f"{who}: the note was signed on another computer first.",
            "If something of it matters, sign it as an addendum, then drop this version.",
        )
    return (
        f"{who}: it is a signature on a note that another computer had changed before.",
        "It does not count. Read the note as it stands now and sign again, then drop this version.",
    )
