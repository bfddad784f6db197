"""What the list of devices says about the microphones of a recording: is the heard one gone, is the chosen one back."""

from collections.abc import Callable

from app.audio.alarm_board import AlarmBoard
from app.audio.sound_source import SoundSource
from app.audio.steady_clock import steady
from app.audio.succession import DeviceWatch, Lister
from app.domain.live import AlarmKind


class DevicePresence:
    """Asked by the listening thread; the list is made in a thread of its own."""

    def __init__(self, devices: Lister, heard: Callable[[], SoundSource | None], alarms: AlarmBoard) -> None:
        """`heard` tells the source that is heard now, or None."""
        self._devices = devices
        self._heard = heard
        self._alarms = alarms
        self._watch: DeviceWatch | None = None
        self._wanted = ""
        self._since = 0.0

    def start(self, device: str) -> None:
        """Watch from now on; `device` is the chosen one's id, empty for a file, which no list names."""
        self._wanted = device
        self._watch = DeviceWatch(self._devices, self._worth_listing) if device else None

    def close(self) -> None:
        """Watch no longer."""
        if self._watch is not None:
            self._watch.close()

    def choose(self, device: str) -> None:
        """Another device is the chosen one now."""
        self._wanted = device
        self._alarms.end(AlarmKind.DEVICE_BACK)

    def is_chosen(self, source: SoundSource) -> bool:
        """Whether it is the device that was chosen, not one that stands in for it."""
        return source.device == self._wanted

    def heard_anew(self) -> None:
        """Sound comes from another device since now; lists made earlier tell nothing about it."""
        self._since = steady()

    def is_gone(self, source: SoundSource) -> bool:
        """Whether the list no longer names the device that is heard."""
        present = self._present()
        return present is not None and source.absent(present)

    def offer_chosen(self) -> None:
        """Tell once when the chosen microphone is there again while another one is heard."""
        present, source = self._present(), self._heard()
        if present is None or source is None or self.is_chosen(source):
            return
        if self._wanted not in present:
            self._alarms.end(AlarmKind.DEVICE_BACK)
        elif not self._alarms.is_on(AlarmKind.DEVICE_BACK):
            self._alarms.begin(
                AlarmKind.DEVICE_BACK, "The chosen microphone is there again.", "Choose it to record with it."
            )

    def _worth_listing(self) -> bool:
        """PulseAudio is quick to ask, and moves us to another source in silence; others only if one is missing."""
        source = self._heard()
        return source is not None and (source.device.startswith("pulse:") or not self.is_chosen(source))

    def _present(self) -> frozenset[str] | None:
        present = self._watch.present_since(self._since) if self._watch is not None else None
        source = self._heard()
        if (
            present
            and source is not None
            and source.device.partition(":")[0] in {each.partition(":")[0] for each in present}
        ):
            return present
        return None  # another sound system answered, because the right one was busy
