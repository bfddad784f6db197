"""The enrolment file, by which a second machine joins: what opens people's keys never passes through the server.

magic "ANIV", version, algorithm, length of the slot (2 bytes), a key slot (`key_slot`: Argon2id of a one-time code),
and under its key a sealed value (`field_blob`) with canonical JSON: where the server is and as whom it is reached, the
row key, the header, and the rows without which nobody can sign in. Without the code, which is told by another way, the
file is worthless; after a week it is refused.
"""

import base64
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from app.domain.errors import InputError, SealBrokenError
from app.vault.blob import PREFIX, BlobKind, context
from app.vault.canonical import canonical, parse_object, text
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.header import Header, pack, unpack
from app.vault.key_slot import STANDARD_COST, Argon2Cost, open_slot, seal_slot
from app.vault.moments import now_text, to_moment
from app.vault.recovery_code import new_recovery_code, normal_form
from app.vault.server.envelope import Values
from app.vault.server.kinds import KINDS, Kind
from app.vault.server.link import ROW_KEY, Link, Target
from app.vault.server.rows import read_row

KIND = BlobKind(b"ANIV", 1, 1, "enrolment file")
VALID = timedelta(days=7)
_WHAT = "enrolment file"
_BOUND = context("enrolment")
_PLACE = Place("enrolment", "content", "1")
_PEOPLE = ("users", "certificates", "revocations")
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """What a machine needs to take part."""

    target: Target
    row_key: bytes
    header: Header
    rows: tuple[tuple[str, Values], ...]


def make_invitation(connection: Connection, link: Link, header: Header) -> Invitation:
    """What another machine needs; device slots stay where they are."""
    accounts = tuple(replace(account, device_store="", device_slot=b"") for account in header.accounts)
    rows = tuple(row for name in _PEOPLE for row in _all(connection, KINDS[name]))
    return Invitation(link.target, link.row_key, replace(header, accounts=accounts, code=""), rows)


def pack_invitation(invitation: Invitation, cost: Argon2Cost = STANDARD_COST) -> tuple[bytes, str]:
    """Return the file's bytes and its one-time code."""
    target = invitation.target
    body = canonical(
        {
            "schema": "anamnesis.enrolment/1",
            "at": now_text(),
            "host": target.host,
            "port": target.port,
            "database": target.database,
            "user": target.user,
            "password": target.password,
            "row_key": base64.b64encode(invitation.row_key).decode(),
            "header": base64.b64encode(pack(invitation.header)).decode(),
            "rows": [[row, dict(values)] for row, values in invitation.rows],
        }
    )
    code, key = new_recovery_code(), os.urandom(32)
    slot = seal_slot(key, normal_form(code), _BOUND, cost)
    sealed = seal_field(DataKey(bytes(16), key), _PLACE, body)
    return KIND.prefix() + len(slot).to_bytes(2, "big") + slot + sealed, code


def read_invitation(data: bytes, code: str) -> Invitation:
    """Return what is in the file.

    Raises `SignInError` (wrong code), `SealBrokenError`, `VersionError`, `InputError` (older than a week).
    """
    KIND.check(data, PREFIX + 2)
    if len(data) > _LARGEST:
        raise KIND.broken()
    end = PREFIX + 2 + int.from_bytes(data[PREFIX : PREFIX + 2], "big")
    key = open_slot(data[PREFIX + 2 : end], normal_form(code), _BOUND)
    values = parse_object(open_field(DataKey(bytes(16), key), _PLACE, data[end:]), _WHAT)
    if datetime.now(UTC) - to_moment(text(values, "at", _WHAT)) > VALID:
        raise InputError("The enrolment file is older than a week.", "Make a new one with 'anamnesis server invite'.")
    row_key, port, rows = _bytes(values, "row_key"), values.get("port"), values.get("rows")
    if len(row_key) != ROW_KEY or not isinstance(port, int) or not isinstance(rows, list):
        raise KIND.broken()
    host, database, user, password = (text(values, k, _WHAT) for k in ("host", "database", "user", "password"))
    target = Target(host, port, database, user, password)
    return Invitation(target, row_key, unpack(_bytes(values, "header")), tuple(_row(row) for row in rows))


def _all(connection: Connection, kind: Kind) -> list[tuple[str, Values]]:
    columns = [kind.table.c[name] for name in kind.keys]
    found = []
    for key in connection.execute(select(*columns)).all():
        parts = tuple(str(part) for part in key)
        values = read_row(connection, kind, parts)
        if values is not None:
            found.append((kind.row(parts), values))
    return found


def _row(value: object) -> tuple[str, Values]:
    match value:
        case [str(row), dict(values)]:
            return row, values
    raise KIND.broken()


def _bytes(values: dict[str, object], key: str) -> bytes:
    try:
        return base64.b64decode(text(values, key, _WHAT), validate=True)
    except ValueError as error:
        raise SealBrokenError("The enrolment file is damaged.", "Make a new one.") from error
