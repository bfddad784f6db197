"""Sealed buckets: what is remembered of a person's visits, 1/256 of them in each, by the first two digits of the id.

A bucket is a sealed value (`field_blob`) under the person's own key, at the place (table, kind, person, bucket). Its
content is JSON: `{"v": 1, "entries": {encounter id: "stamp value"}}`. The stamp says of what the value was made; an
entry with another stamp is old. One text for both, not a pair: ten thousand pairs keep the garbage collector busy. A
bucket that does not open counts as empty: it is made again from the visits.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from app.domain.errors import AnamnesisError, SealBrokenError, VersionError
from app.vault.canonical import parse_object
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.models import SummaryRow

_VERSION = 1
_WHAT = "summary of visits"


class Kind(StrEnum):
    """What a bucket remembers."""

    TITLES = "titles"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Remembered:
    """All that opened, by encounter, and the buckets that did not open."""

    entries: Mapping[str, str]
    broken: frozenset[str]


class Buckets:
    """One person's buckets, in the caller's transaction."""

    def __init__(self, user_id: str, own_key: DataKey) -> None:
        self._user_id = user_id
        self._key = own_key

    def read(self, connection: Connection, kind: Kind) -> Remembered:
        """Everything remembered of this kind."""
        row = SummaryRow
        query = select(row.bucket, row.content).where(row.user_id == self._user_id, row.kind == kind.value)
        entries: dict[str, str] = {}
        broken = set()
        for bucket, content in connection.execute(query):
            try:
                entries |= _parse(open_field(self._key, self._place(kind, bucket), content))
            except AnamnesisError:
                broken.add(bucket)  # derived: made again from the visits, whose own seals are the ones that count
        return Remembered(entries, frozenset(broken))

    def write(self, connection: Connection, kind: Kind, entries: Mapping[str, str], buckets: Collection[str]) -> None:
        """Store these buckets anew, each with those of `entries` that belong there."""
        row = SummaryRow
        for bucket in sorted(buckets):
            here = (row.user_id == self._user_id, row.kind == kind.value, row.bucket == bucket)
            connection.execute(delete(row).where(*here))
        content: dict[str, dict[str, str]] = {bucket: {} for bucket in buckets}
        for encounter_id, entry in entries.items():
            if (bucket := bucket_of(encounter_id)) in buckets:
                content[bucket][encounter_id] = entry
        values = [
            {"user_id": self._user_id, "kind": kind.value, "bucket": bucket, "content": self._seal(kind, bucket, held)}
            for bucket, held in sorted(content.items())
            if held
        ]
        if values:
            connection.execute(insert(row), values)

    def _seal(self, kind: Kind, bucket: str, held: dict[str, str]) -> bytes:
        body = json.dumps({"v": _VERSION, "entries": held}, ensure_ascii=False, separators=(",", ":"))
        return seal_field(self._key, self._place(kind, bucket), body.encode())

    def _place(self, kind: Kind, bucket: str) -> Place:
        return Place("summaries", kind.value, f"{self._user_id} {bucket}")


def entry(stamp: str, value: str) -> str:
    """What is remembered: stamp, a space, value."""
    return f"{stamp} {value}"


def still_good(remembered: Mapping[str, str], stamps: Mapping[str, str]) -> dict[str, str]:
    """The entries whose stamp is the present one."""
    return {i: e for i, e in remembered.items() if i in stamps and e.startswith(stamps[i] + " ")}


def bucket_of(encounter_id: str) -> str:
    """The bucket that an encounter belongs to; ids are random, so buckets fill evenly."""
    return encounter_id[:2]


def _parse(data: bytes) -> dict[str, str]:
    body = parse_object(data, _WHAT)
    entries = body.get("entries")
    if body.get("v") != _VERSION or not isinstance(entries, dict):
        raise VersionError(f"The {_WHAT} has a format this program does not know.", "It is made again.")
    if not all(isinstance(entry, str) for entry in entries.values()):
        raise SealBrokenError(f"The {_WHAT} is damaged.", "It is made again.")
    return entries
