"""Alarms that are active now, so that each begins once and ends once."""

from collections.abc import Callable

from app.audio.steady_clock import steady
from app.domain.live import Alarm, AlarmKind
from app.domain.recording import Mark

_LOSS_SHOWN = 10.0  # seconds


class AlarmBoard:
    """Passes alarms on to `tell`; used by the listening thread and by whoever sets marks."""

    def __init__(self, tell: Callable[[Alarm], None]) -> None:
        self._tell = tell
        self._active: set[AlarmKind] = set()
        self._loss_until = 0.0

    def is_on(self, kind: AlarmKind) -> bool:
        """Whether it is active."""
        return kind in self._active

    def begin(self, kind: AlarmKind, message: str, remedy: str) -> None:
        """Begin, or tell the new message of an active one."""
        self._active.add(kind)
        self._tell(Alarm(kind, True, message, remedy))

    def end(self, kind: AlarmKind, message: str = "") -> None:
        """End it if it is active."""
        if kind in self._active:
            self._active.discard(kind)
            self._tell(Alarm(kind, False, message))

    def lost(self, loss: Mark) -> None:
        """Sound is missing; the alarm ends by itself after a while."""
        self._loss_until = steady() + _LOSS_SHOWN
        self.begin(
            AlarmKind.SOUND_LOST,
            f"{loss.length:.1f} seconds were not recorded: {loss.detail}.",
            "Ask again what was said at that moment; the place is marked.",
        )

    def gone(self, message: str) -> None:
        """The microphone is gone."""
        self.end(AlarmKind.DEVICE_BACK)
        self.begin(AlarmKind.DEVICE_GONE, message, "Plug it in again; otherwise the next microphone is used.")

    def heard_again(self, name: str) -> None:
        """Sound flows again, from the microphone `name`."""
        self.end(AlarmKind.DEVICE_GONE, f"Recording goes on with {name}.")

    def pass_time(self) -> None:
        """End what has been shown long enough."""
        if self.is_on(AlarmKind.SOUND_LOST) and steady() > self._loss_until:
            self.end(AlarmKind.SOUND_LOST)
