"""What the recorder listens to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.audio.microphone_choice import MicrophoneChoice
from app.domain.errors import MachineError

RATE = 16_000
"""Samples per second of every piece (Hz)."""

SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Loss:
    """`length` seconds that were spoken but not captured, `back` seconds of sound before its piece's first sample."""

    back: float
    length: float
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Captured sound: `pcm` little-endian int16 [frames, channels] at 16 kHz.

    `start` and `end` in seconds of the steady clock, as it arrived; `peak` 0 to 1 of the device's own samples.
    """

    pcm: bytes
    start: float
    end: float
    peak: float = 0.0
    losses: tuple[Loss, ...] = ()

    @property
    def lost(self) -> float:
        """Seconds lost in all."""
        return sum(loss.length for loss in self.losses)


class DeviceGoneError(MachineError):
    """The device gives no more sound: unplugged, switched off, or its driver hangs."""

    code = "device-gone"


class SoundSource(Protocol):
    """An input. One thread reads; `close` may be called from any."""

    @property
    def channels(self) -> int:
        """Channels of its pieces, 1 or 2; known after `open`."""

    @property
    def device(self) -> str:
        """Id of the device; known after `open`."""

    @property
    def name(self) -> str:
        """What people call the device; known after `open`."""

    @property
    def missing(self) -> str:
        """Name of a device of several that is gone while the others go on; empty if all are there."""

    def open(self) -> None:
        """Open the device and return when sound arrives. Raises `MachineError` with its way out."""

    def begin(self) -> None:
        """What is heard from now on is kept. Microphones need not know; a replayed file starts."""

    def absent(self, present: frozenset[str]) -> bool:
        """Whether it can hear nothing but a stand-in: the devices of its own are not among those `present` (ids)."""

    def read(self, timeout: float) -> Piece | None:
        """The next piece, or None after `timeout` seconds. Raises `DeviceGoneError`, always after the last piece."""

    def close(self) -> None:
        """Release the device. Closing twice is harmless."""


SourceOpener = Callable[[MicrophoneChoice], SoundSource]
"""Makes a source that is not open yet."""
