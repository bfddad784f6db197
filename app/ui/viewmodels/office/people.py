"""The people of the vault, as an administrator sees them."""

from PySide6.QtCore import QObject, Signal

from app.domain.people import Permission, User
from app.domain.ports import UserDirectory
from app.domain.team import Leaving
from app.ui import people_words
from app.ui.tasks import Tasks
from app.ui.viewmodels.lines import Line


class People(QObject):
    """`changed` when the list is read, `failed(error)`. Acts run in sheets, on the vault's thread."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        users: UserDirectory,
        leaving: Leaving | None,
        me: User,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.users = users
        self.leaving = leaving
        self.me = me
        self._tasks = tasks
        self.everybody: tuple[User, ...] = ()
        self.gone: frozenset[str] = frozenset()

    def look(self) -> None:
        """Read the list."""
        self._tasks.run(self._read, self._show, self.failed.emit)

    def lines(self) -> list[Line]:
        """Those who work here first, each with roles; then those whose access was revoked."""
        ordered = sorted(self.everybody, key=lambda u: (u.id in self.gone, u.display_name.casefold()))
        return [self._line(user) for user in ordered]

    def may_revoke(self, user: User | None) -> bool:
        """Whether revoking this person makes sense; the vault decides."""
        may = self.leaving is not None and self.me.may(Permission.REVOKE)
        return may and user is not None and user.id != self.me.id and user.id not in self.gone

    def may_hand_over(self, user: User | None) -> bool:
        """Whether the visits of this person may be handed over: only after they were revoked."""
        may = self.leaving is not None and self.me.may(Permission.HAND_OVER)
        return may and user is not None and user.id in self.gone

    def may_entrust(self, user: User | None) -> bool:
        """Whether this person could hold the organisation's recovery key too."""
        may = self.leaving is not None and user is not None and user.id != self.me.id and user.id not in self.gone
        return may and user is not None and user.may(Permission.MANAGE_USERS)

    def heirs(self) -> list[User]:
        """Who could take visits over: people who record and work here."""
        return [u for u in self.everybody if u.id not in self.gone and u.may(Permission.RECORD)]

    def _line(self, user: User) -> Line:
        tag, tone = ("Access revoked", "error") if user.id in self.gone else ("", "")
        name = people_words.name(user, self.me)
        return Line(user.id, name, f"{people_words.roles(user.roles)} · signs in as {user.name}", tag, tone, user)

    def _read(self) -> tuple[tuple[User, ...], frozenset[str]]:
        gone = self.leaving.revoked() if self.leaving is not None else ()
        return (*self.users.list(), *gone), frozenset(u.id for u in gone)

    def _show(self, read: tuple[tuple[User, ...], frozenset[str]]) -> None:
        self.everybody, self.gone = read
        self.changed.emit()
