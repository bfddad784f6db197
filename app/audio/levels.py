"""Loudness ten times a second, and two alarms that begin and end once: nothing is heard, or it is clipped."""

from collections import deque
from collections.abc import Callable

import numpy as np

from app.audio.mixing import frames_of
from app.audio.sound_source import RATE
from app.domain.live import Alarm, AlarmKind, Levels

SLICE = RATE // 10
"""Frames per measurement."""

DEAD = 1e-4
"""RMS below this (-80 dB of full scale, three steps of 16 bit) is below the noise of any room and microphone."""

_DEAD_AFTER = 40  # slices without anything: 4 s
_ALIVE = 3  # slices out of the last 10 that end the alarm
_CLIPPED = 0.99
_CLIPPED_SLICES = 2  # within a second; one alone is a knock on the table
_CLEAN_AFTER = 30  # slices without clipping that end the alarm


class LevelMeter:
    """Cuts sound into tenths of a second and measures each."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._waiting = b""

    def measure(self, pcm: bytes) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
        """Peak and rms per channel (0 to 1 of full scale) of every tenth of a second that `pcm` completes."""
        frames = frames_of(self._waiting + pcm, self._channels)
        whole = len(frames) // SLICE
        self._waiting = frames[whole * SLICE :].tobytes()
        if not whole:
            return []
        slices = frames[: whole * SLICE].reshape(whole, SLICE, self._channels).astype(np.float32) / 32_768
        peaks, rms = np.abs(slices).max(axis=1), np.sqrt(np.square(slices).mean(axis=1))
        return [(tuple(map(float, p)), tuple(map(float, r))) for p, r in zip(peaks, rms, strict=True)]


class Loudness:
    """Meter and watch together: `tell` gets levels and alarms."""

    def __init__(self, channels: int, tell: Callable[[Levels | Alarm], None]) -> None:
        self._meter = LevelMeter(channels)
        self._watch = LevelWatch(tell)
        self._tell = tell
        self._peak = 0.0

    def hear(self, pcm: bytes, peak: float, live: int, elapsed: float, *, paused: bool) -> None:
        """Take sound; `peak` of the device's own samples, `live` channels to be heard, `elapsed` in seconds."""
        self._peak = max(self._peak, peak)
        for peaks, rms in self._meter.measure(pcm):
            self._tell(Levels(elapsed, peaks, rms))
            if not paused:
                self._watch.watch(rms[:live], max(self._peak, *peaks))
            self._peak = 0.0
        if paused:
            self._watch.reset()

    def reset(self) -> None:
        """No device is heard."""
        self._watch.reset()


class LevelWatch:
    """Turns measurements into alarms. `names` of the channels are used when there are two."""

    def __init__(self, alarm: Callable[[Alarm], None]) -> None:
        self._alarm = alarm
        self._dead: list[int] = []
        self._alive: deque[bool] = deque(maxlen=10)
        self._clipped: deque[bool] = deque([False] * _CLEAN_AFTER, maxlen=_CLEAN_AFTER)
        self._silent = self._clipping = False

    def watch(self, rms: tuple[float, ...], peak: float) -> None:
        """One slice: `rms` per channel that should be heard, `peak` of the device's own samples."""
        self._watch_silence(rms)
        self._watch_clipping(peak)

    def reset(self) -> None:
        """Nothing is expected for a while (pause, no device): end what is active and start anew."""
        self._dead.clear()
        self._alive.clear()
        self._end_silence()
        self._clipped.extend([False] * _CLEAN_AFTER)
        self._end_clipping()

    def _watch_silence(self, rms: tuple[float, ...]) -> None:
        if len(self._dead) != len(rms):
            self._dead = [0] * len(rms)
        self._dead = [count + 1 if value < DEAD else 0 for count, value in zip(self._dead, rms, strict=True)]
        self._alive.append(min(rms) >= 2 * DEAD)
        if max(self._dead) >= _DEAD_AFTER and not self._silent:
            self._silent = True
            self._alarm(_nothing_heard(self._dead))
        elif sum(self._alive) >= _ALIVE and max(self._dead) < _DEAD_AFTER:
            self._end_silence()

    def _watch_clipping(self, peak: float) -> None:
        self._clipped.append(peak >= _CLIPPED)
        if sum(list(self._clipped)[-10:]) >= _CLIPPED_SLICES and not self._clipping:
            self._clipping = True
            self._alarm(
                Alarm(
                    AlarmKind.CLIPPING,
                    True,
                    "The sound is too loud for the microphone.",
                    "Move it away a little, or turn its level down in the system's sound settings.",
                )
            )
        elif not any(self._clipped):
            self._end_clipping()

    def _end_silence(self) -> None:
        if self._silent:
            self._silent = False
            self._alarm(Alarm(AlarmKind.NOTHING_HEARD, False))

    def _end_clipping(self) -> None:
        if self._clipping:
            self._clipping = False
            self._alarm(Alarm(AlarmKind.CLIPPING, False))


def _nothing_heard(dead: list[int]) -> Alarm:
    which = "The microphone hears nothing."
    if len(dead) == 2 and min(dead) < _DEAD_AFTER:
        which = f"The {('first', 'second')[dead.index(max(dead))]} of the two microphones hears nothing."
    return Alarm(
        AlarmKind.NOTHING_HEARD,
        True,
        which,
        "Check its mute switch and its level in the system's sound settings, or choose another microphone.",
    )
