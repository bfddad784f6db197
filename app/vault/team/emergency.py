"""`Emergency` for the signed-in person: break-glass (45 CFR 164.312(a)(2)(ii))."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import Connection, select

from app.domain.errors import (
    AnamnesisError,
    ConflictError,
    InputError,
    PermissionDeniedError,
    SealBrokenError,
    VersionError,
)
from app.domain.people import Permission
from app.domain.team import EmergencyAccess, EmergencyRules, ForeignEncounter
from app.domain.work import CancelToken
from app.vault.data_keys import EMERGENCY, DataKeys
from app.vault.earlier_keys import earlier_blobs, with_earlier
from app.vault.field_blob import DataKey, key_id_of
from app.vault.models import EncounterRow, SealedKeyRow
from app.vault.moments import to_moment
from app.vault.open_vault import OpenVault
from app.vault.sealing_pair import KeyOpener
from app.vault.team import emergency_rows as rows
from app.vault.team.clock import Clock
from app.vault.team.emergency_pair import (
    emergency_public,
    entrust_emergency,
    make_emergency_pair,
    own_emergency_private,
)
from app.vault.team.reasons import clean_reason

_SHORTEST_REASON = 10
_AT_ONCE = 50
_MOST_SHOWN = 1000


class VaultEmergency:
    """An access lasts in this session only: it ends by either clock, by `end`, or when the session is closed."""

    def __init__(self, vault: OpenVault, keys: DataKeys, wake: Callable[[], None], clock: Clock | None = None) -> None:
        self._vault = vault
        self._keys = keys
        self._wake = wake
        self._clock = clock or Clock()
        self._rules = EmergencyRules()
        self._fault: AnamnesisError | None = None
        self._opener: KeyOpener | None = None
        self._deadlines: dict[str, tuple[int, float]] = {}
        self._opened: dict[str, DataKey] = {}
        keys.guests = self

    @property
    def rules(self) -> EmergencyRules:
        """What the policy of this machine says."""
        return self._rules

    def apply(self, rules: EmergencyRules) -> None:
        """Take the machine's policy; end what a crash left open, and what the clock has ended.

        An emergency key that was altered is noted and told where it is needed; it keeps nobody from working.
        Raises `DiskFullError`, `MachineError`.
        """
        self._rules = rules
        self._fault = None
        with self._vault.database.transaction() as connection:
            for access in rows.not_ended(connection):
                mine = access.user_id == self._vault.access.user.id and access.encounter_id not in self._deadlines
                if mine:
                    rows.finish(self._vault, connection, access, self._clock.now(), "its session is gone")
            self._sweep(connection)
            if rules.allowed:
                try:
                    self._take_part(connection)
                except (SealBrokenError, VersionError) as error:
                    self._fault = error
                    self._vault.audit(connection, "emergency.key-refused", "vault")
        self._wake()

    def available(self) -> Sequence[ForeignEncounter]:
        """Encounters of other care teams, newest first, by what their open columns say."""
        self._require()
        encounter, key = EncounterRow, SealedKeyRow
        mine = select(key.encounter_id).where(key.recipient_id == self._vault.access.user.id)
        query = (
            select(encounter.id, encounter.created_at, encounter.creator_id)
            .join(key, key.encounter_id == encounter.id)
            .where(key.recipient_id == EMERGENCY, encounter.destroyed_at.is_(None), encounter.id.not_in(mine))
            .order_by(encounter.created_at.desc(), encounter.id)
            .limit(_MOST_SHOWN)
        )
        with self._vault.database.transaction() as connection:
            people = self._vault.directory.certificates(connection)
            found = connection.execute(query).all()
            self._vault.audit_view(connection, "emergency.listed", "encounters")
        return [ForeignEncounter(i, to_moment(at), people[by].user.display_name) for i, at, by in found]

    def begin(self, encounter_id: str, reason: str) -> EmergencyAccess:
        """Open an encounter for reading, for as long as the policy says."""
        self._require()
        cleaned = clean_reason(reason, "Emergency access", _SHORTEST_REASON)
        user = self._vault.access.user
        with self._vault.database.transaction() as connection:
            self._sweep(connection)
            self._refuse_member(connection, encounter_id)
            if encounter_id in self._deadlines:
                raise ConflictError("You have opened this encounter already.", "It stays open for a while.")
            key = self._open(connection, encounter_id)
            began = self._clock.now()
            until = began + timedelta(minutes=self._rules.minutes)
            number = rows.add(connection, key, encounter_id, user.id, began, until, cleaned)
            self._vault.audit(connection, "emergency.begun", encounter_id, f"until {until:%Y-%m-%d %H:%M:%S} UTC")
        self._deadlines[encounter_id] = (number, self._clock.steady() + 60.0 * self._rules.minutes)
        return EmergencyAccess(number, encounter_id, user, began, until, None, cleaned)

    def end(self, encounter_id: str) -> None:
        """End one's own access early."""
        number, _ = self._deadlines.pop(encounter_id, (0, 0.0))
        self._opened.pop(encounter_id, None)
        with self._vault.database.transaction() as connection:
            access = rows.numbered(connection, number)
            if access is not None:
                rows.finish(self._vault, connection, access, self._clock.now(), "by the physician")
            self._sweep(connection)

    def end_all(self) -> None:
        """End what is open, because the session ends."""
        for encounter_id in list(self._deadlines):
            self.end(encounter_id)

    def active(self) -> Sequence[EmergencyAccess]:
        """One's own accesses that last, oldest first."""
        found = []
        with self._vault.database.transaction() as connection:
            self._sweep(connection)
            for encounter_id, (number, _) in list(self._deadlines.items()):
                access, key = rows.numbered(connection, number), self.key_for(connection, encounter_id)
                if access is not None and key is not None:
                    found.append(rows.shown(access, self._vault.access.user, key))
        return found

    def of(self, encounter_id: str) -> Sequence[EmergencyAccess]:
        """All accesses to an encounter of one's own care team, newest first."""
        self._vault.access.require(Permission.READ)
        with self._vault.database.transaction() as connection:
            self._sweep(connection)
            key = self._keys.get(connection, encounter_id)
            people = self._vault.directory.certificates(connection)
            found = rows.of_encounter(connection, encounter_id)
        return [rows.shown(access, people[access.user_id].user, key) for access in found]

    def key_for(self, connection: Connection, encounter_id: str) -> DataKey | None:
        """The data key while this person's access lasts."""
        number, deadline = self._deadlines.get(encounter_id, (0, 0.0))
        access = rows.numbered(connection, number) if number else None
        if access is None or access.ended_at is not None or self._over(access, deadline):
            self._opened.pop(encounter_id, None)
            return None
        return self._open(connection, encounter_id)

    def seal_own(self, cancel: CancelToken) -> None:
        """Seal the encounters of this person's care teams to the emergency pair, where the policy allows it."""
        if not self._rules.allowed or EMERGENCY not in self._keys.besides:
            return
        key, done = SealedKeyRow, _AT_ONCE
        have = select(key.encounter_id).where(key.recipient_id == EMERGENCY)
        query = select(key.encounter_id).where(
            key.recipient_id == self._vault.access.user.id, key.encounter_id.not_in(have)
        )
        while done == _AT_ONCE:
            cancel.check()
            with self._vault.database.transaction() as connection:
                todo = connection.execute(query.order_by(key.encounter_id).limit(_AT_ONCE)).scalars().all()
                for encounter_id in todo:
                    data_key = self._keys.get(connection, encounter_id)
                    public = self._keys.besides[EMERGENCY]
                    self._keys.store(connection, data_key, encounter_id, EMERGENCY, public)
                if todo:
                    self._vault.audit(connection, "emergency.sealed", "encounters", f"{len(todo)} encounters")
                done = len(todo)

    def _require(self) -> None:
        self._vault.access.require(Permission.BREAK_GLASS)
        if not self._rules.allowed:
            raise PermissionDeniedError(
                "Your organisation's policy does not allow emergency access.", "Ask the care team to share it with you."
            )
        if self._fault is not None:
            raise self._fault

    def _take_part(self, connection: Connection) -> None:
        public = emergency_public(connection, self._vault.directory)
        organisation = self._vault.keys.organisation_signing
        if public is None and organisation is not None:
            public = make_emergency_pair(self._vault, connection, organisation)
        if public is None:
            return
        self._keys.besides[EMERGENCY] = public
        private = own_emergency_private(self._vault, connection, public)
        if private is not None:
            self._opener = KeyOpener(private)
            entrust_emergency(self._vault, connection, private)

    def _refuse_member(self, connection: Connection, encounter_id: str) -> None:
        encounter, key = EncounterRow, SealedKeyRow
        there = select(encounter.id).where(encounter.id == encounter_id, encounter.destroyed_at.is_(None))
        if connection.execute(there).first() is None:
            raise InputError("There is no such encounter.", "See the list of encounters.")
        mine = (key.encounter_id == encounter_id, key.recipient_id == self._vault.access.user.id)
        if connection.execute(select(key.created_at).where(*mine)).first() is not None:
            raise ConflictError("You are on the care team of this encounter.", "Open it as usual.")

    def _open(self, connection: Connection, encounter_id: str) -> DataKey:
        if self._opener is None:
            raise ConflictError(
                "You do not have the organisation's emergency key yet.", "It is given when another physician signs in."
            )
        key = SealedKeyRow
        here = (key.encounter_id == encounter_id, key.recipient_id == EMERGENCY)
        blob = connection.execute(select(key.blob).where(*here)).scalar()
        if blob is None:
            raise InputError(
                "This encounter is not prepared for emergency access.", "Ask somebody of its care team to sign in."
            )
        known = self._opened.get(encounter_id)
        if known is None or known.id != key_id_of(blob):
            opened = self._opener.open(blob, self._vault.vault_id, encounter_id)
            known = with_earlier(opened, encounter_id, earlier_blobs(connection, encounter_id))
            self._opened[encounter_id] = known
        return known

    def _over(self, access: rows.AccessRow, deadline: float) -> bool:
        return self._clock.now() >= to_moment(access.until_at) or self._clock.steady() >= deadline

    def _sweep(self, connection: Connection) -> None:
        """End what the clock has ended, also other people's."""
        for access in rows.not_ended(connection):
            number, deadline = self._deadlines.get(access.encounter_id, (0, float("inf")))
            if self._over(access, deadline if number == access.number else float("inf")):
                rows.finish(self._vault, connection, access, self._clock.now(), "the time is up")
                if number == access.number:
                    self._deadlines.pop(access.encounter_id)
                    self._opened.pop(access.encounter_id, None)
