"""What a draft by a server needs besides: a fall-back is told while it happens, and stays in the note."""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.note import Note
from app.domain.work import Progress
from app.drafting.engines.loading import Elsewhere


class ServerWork:
    """One draft; with a model that only runs on this machine, or None, it changes nothing."""

    def __init__(self, model: object, progress: Progress) -> None:
        self._model: Elsewhere | None = None
        self._progress = progress
        self._done = 0.0
        if isinstance(model, Elsewhere):
            self._model = model
            model.begin(self._tell)

    def progress(self, fraction: float, phrase: str) -> None:
        """Pass on progress."""
        self._done = fraction
        self._progress(fraction, phrase)

    def named(self, note: Note, earlier: Iterable[str]) -> Note:
        """Return the note with sentences on who wrote it; `earlier` wrote the passages answered before."""
        if self._model is None:
            return note
        return replace(note, notices=(*self._model.notices(earlier), *note.notices))

    def _tell(self, phrase: str) -> None:
        self._progress(self._done, phrase)
