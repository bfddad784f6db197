"""Stand-ins for a microphone and for the vault's writer."""

import queue
import threading

import numpy as np

from app.audio.sound_source import DeviceGoneError, Loss, Piece
from app.audio.steady_clock import steady
from app.domain.errors import AnamnesisError, MachineError

RATE = 16_000


class MadeUpMicrophone:
    """A microphone that gives what the test says; stamps are real."""

    def __init__(self, device: str = "made-up:one", name: str = "One", channels: int = 1, works: bool = True) -> None:
        self.device, self.name, self.channels, self.missing = device, name, channels, ""
        self.works = works
        self.closed = False
        self.begun = 0
        self._pieces: queue.Queue[Piece | None] = queue.Queue()
        self._until = steady()

    def open(self) -> None:
        if not self.works:
            raise MachineError("Not there.", "Plug it in.")
        self.closed = False
        self._until = steady()

    def begin(self) -> None:
        self.begun += 1

    def absent(self, present: frozenset[str]) -> bool:
        return self.device not in present

    def say(
        self, seconds: float, value: int = 1_000, *, losses: tuple[Loss, ...] = (), ends: float | None = None
    ) -> None:
        """Give `seconds` of a constant; it ends now, or at steady time `ends`."""
        frames = round(seconds * RATE)
        end = steady() if ends is None else ends
        pcm = np.full((frames, self.channels), value, "<i2").tobytes()
        self._pieces.put(Piece(pcm, end - seconds, end, abs(value) / 32_768, losses))

    def unplug(self) -> None:
        self.works = False
        self._pieces.put(None)

    def read(self, timeout: float) -> Piece | None:
        try:
            piece = self._pieces.get(timeout=timeout)
        except queue.Empty:
            return None
        if piece is None:
            raise DeviceGoneError(f"The microphone {self.name} is gone.", "Plug it in again.")
        return piece

    def close(self) -> None:
        self.closed = True


class KeptSound:
    """A writer that keeps sound in memory; `refuse` makes the following writes fail as a full disk does."""

    def __init__(self, channels: int = 1) -> None:
        self.pcm = bytearray()
        self.closed = False
        self.calls: list[int] = []
        self._held = bytearray()
        self._error: AnamnesisError | Exception | None = None
        self._lock = threading.Lock()
        self._channels = channels

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self._channels / RATE

    def refuse(self, error: Exception | None) -> None:
        self._error = error

    def write(self, pcm: bytes) -> None:
        with self._lock:
            self.calls.append(len(pcm))
            self._held += pcm
            self._pass_on()

    def close(self) -> None:
        with self._lock:
            self._pass_on()
            self.closed = True

    def _pass_on(self) -> None:
        if self._error is not None:
            raise self._error
        self.pcm += self._held
        self._held.clear()

    def __enter__(self) -> "KeptSound":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
