"""One's own emergency accesses: beginning, the time that is left, and their end."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.people import Permission, User
from app.domain.team import Emergency, EmergencyAccess, ForeignEncounter
from app.ui.tasks import Tasks
from app.ui.viewmodels.care_team import lasting

_TICK = 1_000  # ms; the end must not be late


def _now() -> datetime:
    return datetime.now(UTC)


class EmergencyModel(QObject):
    """`changed` when an access began or ended, `ticked` each second while one lasts, `over(encounter id)`."""

    changed = Signal()
    ticked = Signal()
    over = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        emergency: Emergency,
        user: User,
        tasks: Tasks,
        parent: QObject | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(parent)
        self._emergency = emergency
        self._user = user
        self._tasks = tasks
        self._open: dict[str, EmergencyAccess] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self.check)
        self.now = now

    @property
    def allowed(self) -> bool:
        """Whether role and policy know emergency access here."""
        return self._user.may(Permission.BREAK_GLASS) and self._emergency.rules.allowed

    @property
    def minutes(self) -> int:
        """How long an access lasts."""
        return self._emergency.rules.minutes

    def elsewhere(self, encounter_id: str | None) -> EmergencyAccess | None:
        """The oldest access that lasts to a visit other than this one."""
        return next((a for visit, a in self._open.items() if visit != encounter_id), None)

    def access(self, encounter_id: str | None) -> EmergencyAccess | None:
        """One's access to this visit, if it lasts."""
        return self._open.get(encounter_id or "")

    def look(self) -> None:
        """Read what lasts."""
        self._tasks.run(lambda: tuple(self._emergency.active()), self._show, self.failed.emit)

    def available(self, show: Callable[[Sequence[ForeignEncounter]], None]) -> None:
        """Read what could be opened."""
        self._tasks.run(lambda: tuple(self._emergency.available()), show, self.failed.emit)

    def beginning(self, encounter_id: str, reason: str) -> EmergencyAccess:
        """The act itself, for a sheet to run on the vault's thread."""
        return self._emergency.begin(encounter_id, reason)

    def began(self, access: EmergencyAccess) -> None:
        """A sheet has begun one."""
        self._show((*self._open.values(), access))

    def end(self, encounter_id: str) -> None:
        """End an access early."""
        self._tasks.run(
            lambda: self._emergency.end(encounter_id), lambda _none: self._close({encounter_id}), self.failed.emit
        )

    def check(self) -> None:
        """Look at the clock; called every second while an access lasts."""
        spent = {visit for visit, access in self._open.items() if not lasting(access, self.now())}
        if spent:
            self._close(spent)
        self.ticked.emit()

    def stop(self) -> None:
        """Count no longer; the session ends."""
        self._timer.stop()

    def _show(self, accesses: Sequence[EmergencyAccess]) -> None:
        self._open = {a.encounter_id: a for a in accesses if lasting(a, self.now())}
        self._follow()

    def _close(self, visits: set[str]) -> None:
        self._open = {visit: a for visit, a in self._open.items() if visit not in visits}
        self._follow()
        for visit in visits:
            self.over.emit(visit)

    def _follow(self) -> None:
        if self._open and not self._timer.isActive():
            self._timer.start()
        elif not self._open:
            self._timer.stop()
        self.changed.emit()
