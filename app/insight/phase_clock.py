"""How long work spends in each of its phases, by the phrases of its progress."""

import threading

from app.audio.steady_clock import steady


class PhaseClock:
    """Takes progress phrases from any thread; a phase is named by its phrase's first word and lasts until the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = {}
        self._phase: str | None = None
        self._since = 0.0

    def enter(self, phrase: str) -> None:
        """A phase goes on, or another begins."""
        self._turn(phrase.split(maxsplit=1)[0].lower() if phrase.strip() else None)

    def end(self) -> None:
        """The work is over."""
        self._turn(None)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by phase, in the order in which they first came."""
        with self._lock:
            return {phase: round(seconds, 2) for phase, seconds in self._seconds.items()}

    def _turn(self, phase: str | None) -> None:
        now = steady()
        with self._lock:
            if self._phase is not None:
                self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._since
            self._phase, self._since = phase, now
