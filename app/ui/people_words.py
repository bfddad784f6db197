"""What the window says of people, roles and care teams."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.people import Role, User
from app.domain.team import EmergencyAccess, Member
from app.ui import wording

ROLES = {
    Role.PHYSICIAN: "Physician",
    Role.NURSE: "Nurse",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}

ROLE_MEANING = {
    Role.PHYSICIAN: "Records visits, writes and signs notes.",
    Role.NURSE: "Reads and edits visits shared with them.",
    Role.ADMINISTRATOR: "Adds and revokes people, backs up. Reads no note.",
    Role.AUDITOR: "Reads the audit trail. Reads no note.",
}


def roles(of: Iterable[Role]) -> str:
    """`Physician, administrator`, in the order of the table."""
    held = set(of)
    words = ", ".join(ROLES[role].lower() for role in Role if role in held)
    return words[:1].upper() + words[1:]


def member(one: Member, now: datetime) -> str:
    """The line below a member's name."""
    joined = wording.when(one.since, now)
    since = f"since {joined[:1].lower() + joined[1:]}"
    return f"{roles(one.user.roles)} · on the care team {since}"


def name(user: User, me: User) -> str:
    """A person's name; one's own is marked."""
    return f"{user.display_name} (you)" if user.id == me.id else user.display_name


def team_line(members: Sequence[Member], me: User) -> str:
    """`Care team: only you`, `Care team: you, Nadia Lee and 2 more`."""
    others = [m.user.display_name for m in members if m.user.id != me.id]
    if not others:
        return "Care team: only you"
    if len(others) <= 2:
        return f"Care team: you, {', '.join(others)}"
    return f"Care team: you, {others[0]} and {len(others) - 1} more"


def minutes_left(until: datetime, now: datetime) -> str:
    """`23 min left`, `less than a minute left`."""
    seconds = max(0.0, (until - now).total_seconds())
    return f"{int(seconds // 60)} min left" if seconds >= 60 else "less than a minute left"


def emergency(access: EmergencyAccess, now: datetime) -> tuple[str, str]:
    """Who opened a visit of another team and how long, and why."""
    began = wording.when(access.began_at, now)
    if access.ended_at is None and access.until > now:
        span = f"open until {access.until.astimezone():%H:%M}"
    else:
        end = min(access.ended_at or access.until, access.until)
        span = f"ended {end.astimezone():%H:%M}"
    reason = f"“{access.reason}”" if access.reason else "The reason cannot be read."
    return f"{access.person.display_name}, {began[:1].lower() + began[1:]}, {span}", reason
