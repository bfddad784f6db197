"""How drafts are written: what a person chose, what is learned of their signed notes, and the switch for that."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError
from app.domain.style import Form, Length, StyleWish, Wording, chosen
from app.exchange.style_words import described, from_notes
from app.ui.contracts import Learned, StyleLearning
from app.ui.preferences import Preferences
from app.ui.tasks import Tasks

USUAL = {"length": "Usual length", "form": "Usual form", "wording": "Usual words"}
"""What leaves a choice open."""


class Styles(QObject):
    """Choices are kept for each person. Signals: `changed` something else is chosen, learned or switched."""

    changed = Signal()

    def __init__(
        self,
        learning: StyleLearning,
        tasks: Tasks,
        preferences: Preferences,
        user_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._learning = learning
        self._tasks = tasks
        self._preferences = preferences
        self._user = user_id
        self._of_visit: dict[str, StyleWish] = {}
        self._passing: dict[str, str] | None = None
        self._once: Styles | None = None
        self._asked = ""
        self._known = False
        self.learned: Learned | None = None
        self.on = False
        """Whether style is learned; known after the first look."""

    @property
    def allowed(self) -> bool:
        """Whether the organisation lets style be learned."""
        return self._learning.allowed

    @property
    def wish(self) -> StyleWish:
        """What the person chose last; what is left open is as learned."""
        length, form, wording = (self._stored(kind) for kind in USUAL)
        return StyleWish(chosen(Length, length), chosen(Form, form), chosen(Wording, wording))

    def choose(self, kind: str, name: str) -> None:
        """Take a choice of a kind (length, form, wording) from now on; '' leaves it open."""
        if name == self._stored(kind):
            return
        if self._passing is None:
            self._preferences.remember_style(self._user, kind, name)
        else:
            self._passing[kind] = name
        self.changed.emit()

    def once(self) -> "Styles":
        """The same choices for one draft: what is chosen there is not kept. The next call begins anew."""
        if self._once is None:
            self._once = Styles(self._learning, self._tasks, self._preferences, self._user, self)
        self._once._passing = {kind: self._stored(kind) for kind in USUAL}
        return self._once

    def _stored(self, kind: str) -> str:
        return self._preferences.style(self._user, kind) if self._passing is None else self._passing[kind]

    def keep_for(self, encounter_id: str) -> None:
        """This visit is drafted as chosen now, whatever is chosen for the next one."""
        self._of_visit[encounter_id] = self.wish

    def of(self, encounter_id: str) -> StyleWish:
        """How a visit is drafted."""
        return self._of_visit.get(encounter_id, self.wish)

    def look(self, note_type: str) -> None:
        """Read what is learned for notes of a type."""
        self._asked = note_type
        self._run(lambda: None)

    def switch(self, *, on: bool) -> None:
        """Learn, or not."""
        self._run(lambda: self._learning.switch(on=on))

    def forget(self) -> None:
        """Forget what was learned until now."""
        self._run(self._learning.forget)

    @property
    def explained(self) -> str:
        """The style that results, in words, and where what was left open comes from."""
        if not self.wish.open or not self._known:
            return f"{described(self.wish.settled())}."
        if self.learned is not None:
            source = from_notes(self.learned.notes, self.learned.like)
            return f"{described(self.wish.settled(self.learned.style))}, {source}."
        if not self.allowed:
            why = "Your organisation does not let style be learned."
        elif not self.on:
            why = "Learning from your signed notes is off."
        else:
            why = "Nothing is learned yet; it is read from the notes you sign."
        return f"{described(self.wish.settled())}. {why}"

    def _run(self, act: Callable[[], None]) -> None:
        note_type = self._asked

        def work() -> tuple[bool, Learned | None]:
            act()
            return self._learning.on, self._learning.learned(note_type, "")

        self._tasks.run(work, lambda found: self._show(note_type, found), self._fail)

    def _show(self, note_type: str, found: tuple[bool, Learned | None]) -> None:
        if note_type != self._asked:
            return  # another one was asked for meanwhile
        self._known = True
        self.on, self.learned = found
        self.changed.emit()

    def _fail(self, _error: AnamnesisError) -> None:
        self._known = True
        self.on, self.learned = False, None  # drafting then uses the standard; a damaged vault is told elsewhere
        self.changed.emit()
