"""Which microphone is heard next when one is gone, and whether the chosen one is there again."""

import threading
from collections.abc import Callable

from app.audio.input_devices import InputDevice
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.sound_source import SoundSource, SourceOpener
from app.audio.steady_clock import steady
from app.domain.errors import MachineError

Lister = Callable[[], tuple[InputDevice, ...]]

PATIENCE = 3.0
"""Seconds that the same device is waited for before another one is taken."""


class Succession:
    """Looks for a successor of a device that is gone; `attempt` is called every now and then."""

    def __init__(self, opener: SourceOpener, devices: Lister, choice: MicrophoneChoice, device: str) -> None:
        self._opener = opener
        self._devices = devices
        self._choice = choice
        self._device = device
        self._since = steady()

    def is_same(self, device: str) -> bool:
        """Whether `device` is the one that was gone."""
        return device == self._device

    def attempt(self) -> SoundSource | None:
        """An open source, or None if there is none to be had yet."""
        try:
            present = [device.id for device in self._devices() if not device.monitor or device.id == self._device]
        except MachineError:
            present = []
        wanted = [device for device in present if device == self._device]
        if steady() - self._since >= PATIENCE:
            wanted += [device for device in present if device != self._device]
        for device in wanted:
            source = self._open(device)
            if source is not None:
                return source
        return None

    def _open(self, device: str) -> SoundSource | None:
        same = device == self._device
        tries = [MicrophoneChoice(device, self._choice.second if same else None, self._choice.separate)]
        if self._choice.separate or self._choice.second:
            tries.append(MicrophoneChoice(device))
        for choice in tries:
            source = self._opener(choice)
            try:
                source.open()
            except MachineError:
                source.close()
                continue
            return source
        return None


class DeviceWatch:
    """Lists the devices again and again in a thread of its own; listing may take a while."""

    def __init__(self, devices: Lister, needed: Callable[[], bool], every: float = 2.0) -> None:
        self._devices = devices
        self._needed = needed
        self._every = every
        self._ended = threading.Event()
        self._latest: tuple[float, frozenset[str]] | None = None
        self._thread = threading.Thread(target=self._run, name="recorder-devices", daemon=True)
        self._thread.start()

    def present_since(self, since: float) -> frozenset[str] | None:
        """Ids of the devices that were there at a moment after `since` (steady); None while that is not known."""
        latest = self._latest
        return latest[1] if latest is not None and latest[0] > since else None

    def close(self) -> None:
        """End the thread; it is not waited for."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            if not self._needed():
                continue
            asked_at = steady()
            try:
                self._latest = (asked_at, frozenset(device.id for device in self._devices()))
            except MachineError:
                self._latest = None
