"""The windows of a visit whose words are final, with what the engine needs to go on after them."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.domain.errors import EngineError
from app.domain.recording import HeardWindow
from app.engine.live_codec import earlier_to_json

SETTLING = 8.0
"""Seconds of sound before the first new word, so that the voice activity model finds the same pauses again."""

_TOLERANCE = 0.001  # seconds; rounding, not sound


class FinalWindows:
    """Windows in order, none twice. `earlier` came from the journal, so the engine's state for them is lost."""

    def __init__(self, earlier: Sequence[HeardWindow] = ()) -> None:
        self._windows = list(earlier)
        self._states: list[dict[str, Any] | None] = [None] * len(self._windows)

    def __len__(self) -> int:
        return len(self._windows)

    @property
    def end(self) -> float:
        """Seconds up to which the words are final."""
        return self._windows[-1].end if self._windows else 0.0

    def is_new(self, window: HeardWindow) -> bool:
        """Whether the window goes on where the last one ended. Raises `EngineError` if it covers final words again."""
        if window.end > self.end and window.start > self.end - _TOLERANCE:
            return True
        if any(known.start == window.start and known.end == window.end for known in self._windows):
            return False
        raise EngineError("The engine process sent text for sound that was final already.", "Try again.")

    def add(self, window: HeardWindow, state: dict[str, Any]) -> None:
        """Add a new window, or the state of a known one."""
        for place, known in enumerate(self._windows):
            if known.start == window.start and known.end == window.end:
                self._states[place] = state
                return
        self._windows.append(window)
        self._states.append(state)

    def spanning(self, gaps: Iterable[float]) -> list[float]:
        """Return the gaps (seconds) that lie within a window: it was final before they were found."""
        return sorted({at for at in gaps for w in self._windows if w.start + _TOLERANCE < at < w.end - _TOLERANCE})

    def to_go_on(self) -> tuple[list[dict[str, Any]], float]:
        """Return the windows as the engine wants them, and the second from which it needs the sound.

        If the state of any window is lost, all sound is needed again: for the speakers, not for the words.
        """
        pairs = zip(self._windows, self._states, strict=True)
        start = 0.0 if None in self._states else max(self.end - SETTLING, 0.0)
        return [earlier_to_json(window, state) for window, state in pairs], start
