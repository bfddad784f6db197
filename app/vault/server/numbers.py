"""Each machine numbers decisions about consent in a stretch of its own: two machines never use the same number."""

from sqlalchemy import Connection, select

from app.vault.models import ServerLinkRow

MOST_NUMBERS = 100_000
_STRETCHES = 20_000


def first_number(connection: Connection) -> int:
    """The number before this machine's first; 0 for a vault that is shared with nobody."""
    machine_id = connection.execute(select(ServerLinkRow.machine_id)).scalar()
    return (int(machine_id[:8], 16) % _STRETCHES + 1) * MOST_NUMBERS if machine_id else 0
