"""Since when the policy's limits hold, in the caller's transaction: a limit that is new gives notice first."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from app.domain.records import Kept, RetentionLimits
from app.vault.models import RetentionLimitRow
from app.vault.moments import moment_text, to_moment

LIMITS_ACTION = "policy.retention"


def note_limits(connection: Connection, limits: RetentionLimits, user_id: str, now: datetime) -> str:
    """Remember limits that differ from those before; return what to put into the audit trail, '' if they do not."""
    before = _rows(connection)
    if (before[-1][1] if before else RetentionLimits()) == limits:
        return ""
    values = {kept.value: limits.days(kept) for kept in Kept}
    connection.execute(insert(RetentionLimitRow).values(since=moment_text(now), actor_id=user_id, **values))
    return ", ".join(f"{name} {days or 'for ever'}" for name, days in values.items())


def known_since(connection: Connection, limits: RetentionLimits, now: datetime) -> dict[Kept, datetime]:
    """For each kind, since when its limit stands at this value; now if it was never seen before."""
    rows = _rows(connection)
    found = {}
    for kept in Kept:
        since = now
        for moment, known in reversed(rows):
            if known.days(kept) != limits.days(kept):
                break
            since = moment
        found[kept] = since
    return found


def _rows(connection: Connection) -> list[tuple[datetime, RetentionLimits]]:
    row = RetentionLimitRow
    query = select(row.since, row.audio, row.transcript, row.unsigned, row.signed).order_by(row.id)
    return [(to_moment(since), RetentionLimits(*days)) for since, *days in connection.execute(query)]
