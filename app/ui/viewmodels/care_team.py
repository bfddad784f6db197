"""Who may open the visit: members, people who could join, emergency accesses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError
from app.domain.people import Permission, User
from app.domain.team import CareTeams, EmergencyAccess, Member
from app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class TeamShown:
    """What is known of one visit. `candidates` could be added; `emergencies` are newest first."""

    encounter_id: str
    members: tuple[Member, ...] = ()
    candidates: tuple[User, ...] = ()
    emergencies: tuple[EmergencyAccess, ...] = ()


class CareTeamModel(QObject):
    """The team of the visit that was asked for last. `changed` when it is known, `failed(error)`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, teams: CareTeams, user: User, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._teams = teams
        self._tasks = tasks
        self._wanted: str | None = None
        self.user = user
        self.shown: TeamShown | None = None

    @property
    def may_share(self) -> bool:
        """Whether this person may add people."""
        return self.user.may(Permission.SHARE)

    @property
    def may_withdraw(self) -> bool:
        """Whether this person may take people off."""
        return self.user.may(Permission.WITHDRAW)

    def look(self, encounter_id: str | None) -> None:
        """Read the team of a visit; None forgets it."""
        if encounter_id != self._wanted:
            self.shown = None
            self._wanted = encounter_id
            self.changed.emit()
        if encounter_id is not None:
            self._tasks.run(lambda: self._read(encounter_id), self._show, self.failed.emit)

    def share(self, person: User, done: Callable[[], None], failed: Callable[[AnamnesisError], None]) -> None:
        """Let one more person open the visit."""
        visit = self._wanted
        if visit is None:
            return

        def work() -> TeamShown:
            self._teams.share(visit, person.id)
            return self._read(visit)

        def shared(team: TeamShown) -> None:
            self._show(team)
            done()

        self._tasks.run(work, shared, failed)

    def withdrawal(self, person: User, reason: str) -> Callable[[], None]:
        """The act of taking a person off the team, for a sheet to run."""
        visit = self._wanted

        def work() -> None:
            if visit is not None:
                self._teams.withdraw(visit, person.id, reason)

        return work

    def reload(self) -> None:
        """Read the same team again."""
        self.look(self._wanted)

    def _read(self, visit: str) -> TeamShown:
        candidates: Sequence[User] = self._teams.candidates(visit) if self.may_share else ()
        return TeamShown(
            visit,
            tuple(self._teams.members(visit)),
            tuple(sorted(candidates, key=lambda u: u.display_name.casefold())),
            tuple(self._teams.emergency.of(visit)),
        )

    def _show(self, team: TeamShown) -> None:
        if team.encounter_id == self._wanted:
            self.shown = team
            self.changed.emit()


def lasting(access: EmergencyAccess, now: datetime | None = None) -> bool:
    """Whether an emergency access is open at this moment."""
    return access.ended_at is None and access.until > (now or datetime.now(UTC))
