"""Who may open an encounter, and what keeps that true: care team, emergency access, leaving colleagues, re-keying.

The windows and the command line speak to these; the vault implements them. A person who is signed in has
`session.team` (with `emergency` and `rotation`) and `session.leaving`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.people import User
from app.domain.work import CancelToken, Progress, no_progress


@dataclass(frozen=True, slots=True)
class Member:
    """A person on the care team of an encounter; `since` is when the encounter was last sealed to them anew."""

    user: User
    since: datetime


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """The organisation's policy on emergency access: whether it exists here, and for how many minutes (1 to 1440)."""

    allowed: bool = False
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """One opening of an encounter by a physician outside its care team. Times are UTC.

    `ended_at` is None while it lasts. `reason` is what the physician wrote; only the care team and they read it,
    '' if it cannot be opened.
    """

    number: int
    encounter_id: str
    person: User
    began_at: datetime
    until: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ForeignEncounter:
    """What the open columns say of an encounter of other people's: no title, no content."""

    id: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class RotationState:
    """What re-keying has still to do for the signed-in person.

    `waiting`: encounters that get a new data key. `resealing`: encounters whose content is not yet all sealed under
    the new key. `running`: whether that is being done in the background now. `trouble`: why the background stopped,
    in one line with the way out, '' if nothing is wrong; it goes on at the next sign-in.
    """

    waiting: int
    resealing: int
    running: bool = False
    trouble: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self.waiting and not self.resealing


class KeyRotation(Protocol):
    """Gives encounters a new data key and seals everything in them anew. Safe to stop or kill at any moment."""

    def state(self) -> RotationState:
        """What is left to do."""

    def request(self, encounter_id: str | None = None) -> int:
        """Ask for a new key for one encounter, or for all that the signed-in person holds; return how many.

        Nothing is re-keyed before `run` or `start`. Raises `PermissionDeniedError`, `InputError`.
        """

    def run(self, progress: Progress = no_progress, cancel: CancelToken | None = None) -> RotationState:
        """Do what is left, here and now; return what stays (a recording that is running waits for its end).

        Raises `WorkCancelledError` at a good state, `DiskFullError`, `MachineError`, `SealBrokenError`.
        """

    def start(self) -> None:
        """Do what is left in a thread of its own, and whatever a withdrawal adds later. Starting twice is harmless."""

    def stop(self) -> None:
        """End the thread at the next good state; what is left waits for the next sign-in."""


class Emergency(Protocol):
    """Break-glass (45 CFR 164.312(a)(2)(ii)): a physician outside the care team reads, for a reason, for a time.

    While it lasts the reading acts of `session.encounters` (get, transcript, versions, verify, audio_info, read_audio,
    journal, consent, draft_choice) open that encounter; acts that change or sign do not.
    It ends by the clock, by `end`, and with the session; then the care team's encounter is re-keyed.
    """

    @property
    def rules(self) -> EmergencyRules:
        """What the policy of this machine says."""

    def apply(self, rules: EmergencyRules) -> None:
        """Take the machine's policy into the session; called once after signing in, by the program, not by windows.

        Where it is allowed, an administrator's session makes the organisation's emergency keys if there are none, and
        everybody's session seals their encounters to them.
        """

    def available(self) -> Sequence[ForeignEncounter]:
        """Encounters of other care teams that could be opened, newest first.

        Raises `PermissionDeniedError` by role or policy.
        """

    def begin(self, encounter_id: str, reason: str) -> EmergencyAccess:
        """Open an encounter for reading. The reason has 10 to 500 characters and is sealed.

        Raises `PermissionDeniedError` (role or policy), `ConflictError` (on the team already, or open already),
        `InputError` (no such encounter, or the reason is too short or too long).
        """

    def end(self, encounter_id: str) -> None:
        """End one's own access early. Ending one that has ended is harmless."""

    def active(self) -> Sequence[EmergencyAccess]:
        """One's own accesses that last at this moment, oldest first."""

    def of(self, encounter_id: str) -> Sequence[EmergencyAccess]:
        """All accesses to an encounter of one's own, newest first, for the care team to see.

        Raises `InputError` if the signed-in person is not on its care team.
        """


class CareTeams(Protocol):
    """The people to whom an encounter is sealed."""

    @property
    def emergency(self) -> Emergency: ...

    @property
    def rotation(self) -> KeyRotation: ...

    def members(self, encounter_id: str) -> Sequence[Member]:
        """Who is on the team, longest first. Raises `InputError` if the signed-in person is not."""

    def candidates(self, encounter_id: str) -> Sequence[User]:
        """Who could be added: people whose role reads, who are not on the team and have not left."""

    def share(self, encounter_id: str, user_id: str) -> None:
        """Add a person. Raises `PermissionDeniedError`, `ConflictError` (on it already), `InputError`."""

    def withdraw(self, encounter_id: str, user_id: str, reason: str) -> None:
        """Take a person off the team and give the encounter a new key; the reason (1 to 500 characters) is sealed.

        What was there is sealed anew by `rotation`, at once if that was started. Raises `PermissionDeniedError`,
        `ConflictError` (a team keeps a physician), `InputError` (not on the team, or no reason).
        """


@dataclass(frozen=True, slots=True)
class Left:
    """What became of the encounters of a person who was revoked or whose encounters were handed over."""

    person: User
    rekeyed_by_team: int
    """Encounters that other members hold; a member's next sign-in gives them a new key."""
    without_member: int
    """Encounters that nobody holds until the holder of the organisation's recovery key hands them over."""


class Leaving(Protocol):
    """People who leave, and devices that are lost."""

    def revoke(self, user_id: str, reason: str) -> Left:
        """End a person's access: they cannot sign in, and what they sign from now on is not valid.

        What they signed before stays valid. The reason (1 to 500 characters) is kept beside the revocation.
        Raises `PermissionDeniedError`, `ConflictError` (yourself, the last administrator, the only holder of the
        recovery key, or revoked already), `InputError` (no such person, or no reason).
        """

    def revoked(self) -> Sequence[User]:
        """Everybody whose account was closed, by name. Raises `PermissionDeniedError`."""

    def hand_over(self, user_id: str, to_id: str, reason: str) -> Left:
        """Seal the encounters that only a revoked person held to a colleague who may record.

        Needs the organisation's recovery key. Raises `PermissionDeniedError`, `ConflictError`, `InputError`.
        """

    def entrust_recovery(self, user_id: str) -> None:
        """Give another administrator a sealed copy of the organisation's recovery key, so that it outlives its holder.

        Raises `PermissionDeniedError` (not an administrator, or not a holder), `ConflictError` (holds it already).
        """
