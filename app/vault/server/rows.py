"""Shared rows read from and written to the vault's tables, in the caller's transaction."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Integer, LargeBinary, and_, delete, insert, select, update

from app.domain.errors import VersionError
from app.vault.models import Base, OutboxRow
from app.vault.server.envelope import Values, packed, unpacked
from app.vault.server.kinds import Kind


def read_row(connection: Connection, kind: Kind, key: tuple[str, ...]) -> Values | None:
    """The shared columns of a row, or None."""
    found = connection.execute(select(*kind.columns()).where(_here(kind, key))).mappings().first()
    return None if found is None else {name: packed(value) for name, value in found.items()}


def write_row(connection: Connection, kind: Kind, key: tuple[str, ...], values: Values) -> None:
    """Put a row in place; columns that stay on the machine are kept. Raises `VersionError` for an unknown column."""
    known = {column.name for column in kind.columns()}
    if set(values) - known:
        raise VersionError("A shared row was written by a newer Anamnesis.", "Update this program.")
    present = read_row(connection, kind, key)
    if present is None:
        connection.execute(insert(kind.table).values({name: unpacked(value) for name, value in values.items()}))
        return
    changed = {name: unpacked(value) for name, value in values.items() if present.get(name) != value}
    if not changed:
        return
    if kind.sealed & set(changed):
        with_guard_open(connection, kind, key, changed)
    else:
        connection.execute(update(kind.table).where(_here(kind, key)).values(changed))


def with_guard_open(connection: Connection, kind: Kind, key: tuple[str, ...], changed: Mapping[str, object]) -> None:
    """Take over a value that another machine sealed anew.

    The database lets that through only while the encounter has an earlier key: for this moment it has one.
    """
    guard = Base.metadata.tables["earlier_keys"]
    encounter_id = connection.execute(select(kind.table.c.encounter_id).where(_here(kind, key))).scalar_one()
    filler = {c.name: b"" if isinstance(c.type, LargeBinary) else "" for c in guard.columns}
    mark = {**filler, "encounter_id": encounter_id, "key_id": "0" * 32}
    connection.execute(insert(guard).values(mark))
    connection.execute(update(kind.table).where(_here(kind, key)).values(changed))
    connection.execute(delete(guard).where(guard.c.encounter_id == encounter_id, guard.c.key_id == mark["key_id"]))


def delete_row(connection: Connection, kind: Kind, key: tuple[str, ...]) -> None:
    """Delete a row, if it is there."""
    connection.execute(delete(kind.table).where(_here(kind, key)))


def parents_missing(connection: Connection, kind: Kind, values: Values) -> bool:
    """Whether a row that this one refers to is not there yet."""
    for column in kind.columns():
        for reference in column.foreign_keys:
            value = values.get(column.name)
            parent = reference.column
            if value is not None and connection.execute(select(parent).where(parent == value)).first() is None:
                return True
    return False


def waits(connection: Connection, row: str) -> bool:
    """Whether a change of this row that was made here is still to be sent."""
    return connection.execute(select(OutboxRow.serial).where(OutboxRow.row == row)).first() is not None


def forget_waiting(connection: Connection, row: str) -> None:
    """The row is as the server has it: nothing to send."""
    connection.execute(delete(OutboxRow).where(OutboxRow.row == row))


def _here(kind: Kind, key: tuple[str, ...]) -> ColumnElement[bool]:
    columns = kind.table.c
    return and_(
        *(
            columns[name] == (int(value) if isinstance(columns[name].type, Integer) else value)
            for name, value in zip(kind.keys, key, strict=True)
        )
    )
