"""The last time step whose code was accepted, in the database: a code opens once, also after a crash."""

from sqlalchemy import Connection, delete, insert, select, update

from app.domain.errors import SealBrokenError
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.models import OwnSettingRow
from app.vault.moments import now_text

_NAME = "second-factor"
NONE = -1


def last_step(connection: Connection, key: DataKey, user_id: str) -> int:
    """The step, `NONE` if no code was accepted yet. Raises `SealBrokenError`, `VersionError`."""
    row = OwnSettingRow
    blob = connection.execute(
        select(row.content).where(row.user_id == user_id, row.name == _NAME).with_for_update()
    ).scalar_one_or_none()
    if blob is None:
        return NONE
    text = open_field(key, _place(user_id), blob)
    try:
        return int(text)
    except ValueError as error:
        raise SealBrokenError("The record of used codes is damaged.", "Sign in with your recovery code.") from error


def use_step(connection: Connection, key: DataKey, user_id: str, step: int) -> None:
    """Note that a code of this step was accepted."""
    row = OwnSettingRow
    values = {"content": seal_field(key, _place(user_id), str(step).encode()), "updated_at": now_text()}
    here = (row.user_id == user_id, row.name == _NAME)
    if connection.execute(update(row).where(*here).values(**values)).rowcount == 0:
        connection.execute(insert(row).values(user_id=user_id, name=_NAME, **values))


def forget_steps(connection: Connection, user_id: str) -> None:
    """Take the record away with the second factor."""
    row = OwnSettingRow
    connection.execute(delete(row).where(row.user_id == user_id, row.name == _NAME))


def _place(user_id: str) -> Place:
    """Another column than that of plain settings, so that neither opens as the other."""
    return Place("own_settings", _NAME, user_id)
