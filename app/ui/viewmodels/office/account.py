"""How the signed-in person unlocks the vault."""

from PySide6.QtCore import QObject, Signal

from app.domain.ports import UserDirectory
from app.domain.unlocking import Unlocking, UnlockingStatus
from app.ui.tasks import Tasks


class Account(QObject):
    """`changed` when the state is read, `failed(error)`. The acts run in sheets, on the vault's thread."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, users: UserDirectory, unlocking: Unlocking | None, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.users = users
        self.unlocking = unlocking
        self._tasks = tasks
        self.status: UnlockingStatus | None = None

    def look(self) -> None:
        """Read the state; the key store is not asked."""
        if self.unlocking is not None:
            self._tasks.run(self.unlocking.status, self._show, self.failed.emit)

    def _show(self, status: UnlockingStatus) -> None:
        self.status = status
        self.changed.emit()
