"""Triggers by which every change of a shared row is noted in the outbox, in the same transaction, whoever makes it.

They are made again at each opening of a linked vault, so that they fit the schema of this program.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from app.vault.server.kinds import KINDS, Kind

_PREFIX = "shared_note_"
_NOTE = "INSERT OR REPLACE INTO shared_outbox (row)"


def note_changes(connection: Connection) -> None:
    """Put the triggers in place."""
    forget_changes(connection)
    for kind in KINDS.values():
        for statement in _triggers(kind):
            connection.execute(text(statement))
    for statement in _own_trail():
        connection.execute(text(statement))


def forget_changes(connection: Connection) -> None:
    """Take the triggers away: this vault is shared with nobody."""
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE :prefix")
    for (name,) in connection.execute(query, {"prefix": _PREFIX + "%"}).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def note_everything(connection: Connection) -> None:
    """Note every shared row, as after linking: what others refer to first."""
    for kind in KINDS.values():
        name = _name(kind, "")
        connection.execute(text(f"{_NOTE} SELECT {name} FROM {kind.name}"))  # noqa: S608 - names of our own tables
    machine = "(SELECT machine_id FROM server_link)"
    for table, key in (("audit", "sequence"), ("audit_checkpoints", "count")):
        name = f"'{table} ' || {machine} || ' ' || {key}"
        connection.execute(text(f"{_NOTE} SELECT {name} FROM {table}"))  # noqa: S608 - the same


def _name(kind: Kind, prefix: str) -> str:
    """SQL for the name of a row."""
    return f"'{kind.name}'" + "".join(f" || ' ' || {prefix}{key}" for key in kind.keys)


def _triggers(kind: Kind) -> Iterator[str]:
    shared = ", ".join(column.name for column in kind.columns())
    for act, prefix in (("INSERT", "NEW."), (f"UPDATE OF {shared}", "NEW."), ("DELETE", "OLD.")):
        yield (
            f"CREATE TRIGGER {_PREFIX}{kind.name}_{act[:6].lower()} AFTER {act} ON {kind.name} BEGIN "
            f"{_NOTE} VALUES ({_name(kind, prefix)}); END"
        )


def _own_trail() -> Iterator[str]:
    machine = "(SELECT machine_id FROM server_link)"
    for table, key in (("audit", "sequence"), ("audit_checkpoints", "count")):
        act = f"{_NOTE} VALUES ('{table} ' || {machine} || ' ' || NEW.{key})"
        yield f"CREATE TRIGGER {_PREFIX}{table} AFTER INSERT ON {table} BEGIN {act}; END"
    act = f"INSERT OR IGNORE INTO recording_places (encounter_id, machine_id) VALUES (NEW.id, {machine})"  # noqa: S608 - ours
    when = "AFTER UPDATE OF segments ON encounters WHEN NEW.segments IS NOT NULL"
    yield f"CREATE TRIGGER {_PREFIX}sound {when} BEGIN {act}; END"
