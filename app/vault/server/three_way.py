"""An encounter's row that two machines changed: column by column, against what both began from."""

from sqlalchemy import Connection

from app.domain.errors import AnamnesisError
from app.vault.data_keys import DataKeys
from app.vault.encounter_rows import title_place
from app.vault.field_blob import open_field, seal_field
from app.vault.open_vault import OpenVault
from app.vault.server.envelope import Values, packed, unpacked

_LONGEST = 500


def merge_encounter(
    connection: Connection,
    vault: OpenVault,
    keys: DataKeys,
    encounter_id: str,
    base: Values | None,
    theirs: Values,
    ours: Values,
) -> Values | None:
    """Return the merged columns; None if the person signed in cannot open both titles.

    The state goes with the note's versions: whoever was first on the server with a new version sets it. Two different
    titles become one that shows both.
    """
    start = ours if base is None else base
    merged: dict[str, object] = {}
    for name, their in theirs.items():
        our, old = ours.get(name), start.get(name)
        merged[name] = their if our in (old, their) else our if their == old else _both(name, their, our)
    if _number(theirs["latest"]) > _number(start["latest"]):
        merged["state"] = theirs["state"]
    if merged["title"] is None:
        title = _joined(connection, keys, encounter_id, theirs["title"], ours["title"])
        if title is None:
            return None
        merged["title"] = title
        vault.audit(connection, "encounter.titles-joined", encounter_id)
    return merged


def _both(name: str, their: object, our: object) -> object:
    if name == "title":
        return None
    if name in ("duration", "destroyed_at"):
        return their if their is not None else our
    if name == "latest":
        return max(_number(their), _number(our))
    return their


def _joined(connection: Connection, keys: DataKeys, encounter_id: str, their: object, our: object) -> object:
    try:
        key = keys.get(connection, encounter_id)
        found = [open_field(key, title_place(encounter_id), _bytes(blob)).decode() for blob in (their, our)]
    except AnamnesisError:
        return None
    if found[0] == found[1]:
        return their
    joined = " / ".join(found)[:_LONGEST]
    return packed(seal_field(key, title_place(encounter_id), joined.encode()))


def _bytes(value: object) -> bytes:
    found = unpacked(value)
    return found if isinstance(found, bytes) else b""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
