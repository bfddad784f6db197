"""Tells when the live text is behind the sound, and when it has caught up."""

from app.domain.live import Alarm, AlarmKind, Observer

LATE = 10.0
"""Seconds behind the sound that are worth an alarm."""
CAUGHT_UP = 3.0

_REMEDY = "Nothing needs to be done: the sound is recorded, and the text catches up by itself."


class TextLate:
    """One alarm that begins and ends; used from one thread."""

    def __init__(self, observe: Observer) -> None:
        self._observe = observe
        self._active = False
        self._slow = False

    def interrupted(self) -> None:
        """The engine process ended and is started again."""
        self._begin("The live text was interrupted and is being started again.", _REMEDY)

    def behind(self, seconds: float, *, heard: bool) -> None:
        """The text is this far behind; `heard`: the engine has answered since it was started."""
        if seconds > LATE and not self._slow:
            self._slow = True
            self._begin(f"The live text is more than {LATE:.0f} s behind.", _REMEDY)
        elif seconds < (CAUGHT_UP if self._slow else LATE) and heard:
            self.over()

    def given_up(self) -> None:
        """No live text will come any more."""
        self._begin(
            "There is no live text any more.", "Go on: the sound is recorded, and is transcribed after the visit."
        )

    def over(self) -> None:
        """End the alarm if there is one."""
        self._slow = False
        if self._active:
            self._active = False
            self._observe(Alarm(AlarmKind.TEXT_LATE, active=False))

    def _begin(self, message: str, remedy: str) -> None:
        self._active = True
        self._observe(Alarm(AlarmKind.TEXT_LATE, True, message, remedy))
