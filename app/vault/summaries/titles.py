"""Titles of the visits a person holds: remembered ones, and the others opened by their data keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, select

from app.domain.errors import AnamnesisError
from app.vault.data_keys import DataKeys, earlier_blobs_of
from app.vault.encounter_rows import UNREADABLE, title_place
from app.vault.field_blob import open_field
from app.vault.models import EncounterRow, SealedKeyRow
from app.vault.summaries.buckets import Buckets, Kind, bucket_of, entry, still_good

_AT_ONCE = 400


@dataclass
class Titles:
    """Titles by encounter; `entries` is what to remember, `changed` the buckets that are old or did not open."""

    entries: dict[str, str]
    changed: set[str] = field(default_factory=set)
    broken: int = 0

    def of(self, encounter_id: str) -> str:
        """The title, or the notice that it does not open."""
        found = self.entries.get(encounter_id)
        return UNREADABLE if found is None else found.partition(" ")[2]


def read_titles(
    connection: Connection, buckets: Buckets, keys: DataKeys, user_id: str, stamps: dict[str, str]
) -> Titles:
    """Titles of these encounters; `stamps` say of which sealed title each must have been made."""
    remembered = buckets.read(connection, Kind.TITLES)
    kept = still_good(remembered.entries, stamps)
    old = {bucket_of(i) for i in remembered.entries.keys() - kept.keys()}
    titles = Titles(kept, old | remembered.broken, len(remembered.broken))
    missing = sorted(stamps.keys() - kept.keys())
    earlier = earlier_blobs_of(connection, user_id) if missing else {}
    for start in range(0, len(missing), _AT_ONCE):
        rows = _sealed(connection, user_id, missing[start : start + _AT_ONCE])
        _open(rows, keys, earlier, stamps, titles)
    keys.make_quick(connection)
    return titles


def _sealed(
    connection: Connection, user_id: str, encounter_ids: list[str]
) -> Iterable[Row[str, bytes, bytes, bytes | None]]:
    return connection.execute(
        select(EncounterRow.id, EncounterRow.title, SealedKeyRow.blob, SealedKeyRow.quick)
        .join(SealedKeyRow, SealedKeyRow.encounter_id == EncounterRow.id)
        .where(SealedKeyRow.recipient_id == user_id, EncounterRow.id.in_(encounter_ids))
    )


def _open(
    rows: Iterable[Row[str, bytes, bytes, bytes | None]],
    keys: DataKeys,
    earlier: Mapping[str, Sequence[bytes]],
    stamps: dict[str, str],
    titles: Titles,
) -> None:
    for encounter_id, title, blob, quick in rows:
        try:
            key = keys.open(encounter_id, blob, quick, earlier.get(encounter_id, ()))
            opened = open_field(key, title_place(encounter_id), title).decode()
        except AnamnesisError:
            continue  # shown as damaged, so that one bad row hides no other; opening the visit says why
        titles.entries[encounter_id] = entry(stamps[encounter_id], opened)
        titles.changed.add(bucket_of(encounter_id))
