"""Takes rows of other machines over into this vault, in the caller's transaction, one savepoint each."""

import json
from dataclasses import dataclass, field
from enum import Enum, auto

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.domain.errors import VersionError
from app.domain.records import Part
from app.vault.data_keys import DataKeys
from app.vault.models import (
    DeletionRow,
    EncounterRow,
    HeldRow,
    HoldRow,
    KnownRow,
    NoteVersionRow,
    PartKeyRow,
    SealedKeyRow,
)
from app.vault.open_vault import OpenVault
from app.vault.records.erasing import erase_rows
from app.vault.server import trails
from app.vault.server.aside import move_aside
from app.vault.server.envelope import SharedRow, Values, digest_of
from app.vault.server.kinds import ACCOUNTS, AUDIT, CHECKPOINTS, KINDS, Kind, Rule, table_of
from app.vault.server.rekeyed import fits_data_key, forget_old_quick, keep_old_data_key, keep_old_part_key, still_needed
from app.vault.server.renumbering import give_next_number
from app.vault.server.rows import delete_row, forget_waiting, parents_missing, read_row, waits, write_row
from app.vault.server.three_way import merge_encounter

NEWER, WAITS, REFUSED, HOLD, ACCOUNT, KEYLESS = "newer", "waits", "refused", "legal-hold", "account", "keyless"
"""Why a row is held: a newer program wrote it, what it refers to is missing, the database refuses it, a legal hold
stands here, it belongs into the header, or the person signed in holds no key of the encounter."""
_NOTE = text("INSERT OR REPLACE INTO shared_outbox (row) VALUES (:row)")
UNSURE = "?"
"""The digest of a row of which it is not known any more what the server holds."""


class Outcome(Enum):
    """What became of a row."""

    TAKEN = auto()
    KEPT = auto()
    """Ours stands, and is still to be sent."""


class HeldBackError(Exception):
    """The row cannot be taken over yet; never leaves this room."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Taken:
    """What was done in a transaction, for what follows it."""

    encounters: set[str] = field(default_factory=set)
    accounts: list[SharedRow] = field(default_factory=list)
    sound_to_remove: set[str] = field(default_factory=set)
    stale: int = 0
    lost_identity: bool = False


class Taking:
    """For one signed-in person on one machine."""

    def __init__(self, vault: OpenVault, keys: DataKeys, machine_id: str, sound: set[str]) -> None:
        """`sound`: the encounters whose recordings lie on this machine."""
        self._vault = vault
        self._keys = keys
        self._sound = sound
        self.machine_id = machine_id

    def take(self, connection: Connection, shared: SharedRow, taken: Taken) -> None:
        """Take a row over, or hold it back with the reason."""
        if self._stale(connection, shared):
            taken.stale += 1
            return
        try:
            with connection.begin_nested():
                outcome = self._take(connection, shared, taken)
        except HeldBackError as error:
            self._hold(connection, shared, error.why)
        except VersionError:
            self._hold(connection, shared, NEWER)
        except IntegrityError:
            self._hold(connection, shared, REFUSED)
        else:
            connection.execute(delete(HeldRow).where(HeldRow.row == shared.row))
            self._settle(connection, shared.row, outcome)
        self._know(connection, shared)

    def try_held(self, connection: Connection, taken: Taken) -> None:
        """Take over what was held back, as far as it can be now."""
        while True:
            before = connection.execute(select(func.count()).select_from(HeldRow)).scalar_one()
            for (body,) in connection.execute(select(HeldRow.body).order_by(HeldRow.row)).all():
                self._retry(connection, SharedRow(**json.loads(body)), taken)
            after = connection.execute(select(func.count()).select_from(HeldRow)).scalar_one()
            if after in (0, before):
                return

    def finish(self, connection: Connection, taken: Taken) -> None:
        """Bring what follows from the rows up to date, in the same transaction."""
        for encounter_id in sorted(taken.encounters):
            newest = select(func.max(NoteVersionRow.number)).where(NoteVersionRow.encounter_id == encounter_id)
            latest = connection.execute(newest).scalar() or 0
            here = (EncounterRow.id == encounter_id, EncounterRow.latest != latest)
            connection.execute(update(EncounterRow).where(*here).values(latest=latest))

    def _retry(self, connection: Connection, shared: SharedRow, taken: Taken) -> None:
        try:
            with connection.begin_nested():
                outcome = self._take(connection, shared, taken)
        except (HeldBackError, VersionError, IntegrityError):
            return
        connection.execute(delete(HeldRow).where(HeldRow.row == shared.row))
        self._settle(connection, shared.row, outcome)

    def _settle(self, connection: Connection, row: str, outcome: Outcome) -> None:
        if outcome is Outcome.TAKEN:
            forget_waiting(connection, row)
        else:
            connection.execute(_NOTE, {"row": row})

    def _stale(self, connection: Connection, shared: SharedRow) -> bool:
        """Whether the server offers a state from before one that was there: then ours is sent again."""
        known = connection.execute(select(KnownRow.revision, KnownRow.digest).where(KnownRow.row == shared.row)).first()
        if known is None or shared.revision > known.revision:
            return False
        if shared.revision == known.revision and known.digest in (shared.digest(), UNSURE):
            return False
        connection.execute(_NOTE, {"row": shared.row})
        return True

    def _know(self, connection: Connection, shared: SharedRow) -> None:
        table = table_of(shared.row)
        if table not in (AUDIT, CHECKPOINTS):
            remember(connection, shared)

    def _hold(self, connection: Connection, shared: SharedRow, why: str) -> None:
        body = json.dumps(
            {"row": shared.row, "revision": shared.revision, "machine": shared.machine, "values": shared.values}
        )
        connection.execute(delete(HeldRow).where(HeldRow.row == shared.row))
        connection.execute(insert(HeldRow).values(row=shared.row, body=body, why=why))

    def _take(self, connection: Connection, shared: SharedRow, taken: Taken) -> Outcome:
        table = table_of(shared.row)
        if table in (AUDIT, CHECKPOINTS):
            return self._trail(connection, shared, taken)
        if table == ACCOUNTS:
            taken.accounts.append(shared)
            raise HeldBackError(ACCOUNT)
        kind = KINDS.get(table)
        if kind is None:
            raise HeldBackError(NEWER)
        key = kind.key_of(shared.row)
        encounter_id = self._encounter(kind, key, shared.values)
        ours = read_row(connection, kind, key)
        if encounter_id:
            taken.encounters.add(encounter_id)
        if digest_of(ours) == shared.digest():
            return Outcome.TAKEN
        if shared.values is None:
            return self._deleted(connection, kind, key, encounter_id)
        if parents_missing(connection, kind, shared.values):
            raise HeldBackError(WAITS)
        return self._by_rule(connection, kind, key, shared, ours, encounter_id, taken)

    def _by_rule(
        self,
        connection: Connection,
        kind: Kind,
        key: tuple[str, ...],
        shared: SharedRow,
        ours: Values | None,
        encounter_id: str,
        taken: Taken,
    ) -> Outcome:
        theirs = shared.values or {}
        ours_waits = ours is not None and waits(connection, shared.row)
        if kind.rule is Rule.DELETION:
            self._destroy(connection, kind, key, theirs, encounter_id, taken)
            if ours is not None:
                return Outcome.TAKEN  # erased on both machines: each keeps its own record of it
        elif kind.rule is Rule.KEY:
            self._refuse_after_destruction(connection, kind, encounter_id)
            self._keep_old_key(connection, kind, key, ours, theirs)
        elif ours is not None and ours_waits:
            return self._clash(connection, kind, key, shared, ours, encounter_id)
        elif (
            ours is not None and kind.rule in (Rule.ONCE, Rule.VERSION) and not _equal_but_for_seals(kind, ours, theirs)
        ):
            raise HeldBackError(REFUSED)
        write_row(connection, kind, key, theirs)
        if kind.name == "sealed_keys":
            forget_old_quick(connection, encounter_id, key[1])
            self._keys.forget(encounter_id)
        return Outcome.TAKEN

    def _keep_old_key(
        self, connection: Connection, kind: Kind, key: tuple[str, ...], ours: Values | None, theirs: Values
    ) -> None:
        kept = True
        if kind.name == "sealed_keys":
            kept = keep_old_data_key(connection, self._vault, self._keys, key[1], ours, theirs)
        elif kind.name == "part_keys":
            kept = keep_old_part_key(connection, self._keys, Part(key[1]), ours, theirs)
        elif kind.name == "earlier_keys":
            kept = fits_data_key(connection, theirs)
        if not kept:
            raise HeldBackError(KEYLESS)

    def _clash(
        self,
        connection: Connection,
        kind: Kind,
        key: tuple[str, ...],
        shared: SharedRow,
        ours: Values,
        encounter_id: str,
    ) -> Outcome:
        """Both machines changed the row."""
        theirs = shared.values or {}
        if kind.rule is Rule.ENCOUNTER:
            merged = merge_encounter(
                connection, self._vault, self._keys, encounter_id, base_of(connection, shared.row), theirs, ours
            )
            if merged is None:
                raise HeldBackError(KEYLESS)
            write_row(connection, kind, key, merged)
            return Outcome.TAKEN if merged == theirs else Outcome.KEPT
        if kind.rule is Rule.NEWEST and str(ours[kind.at]) > str(theirs[kind.at]):
            return Outcome.KEPT
        if kind.rule is Rule.DECIDED and ours[kind.at] is not None and theirs[kind.at] is None:
            return Outcome.KEPT
        if kind.rule is Rule.TRANSCRIPT and not give_next_number(
            connection, self._vault, self._keys, encounter_id, int(key[1])
        ):
            raise HeldBackError(KEYLESS)
        if kind.rule is Rule.VERSION and not _equal_but_for_seals(kind, ours, theirs):
            move_aside(connection, encounter_id, int(key[1]))
        if kind.rule is Rule.ONCE and not _equal_but_for_seals(kind, ours, theirs):
            raise HeldBackError(REFUSED)
        write_row(connection, kind, key, theirs)
        return Outcome.TAKEN

    def _deleted(self, connection: Connection, kind: Kind, key: tuple[str, ...], encounter_id: str) -> Outcome:
        if kind.rule is Rule.KEY and encounter_id and _held(connection, encounter_id):
            raise HeldBackError(HOLD)
        if kind.name == "earlier_keys" and still_needed(
            connection, encounter_id, key[1], key[2], sound_here=encounter_id in self._sound
        ):
            return Outcome.KEPT
        delete_row(connection, kind, key)
        if kind.name == "sealed_keys":
            self._keys.forget(encounter_id)
        return Outcome.TAKEN

    def _destroy(
        self,
        connection: Connection,
        kind: Kind,
        key: tuple[str, ...],
        theirs: Values,
        encounter_id: str,
        taken: Taken,
    ) -> None:
        """An encounter, or a part of it, was erased elsewhere: destroy it here too, unless a legal hold stands here."""
        if _held(connection, encounter_id):
            raise HeldBackError(HOLD)
        at = str(theirs["at"])
        if kind.name == "deletions":
            for row in (SealedKeyRow, PartKeyRow):
                connection.execute(delete(row).where(row.encounter_id == encounter_id))
            here = (EncounterRow.id == encounter_id, EncounterRow.destroyed_at.is_(None))
            connection.execute(update(EncounterRow).where(*here).values(destroyed_at=at))
            self._keys.forget(encounter_id)
            self._vault.audit(connection, "encounter.destroyed", encounter_id, "on another machine")
            taken.sound_to_remove.add(encounter_id)
            return
        part = Part(key[1])
        if part is Part.ENCOUNTER:
            return  # its deletion record does it
        write_row(connection, kind, key, theirs)
        erase_rows(connection, encounter_id, part, at)
        self._vault.audit(connection, f"{part.value}.erased", encounter_id, "on another machine")
        if part is Part.AUDIO:
            taken.sound_to_remove.add(encounter_id)

    def _refuse_after_destruction(self, connection: Connection, kind: Kind, encounter_id: str) -> None:
        gone = select(DeletionRow.at).where(DeletionRow.encounter_id == encounter_id)
        if kind.name in ("sealed_keys", "part_keys") and connection.execute(gone).scalar() is not None:
            raise HeldBackError(REFUSED)

    def _trail(self, connection: Connection, shared: SharedRow, taken: Taken) -> Outcome:
        table, machine_id, number = shared.row.split(" ")
        values = shared.values or {}
        if machine_id == self.machine_id:
            if trails.read_own(connection, table, int(number)) != values:
                taken.lost_identity = True  # this vault came from a backup: its old self goes on as another machine
            else:
                return Outcome.TAKEN
        if table == CHECKPOINTS and parents_missing_user(connection, str(values.get("user_id"))):
            raise HeldBackError(WAITS)
        if not trails.take(connection, table, trails.TrailKey(machine_id, int(number)), values):
            raise HeldBackError(REFUSED)
        return Outcome.TAKEN

    @staticmethod
    def _encounter(kind: Kind, key: tuple[str, ...], values: Values | None) -> str:
        if kind.name == "encounters":
            return key[0]
        if "encounter_id" in kind.keys:
            return key[kind.keys.index("encounter_id")]
        return str((values or {}).get("encounter_id", ""))


def remember(connection: Connection, shared: SharedRow) -> None:
    """Note what the server holds of a row now."""
    kind = KINDS.get(table_of(shared.row))
    body = json.dumps(shared.values) if kind is not None and kind.rule is Rule.ENCOUNTER else None
    values = {"revision": shared.revision, "digest": shared.digest(), "body": body}
    if connection.execute(update(KnownRow).where(KnownRow.row == shared.row).values(**values)).rowcount == 0:
        connection.execute(insert(KnownRow).values(row=shared.row, **values))


def base_of(connection: Connection, row: str) -> Values | None:
    """The values that the server was last known to hold, for rows that are merged column by column."""
    body = connection.execute(select(KnownRow.body).where(KnownRow.row == row)).scalar()
    found: Values | None = json.loads(body) if body else None
    return found


def parents_missing_user(connection: Connection, user_id: str) -> bool:
    """Whether this person is not known here yet."""
    return connection.execute(text("SELECT 1 FROM users WHERE id = :id"), {"id": user_id}).first() is None


def _equal_but_for_seals(kind: Kind, ours: Values, theirs: Values) -> bool:
    names = {column.name for column in kind.columns()} - kind.sealed
    return all(ours.get(name) == theirs.get(name) for name in names)


def _held(connection: Connection, encounter_id: str) -> bool:
    row = HoldRow
    query = select(row.placed_at).where(row.encounter_id == encounter_id, row.released_at.is_(None))
    return connection.execute(query).first() is not None
