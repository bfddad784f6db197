"""What the person chose to record with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MicrophoneChoice:
    """One microphone, two, or the two channels of one device.

    `device` and `second` are ids of `InputDevice`; None is the system's default. `second` is kept as a channel of its
    own; `separate` keeps the first two channels of one headset or interface apart.
    """

    device: str | None = None
    second: str | None = None
    separate: bool = False

    @property
    def channels(self) -> int:
        """Channels of the recording: 2 for two microphones or a separated headset, else 1."""
        return 2 if self.second is not None or self.separate else 1
