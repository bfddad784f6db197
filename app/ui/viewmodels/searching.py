"""The search over labels and texts of all visits: asked for once typing pauses, late answers are dropped."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.searching import EncounterSearch, Found
from app.ui.tasks import Lane, Tasks

PAUSE = 220  # ms without a key
LEAST = 2
"""Letters from which on the texts are searched; labels are compared from the first one on."""
_BEFORE = 14
"""Characters before the first word that was found."""


class VisitSearch(QObject):
    """`found(snippets by visit)` for the words that were asked for last; `busy` until then."""

    found = Signal(dict)
    failed = Signal(object)

    def __init__(self, search: EncounterSearch | None, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._search = search
        self._tasks = tasks
        self._words = ""
        self._asked = 0
        self.busy = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._ask)

    def look(self, words: str) -> None:
        """The person typed this."""
        words = " ".join(words.split())
        if words == self._words:
            return
        self._words = words
        self._asked += 1  # what is under way is out of date
        self._pause.stop()
        self.busy = self._search is not None and len(words) >= LEAST
        if self.busy:
            self._pause.start()
        else:
            self.found.emit({})

    def _ask(self) -> None:
        search, words, number = self._search, self._words, self._asked
        if search is None:
            return

        def show(found: Sequence[Found]) -> None:
            if number == self._asked:
                self.busy = False
                self.found.emit({one.encounter.id: excerpt(one.snippet, words) for one in found})

        def fail(error: object) -> None:
            if number == self._asked:
                self.busy = False
                self.found.emit({})
                self.failed.emit(error)

        self._tasks.run(lambda: search.find(words), show, fail, Lane.SEARCHING)


def excerpt(snippet: str, words: str) -> str:
    """The snippet from shortly before the first of the words on, so that it stands in a narrow list."""
    folded = snippet.casefold()
    places = [at for word in words.casefold().split() if (at := folded.find(word)) >= 0]
    first = min(places, default=0)
    if first <= _BEFORE:
        return snippet
    return f"…{snippet[snippet.rfind(' ', 0, first - _BEFORE // 2) + 1 :]}"
