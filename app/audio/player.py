"""Plays a stretch of a recording through PortAudio."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.domain.errors import MachineError

if TYPE_CHECKING:
    from types import ModuleType

BYTES_PER_FRAME = 2  # 16-bit mono


class Player:
    """Plays 16-bit mono PCM on the default (or a named) output device; one stretch at a time.

    `play` and `stop` may be called from any thread. The sound lives in memory only.
    """

    def __init__(self, device: str | int | None = None) -> None:
        self._device = device
        self._lock = threading.Lock()
        self._stream: Any = None  # sounddevice ships no types
        self._playback: _Playback | None = None

    def play(self, pcm16: bytes, rate: int, on_end: Callable[[], None] | None = None) -> None:
        """Start playing and return at once; a stretch that is still playing is stopped first.

        Args:
            pcm16: little-endian 16-bit mono samples.
            rate: samples per second.
            on_end: called once when the sound has been heard to its end, not after `stop`; from another thread.

        Raises:
            MachineError: no PortAudio library, no output device, or the device refuses.
        """
        self.stop()
        sounddevice = _load_portaudio()
        playback = _Playback(pcm16, rate, on_end, sounddevice.CallbackStop)
        try:
            stream = sounddevice.RawOutputStream(
                samplerate=rate,
                channels=1,
                dtype="int16",
                device=self._device,
                callback=playback.fill,
                finished_callback=playback.finished,
            )
            stream.start()
        except (sounddevice.PortAudioError, ValueError):
            raise MachineError(
                "The sound cannot be played: there is no working output device.",
                "Plug in or switch on loudspeakers or headphones, then try again.",
            ) from None
        with self._lock:
            self._stream, self._playback = stream, playback

    def stop(self) -> None:
        """Stop at once and release the device. Harmless when nothing plays."""
        with self._lock:
            stream, playback = self._stream, self._playback
            self._stream = None
        if playback is not None:
            playback.silence()
        if stream is not None:
            stream.abort()
            stream.close()

    @property
    def position(self) -> float:
        """Seconds from the start of the stretch that have been handed to the device."""
        playback = self._playback
        return playback.seconds if playback is not None else 0.0

    @property
    def playing(self) -> bool:
        """Whether sound is being played."""
        playback = self._playback
        return playback is not None and not playback.ended


class _Playback:
    """Feeds one stretch to PortAudio's callback thread."""

    def __init__(self, pcm: bytes, rate: int, on_end: Callable[[], None] | None, stop: type[Exception]) -> None:
        self._pcm = memoryview(pcm)[: len(pcm) - len(pcm) % BYTES_PER_FRAME]
        self._rate = rate
        self._on_end = on_end
        self._stop = stop
        self._at = 0
        self.ended = False

    def fill(self, out: memoryview, _frames: int, _time: object, _status: object) -> None:
        """Copy the next samples; silence after the end."""
        piece = self._pcm[self._at : self._at + len(out)]
        out[: len(piece)] = piece
        out[len(piece) :] = bytes(len(out) - len(piece))
        self._at += len(piece)
        if self._at >= len(self._pcm):
            raise self._stop

    def silence(self) -> None:
        """Do not report the end."""
        self._on_end = None

    def finished(self) -> None:
        """PortAudio has played what it was given, or was aborted."""
        self.ended = True
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end()

    @property
    def seconds(self) -> float:
        """Seconds handed over."""
        return self._at / BYTES_PER_FRAME / self._rate


def _load_portaudio() -> ModuleType:
    try:
        import sounddevice
    except OSError:
        raise MachineError(
            "The sound library PortAudio is missing.", "Install it (on Debian: apt-get install libportaudio2)."
        ) from None
    return sounddevice  # type: ignore[no-any-return] # the library ships no types
