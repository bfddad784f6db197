"""A shared row as it goes to the server: sealed as a whole, under a key that the server never has.

The server sees of it: a name that is an HMAC-SHA256 of the row's name, its size, and when it changed. Inside, canonical
JSON: schema, row, revision, machine, values (null for a row that was deleted); bytes in base64. The seal (`field_blob`,
AES-256-GCM) is bound to the name, so that a row offered as another one does not open.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import SealBrokenError, VersionError
from app.vault.blob import context
from app.vault.canonical import canonical, parse_object, text
from app.vault.field_blob import KEY_ID, DataKey, Place, open_field, seal_field

SCHEMA = "anamnesis.shared/1"
_WHAT = "shared row"

Values = Mapping[str, object]
"""Column names and what they hold: text, whole and other numbers, None, and bytes as `{"b64": …}`."""


@dataclass(frozen=True, slots=True)
class SharedRow:
    """`revision` counts the states of this row that were shared, from 1; `values` is None if it was deleted."""

    row: str
    revision: int
    machine: str
    values: Values | None

    def digest(self) -> str:
        """SHA-256 of the values."""
        return digest_of(self.values)


def digest_of(values: Values | None) -> str:
    """SHA-256 of values, '' for a row that is not there."""
    return "" if values is None else hashlib.sha256(canonical(dict(values))).hexdigest()


class Envelopes:
    """Seals and opens with the vault's row key (32 bytes)."""

    def __init__(self, row_key: bytes) -> None:
        self._names = hmac.digest(row_key, context("shared-row-names"), "sha256")
        self._key = DataKey(hashlib.sha256(context("shared-row-key") + row_key).digest()[:KEY_ID], row_key)

    def name(self, row: str) -> str:
        """What the server calls a row."""
        return hmac.new(self._names, row.encode(), hashlib.sha256).hexdigest()

    def seal(self, shared: SharedRow) -> bytes:
        """Return the bytes that go to the server."""
        body = canonical(
            {
                "schema": SCHEMA,
                "row": shared.row,
                "revision": shared.revision,
                "machine": shared.machine,
                "values": None if shared.values is None else dict(shared.values),
            }
        )
        return seal_field(self._key, self._place(self.name(shared.row)), body)

    def open(self, name: str, sealed: bytes) -> SharedRow:
        """Return the row. Raises `SealBrokenError` (altered, or offered as another row), `VersionError`."""
        values = parse_object(open_field(self._key, self._place(name), sealed), _WHAT)
        if values.get("schema") != SCHEMA:
            raise VersionError("A shared row has a format this program does not know.", "Update this program.")
        revision, content = values.get("revision"), values.get("values")
        row = text(values, "row", _WHAT)
        if not isinstance(revision, int) or not isinstance(content, dict | None) or self.name(row) != name:
            raise SealBrokenError("A shared row is damaged.", "Ask IT to restore the shared server.")
        return SharedRow(row, revision, text(values, "machine", _WHAT), content)

    @staticmethod
    def _place(name: str) -> Place:
        return Place("shared_rows", "payload", name)


def packed(value: object) -> object:
    """A column's value for JSON."""
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def unpacked(value: object) -> object:
    """A column's value from JSON. Raises `SealBrokenError`."""
    if isinstance(value, dict):
        try:
            return base64.b64decode(text(value, "b64", _WHAT), validate=True)
        except ValueError as error:
            raise SealBrokenError("A shared row is damaged.", "Ask IT to restore the shared server.") from error
    return value
