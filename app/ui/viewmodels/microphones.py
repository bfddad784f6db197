"""Which microphone is used: what is plugged in, what the person chose last."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.audio.microphone_choice import MicrophoneChoice
from app.domain.errors import AnamnesisError
from app.ui.contracts import Recordings
from app.ui.preferences import Preferences, RememberedMicrophone
from app.ui.tasks import Lane, Tasks

if TYPE_CHECKING:
    from app.audio.input_devices import InputDevice


DEFAULT = "System default"


class Microphones(QObject):
    """`changed`: the list, the error or the choice is different now."""

    changed = Signal()

    def __init__(
        self,
        recordings: Recordings,
        tasks: Tasks,
        preferences: Preferences,
        user_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recordings = recordings
        self._tasks = tasks
        self._preferences = preferences
        self._user_id = user_id
        self._remembered = preferences.microphone(user_id)
        self.devices: Sequence[InputDevice] = ()
        self.looked = False
        self.error: AnamnesisError | None = None

    @property
    def choice(self) -> MicrophoneChoice:
        """What to record with: the remembered microphones as far as they are plugged in."""
        wanted = self._remembered
        here = {d.id for d in self.devices}
        device = wanted.device if not self.looked or wanted.device in here else None
        second = wanted.second if not self.looked or wanted.second in here else None
        return MicrophoneChoice(device or None, second or None, wanted.separate and not second)

    @property
    def wanted(self) -> MicrophoneChoice:
        """What the person chose, plugged in or not."""
        return MicrophoneChoice(
            self._remembered.device or None, self._remembered.second or None, self._remembered.separate
        )

    @property
    def missing(self) -> str:
        """Name of the chosen microphone if it is not plugged in; empty otherwise."""
        wanted = self._remembered
        if not self.looked or not wanted.device or wanted.device in {d.id for d in self.devices}:
            return ""
        return wanted.name or "The chosen microphone"

    @property
    def none_found(self) -> bool:
        """Whether it is known that there is no microphone; what the computer plays is none."""
        return self.looked and all(device.monitor for device in self.devices)

    def name_of(self, device_id: str | None) -> str:
        """A device's name; the system's default for None."""
        if device_id is None:
            default = next((d.name for d in self.devices if d.default), "")
            return f"{DEFAULT} ({default})" if default else DEFAULT
        return next((d.name for d in self.devices if d.id == device_id), "Unknown microphone")

    @property
    def spoken_name(self) -> str:
        """What is recorded with, in words."""
        choice = self.choice
        second = f" and {self.name_of(choice.second)}" if choice.second else ""
        return f"{self.name_of(choice.device)}{second}"

    def look(self) -> None:
        """Ask what is plugged in."""

        def found(devices: Sequence["InputDevice"]) -> None:
            self.devices, self.looked, self.error = devices, True, None
            self.changed.emit()

        def failed(error: AnamnesisError) -> None:
            self.devices, self.looked, self.error = (), True, error
            self.changed.emit()

        self._tasks.run(self._recordings.devices, found, failed, Lane.RECORDING)

    def choose(self, choice: MicrophoneChoice) -> None:
        """Use these from now on, and the next time too."""
        name = self.name_of(choice.device) if choice.device else ""
        self._remembered = RememberedMicrophone(
            choice.device or "", name, choice.second or "", separate=choice.separate
        )
        self._preferences.remember_microphone(self._user_id, self._remembered)
        self.changed.emit()
