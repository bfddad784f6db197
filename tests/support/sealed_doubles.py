"""Stand-ins for what a session offers besides visits and notes: care teams, ways to unlock, records, server, search."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from window_doubles import PASSPHRASE

from app.domain.errors import ConflictError, InputError, PermissionDeniedError, SignInError
from app.domain.people import Permission, Role, User
from app.domain.team import EmergencyAccess, EmergencyRules, ForeignEncounter, Member

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


@dataclass
class Told:
    """What a stand-in was asked to do."""

    acts: list[tuple[object, ...]] = field(default_factory=list)


def fit(session: object) -> None:
    """Give a session in memory every room."""
    session.team = MemoryTeams(session.user)
