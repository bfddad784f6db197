"""Which rows are shared, by what they are named, and what happens when two machines changed the same one.

A row is named by its table and its key, joined by spaces: `note_versions 0af… 3`. Only the last key may hold spaces.
"""

from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import Column, Table

from app.vault.models import Base


class Rule(Enum):
    """What is done when this machine's row waits and another machine's arrives."""

    ONCE = auto()
    """Written once; equal but for sealing. Theirs stands."""
    NEWEST = auto()
    """The later of the two, by the kind's time column."""
    ENCOUNTER = auto()
    """Column by column, against what both began from."""
    VERSION = auto()
    """Theirs keeps the number, ours is set aside."""
    TRANSCRIPT = auto()
    """Theirs keeps the number, ours gets the next one."""
    KEY = auto()
    """Theirs stands; a deletion always does."""
    DECIDED = auto()
    """Whichever has been decided (released, ended, resolved)."""
    DELETION = auto()
    """Theirs stands, and what is sealed of the encounter here is destroyed too."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A shared table. `local` columns stay on the machine; `at` is the time of NEWEST, the decision of DECIDED."""

    name: str
    keys: tuple[str, ...]
    rule: Rule = Rule.ONCE
    local: frozenset[str] = frozenset()
    at: str = ""
    sealed: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        """The table's columns."""
        return Base.metadata.tables[self.name]

    def columns(self) -> list["Column[object]"]:
        """The columns that are shared."""
        return [column for column in self.table.columns if column.name not in self.local]

    def row(self, key: tuple[str, ...]) -> str:
        """The name of the row with this key."""
        return " ".join((self.name, *key))

    def key_of(self, row: str) -> tuple[str, ...]:
        """The key in a row's name."""
        return tuple(row.split(" ", len(self.keys))[1:])


_ID = frozenset({"id"})
_NUMBER = frozenset({"number"})
_REASON = frozenset({"reason"})
KINDS = {
    kind.name: kind
    for kind in (
        Kind("machines", ("id",)),
        Kind("users", ("id",)),
        Kind("certificates", ("signature",), local=_ID),
        Kind("encounters", ("id",), Rule.ENCOUNTER, local=frozenset({"segments"})),
        Kind("sealed_keys", ("encounter_id", "recipient_id"), Rule.KEY, local=frozenset({"quick"})),
        Kind("part_keys", ("encounter_id", "part"), Rule.KEY),
        Kind("stages", ("encounter_id", "stage"), Rule.NEWEST, at="updated_at"),
        Kind("transcripts", ("encounter_id", "number"), Rule.TRANSCRIPT),
        Kind("recording_journal", ("encounter_id", "number"), sealed=frozenset({"content"})),
        Kind("consents", ("encounter_id", "number"), sealed=frozenset({"content"})),
        Kind(
            "set_aside_versions",
            ("id",),
            Rule.DECIDED,
            at="resolved_at",
            sealed=frozenset({"note", "signature", "why"}),
        ),
        Kind("note_versions", ("encounter_id", "number"), Rule.VERSION, sealed=frozenset({"note", "signature"})),
        Kind("holds", ("encounter_id", "placed_at", "placed_by"), Rule.DECIDED, local=_ID, at="released_at"),
        Kind("deletions", ("encounter_id",), Rule.DELETION),
        Kind("erasures", ("encounter_id", "part"), Rule.DELETION),
        Kind("own_settings", ("user_id", "name"), Rule.NEWEST, at="updated_at"),
        Kind("recording_places", ("encounter_id",)),
        Kind("earlier_keys", ("encounter_id", "part", "key_id"), Rule.KEY),
        Kind("withdrawals", ("encounter_id", "user_id", "at"), local=_NUMBER, sealed=_REASON),
        Kind("revocations", ("user_id",)),
        Kind("departures", ("user_id", "encounter_id")),
        Kind("emergency_pairs", ("signature",), local=_NUMBER),
        Kind("entrusted_keys", ("purpose", "user_id"), Rule.KEY),
        Kind(
            "emergency_access",
            ("encounter_id", "user_id", "began_at"),
            Rule.DECIDED,
            local=_NUMBER,
            at="ended_at",
            sealed=_REASON,
        ),
    )
}
"""In the order in which a fresh machine can take them over: what others refer to comes first."""

ACCOUNTS, AUDIT, CHECKPOINTS = "accounts", "audit", "audit_checkpoints"
"""Rows that do not come from a table of the same kind: entries of the header, this machine's trail and its points."""


def table_of(row: str) -> str:
    """The first word of a row's name."""
    return row.partition(" ")[0]
