"""Stand-ins for what a session offers besides visits and notes: care teams, ways to unlock, records, server, search."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import segno
from window_doubles import CODE, PASSPHRASE

from app.domain.errors import (
    AnamnesisError,
    ConflictError,
    InputError,
    KeyStoreError,
    PermissionDeniedError,
    SecondFactorWrongError,
    SignInError,
)
from app.domain.people import Permission, Role, User
from app.domain.ports import AuditCheck, AuditEntry
from app.domain.records import Backup, DueErasure, ErasureRecord, Hold, LastBackup, RetentionLimits
from app.domain.searching import Found
from app.domain.syncing import SetAside, SyncState, SyncStatus
from app.domain.team import EmergencyAccess, EmergencyRules, ForeignEncounter, Left, Member
from app.domain.unlocking import SecondFactorOffer, UnlockingStatus
from app.domain.work import CancelToken, Progress, no_progress

ANNA = User("p1", "anna.weber", "Dr. Anna Weber", frozenset({Role.PHYSICIAN}))
NADIA = User("p2", "nadia.lee", "Nadia Lee", frozenset({Role.NURSE}))
MARK = User("p3", "mark.osei", "Dr. Mark Osei", frozenset({Role.PHYSICIAN}))
TOM = User("p4", "tom.brandt", "Tom Brandt", frozenset({Role.NURSE}))
INES = User("p5", "ines.roth", "Ines Roth", frozenset({Role.ADMINISTRATOR, Role.AUDITOR}))
PEOPLE = (ANNA, NADIA, MARK, TOM, INES)


def _ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


class MemoryEmergency:
    """Emergency access without keys."""

    def __init__(self, me: User) -> None:
        self.me = me
        self.rules = EmergencyRules(allowed=True, minutes=60)
        self.accesses: list[EmergencyAccess] = []
        self.foreign = [
            ForeignEncounter("f1", _ago(hours=3), "Dr. Mark Osei"),
            ForeignEncounter("f2", _ago(days=2), "Dr. Lena Fischer"),
        ]

    def available(self) -> list[ForeignEncounter]:
        return self.foreign

    def begin(self, encounter_id: str, reason: str) -> EmergencyAccess:
        if len(reason) < 10:
            raise InputError("The reason is too short.", "Say why the visit must be opened.")
        now = datetime.now(UTC)
        until = now + timedelta(minutes=self.rules.minutes)
        made = EmergencyAccess(len(self.accesses) + 1, encounter_id, self.me, now, until, None, reason)
        self.accesses.append(made)
        return made

    def end(self, encounter_id: str) -> None:
        now = datetime.now(UTC)
        self.accesses = [replace(a, ended_at=now) if a.encounter_id == encounter_id else a for a in self.accesses]

    def active(self) -> list[EmergencyAccess]:
        now = datetime.now(UTC)
        return [a for a in self.accesses if a.person.id == self.me.id and a.ended_at is None and a.until > now]

    def of(self, encounter_id: str) -> list[EmergencyAccess]:
        return [a for a in reversed(self.accesses) if a.encounter_id == encounter_id]


class MemoryTeams:
    """Care teams by encounter; whoever signed in is on each."""

    def __init__(self, me: User = ANNA) -> None:
        self.me = me
        self.emergency = MemoryEmergency(me)
        self.rotation = None
        self.teams: dict[str, list[Member]] = {}
        self.withdrawn: list[tuple[str, str, str]] = []

    def members(self, encounter_id: str) -> list[Member]:
        return self.teams.setdefault(encounter_id, [Member(self.me, _ago(hours=2))])

    def candidates(self, encounter_id: str) -> list[User]:
        on = {m.user.id for m in self.members(encounter_id)}
        return [u for u in PEOPLE if u.may(Permission.READ) and u.id not in on]

    def share(self, encounter_id: str, user_id: str) -> None:
        if not self.me.may(Permission.SHARE):
            raise PermissionDeniedError("Your role does not allow this (share).", "Ask someone who is physician.")
        person = next(u for u in PEOPLE if u.id == user_id)
        self.members(encounter_id).append(Member(person, datetime.now(UTC)))

    def withdraw(self, encounter_id: str, user_id: str, reason: str) -> None:
        stay = [m for m in self.members(encounter_id) if m.user.id != user_id]
        if not any(Role.PHYSICIAN in m.user.roles for m in stay):
            raise ConflictError("A care team keeps a physician.", "Share the visit with another physician first.")
        self.teams[encounter_id] = stay
        self.withdrawn.append((encounter_id, user_id, reason))


def wants_passphrase(passphrase: str) -> None:
    if passphrase != PASSPHRASE:
        raise SignInError("The passphrase is wrong.", "Try again in 2 seconds.")


class MemoryUnlocking:
    """Ways to unlock, without keys; the app's code is always 123456."""

    CODE = "123456"
    NEW = "NEWA-NEWB-NEWC-NEWD"

    def __init__(self) -> None:
        self.state = UnlockingStatus("", second_factor=False, second_factor_required=False)
        self.broken: KeyStoreError | None = None
        self.code = CODE
        self._begun = False

    def status(self) -> UnlockingStatus:
        return self.state

    def remember(self, passphrase: str) -> str:
        wants_passphrase(passphrase)
        if self.broken is not None:
            raise self.broken
        self.state = replace(self.state, remembered_in="GNOME Keyring")
        return self.state.remembered_in

    def forget(self) -> bool:
        self.state = replace(self.state, remembered_in="")
        return True

    def begin_second_factor(self, passphrase: str) -> SecondFactorOffer:
        wants_passphrase(passphrase)
        self._begun = True
        uri = "otpauth://totp/Anamnesis:anna.weber?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Anamnesis"
        modules = tuple(tuple(bool(cell) for cell in row) for row in segno.make(uri, error="m").matrix)
        return SecondFactorOffer(uri, "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", "", modules)

    def confirm_second_factor(self, code: str) -> None:
        self._wants_code(code)
        self.state = replace(self.state, second_factor=True)

    def drop_second_factor(self, passphrase: str, code: str) -> None:
        wants_passphrase(passphrase)
        self._wants_code(code)
        self.state = replace(self.state, second_factor=False)

    def begin_recovery_code(self, passphrase: str) -> str:
        wants_passphrase(passphrase)
        return self.NEW

    def confirm_recovery_code(self, typed: str) -> None:
        if typed.replace(" ", "").replace("-", "").upper() != self.NEW.replace("-", ""):
            raise SignInError("This is not the new recovery code.", "Compare it group by group.")
        self.code = self.NEW

    def check_recovery_code(self, typed: str) -> None:
        if typed != self.code:
            raise SignInError("This is not the recovery code in force.", "Look for a newer paper, or make a new code.")

    def _wants_code(self, code: str) -> None:
        if code != self.CODE:
            raise SecondFactorWrongError("The code is wrong or too old.", "Type the one that the app shows now.")


class MemoryUsers:
    """People in memory."""

    def __init__(self) -> None:
        self.people = list(PEOPLE)
        self.gone: dict[str, str] = {}
        self.passphrase = PASSPHRASE
        self.added: list[tuple[str, frozenset[Role]]] = []

    def list(self) -> list[User]:
        return [u for u in self.people if u.id not in self.gone]

    def add(self, name: str, display_name: str, roles: frozenset[Role], passphrase: str) -> tuple[User, str]:
        assert passphrase
        if any(u.name == name for u in self.people):
            raise ConflictError("This name is taken.", "Choose another.")
        made = User(f"p{len(self.people) + 1}", name, display_name, roles)
        self.people.append(made)
        self.added.append((name, roles))
        return made, CODE

    def change_passphrase(self, old: str, new: str) -> None:
        wants_passphrase(old)
        self.passphrase = new


class MemoryLeaving:
    """People who leave."""

    def __init__(self, users: MemoryUsers) -> None:
        self._users = users
        self.gone = users.gone
        self.handed: list[tuple[str, str, str]] = []
        self.holders: list[str] = []

    def revoked(self) -> list[User]:
        return [u for u in self._users.people if u.id in self.gone]

    def revoke(self, user_id: str, reason: str) -> Left:
        person = next(u for u in self._users.people if u.id == user_id)
        self.gone[user_id] = reason
        return Left(person, 4, 2)

    def hand_over(self, user_id: str, to_id: str, reason: str) -> Left:
        person = next(u for u in self._users.people if u.id == user_id)
        self.handed.append((user_id, to_id, reason))
        return Left(person, 0, 0)

    def entrust_recovery(self, user_id: str) -> None:
        if user_id in self.holders:
            raise ConflictError("This person holds the recovery key already.")
        self.holders.append(user_id)


class MemoryAudit:
    """A trail in memory; `bad` is the first entry that does not hold."""

    def __init__(self, count: int = 120) -> None:
        self.bad: tuple[int, str] | None = None
        self.recorded: list[tuple[str, str, str]] = []
        self.rows = [_entry(n) for n in range(1, count + 1)]

    def record(self, action: str, subject: str, detail: str = "") -> None:
        self.recorded.append((action, subject, detail))

    def entries(self, limit: int | None = None) -> list[AuditEntry]:
        return self.rows if limit is None else self.rows[-limit:]

    def export(self, form: str) -> list[AuditEntry]:
        self.recorded.append(("audit.exported", "audit", form))
        return self.rows

    def verify(self) -> AuditCheck:
        return AuditCheck(len(self.rows)) if self.bad is None else AuditCheck(len(self.rows), *self.bad)


_ACTS = (
    ("anna.weber", "sign-in", "vault", ""),
    ("anna.weber", "encounters.listed", "encounters", ""),
    ("anna.weber", "encounter.viewed", "3f2a81c09d6e4b7a9c5d1e2f30415263", ""),
    ("anna.weber", "note.signed", "3f2a81c09d6e4b7a9c5d1e2f30415263", "version 3 authorship"),
    ("nadia.lee", "sign-in.failed", "vault", "wrong passphrase"),
    ("nadia.lee", "sign-in", "vault", ""),
    ("nadia.lee", "note.edit", "77b0c1d2e3f405162738495a6b7c8d9e", "version 2"),
    ("anna.weber", "export", "3f2a81c09d6e4b7a9c5d1e2f30415263", "markdown"),
    ("anna.weber", "encounter.shared", "77b0c1d2e3f405162738495a6b7c8d9e", "nadia.lee"),
    ("ines.roth", "user.added", "tom.brandt", "nurse"),
)


def _entry(n: int) -> AuditEntry:
    actor, action, subject, detail = _ACTS[(n - 1) % len(_ACTS)]
    at = datetime(2026, 11, 10, 8, 0, tzinfo=UTC) + timedelta(minutes=97 * n)
    return AuditEntry(n, at, actor, action, subject, detail, "0" * 64, "1" * 64)


class MemoryRecords:
    """Holds, erasing and backup."""

    def __init__(self, me: User) -> None:
        self.me = me
        self.last: LastBackup | None = LastBackup(datetime.now(UTC), 1_000, Path("/backups"))
        self.standing: dict[str, Hold] = {}
        self.due: list[DueErasure] = []
        self.gone: list[ErasureRecord] = []
        self.broken: AnamnesisError | None = None
        self.wait: Callable[[CancelToken], None] = lambda _cancel: None

    def upcoming(self, _limits: RetentionLimits, _within_days: int = 14) -> list[DueErasure]:
        return [replace(d, held=d.encounter_id in self.standing) for d in self.due]

    def erased(self, _encounter_id: str | None = None) -> list[ErasureRecord]:
        return self.gone

    def holds(self) -> list[Hold]:
        return list(self.standing.values())

    def add_hold(self, encounter_id: str, reason: str) -> Hold:
        made = Hold(encounter_id, datetime.now(UTC), self.me.name, reason)
        self.standing[encounter_id] = made
        return made

    def release_hold(self, encounter_id: str, reason: str) -> None:
        assert reason
        del self.standing[encounter_id]

    def find(self, start: str) -> str:
        if not "e1".startswith(start) and start != "e1e1":
            raise InputError("There is no visit whose number begins like this.", "Look it up in the audit trail.")
        return "e1"

    def may_back_up(self) -> bool:
        return True

    def last_backup(self) -> LastBackup | None:
        return self.last

    def back_up(self, target: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Backup:
        assert cancel is not None
        progress(0.4, "Copying the database")
        self.wait(cancel)
        cancel.check()
        if self.broken is not None:
            raise self.broken
        made = Backup(target / "anamnesis-2026-11-21.backup", datetime.now(UTC), 1_240_000_000, 12)
        self.last = LastBackup(made.made_at, made.size, target)
        return made


class MemorySearch:
    """Finds words in titles and, as if they stood in a note, in `texts`."""

    def __init__(self, store: object) -> None:
        self._store = store
        self.texts: dict[str, str] = {}
        self.asked: list[str] = []
        self.broken: AnamnesisError | None = None

    def find(self, words: str, most: int = 50) -> list[Found]:
        self.asked.append(words)
        if self.broken is not None:
            raise self.broken
        found = []
        for encounter in self._store.list():
            in_title = all(w in encounter.title.casefold() for w in words.casefold().split())
            text = self.texts.get(encounter.id, "")
            if in_title or (text and all(w in text.casefold() for w in words.casefold().split())):
                found.append(Found(encounter, in_title, "" if in_title else text))
        return found[:most]


class MemorySyncing:
    """A shared server that answers as it is told."""

    def __init__(self) -> None:
        self.state = SyncStatus(SyncState.CURRENT, "db.clinic.example:5432/anamnesis", "room-3")
        self.listeners: list[Callable[[frozenset[str]], None]] = []
        self.aside: list[SetAside] = []
        self.adopted: list[str] = []
        self.sound_at: dict[str, str] = {}
        self.dropped: list[tuple[str, str]] = []
        self.broken: AnamnesisError | None = None

    def status(self) -> SyncStatus:
        return self.state

    def sync_now(self, _timeout: float = 30.0) -> SyncStatus:
        if self.broken is not None:
            raise self.broken
        self.state = replace(self.state, state=SyncState.CURRENT, waiting=0, problem="")
        return self.state

    def listen(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        self.listeners.append(changed)
        return lambda: self.listeners.remove(changed)

    def say(self, *ids: str) -> None:
        for listener in list(self.listeners):
            listener(frozenset(ids))

    def set_aside(self, encounter_id: str | None = None) -> list[SetAside]:
        return [a for a in self.aside if encounter_id in {None, a.encounter_id}]

    def recorded_elsewhere(self, encounter_id: str) -> str:
        return self.sound_at.get(encounter_id, "")

    def adopt(self, aside_id: str) -> int:
        self.adopted.append(aside_id)
        self.aside = [a for a in self.aside if a.id != aside_id]
        return 3

    def drop(self, aside_id: str, reason: str) -> None:
        self.dropped.append((aside_id, reason))
        self.aside = [a for a in self.aside if a.id != aside_id]


def fit(session: object) -> None:
    """Give a session in memory every room."""
    session.team = MemoryTeams(session.user)
    session.unlocking = MemoryUnlocking()
    session.users = MemoryUsers()
    session.leaving = MemoryLeaving(session.users)
    session.audit = MemoryAudit()
    session.records = MemoryRecords(session.user)
    session.search = MemorySearch(session.encounters)
    session.syncing = MemorySyncing()
