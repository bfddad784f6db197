"""How loud it is, in bars and in words."""

import math

from app.domain.live import Levels

FLOOR = -60.0  # dB below full scale; quieter is the left end of the bar
CLIPPED = -0.5
GOOD = -34.0
QUIET = -50.0
FALL = 1.5  # dB per event; at ten events a second the words outlast the pauses between sentences


def decibels(level: float) -> float:
    """Level of 0 to 1 of full scale -> dB, at least `FLOOR`."""
    return max(FLOOR, 20 * math.log10(level)) if level > 0 else FLOOR


class Meter:
    """Levels of each channel; `heard` once speech was loud enough since the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything, for another microphone."""
        self.bars: tuple[float, ...] = (0.0,)
        self.peaks: tuple[float, ...] = (0.0,)
        self.heard = False
        self._held = FLOOR

    def take(self, levels: Levels) -> None:
        """Follow the sound: bars from 0 to 1 rise at once and fall slowly."""
        rms = [1 - decibels(level) / FLOOR for level in levels.rms]
        before = self.bars if len(self.bars) == len(rms) else (0.0,) * len(rms)
        self.bars = tuple(max(now, then - 0.06) for now, then in zip(rms, before, strict=True))
        self.peaks = tuple(1 - decibels(level) / FLOOR for level in levels.peak)
        loudest = max((decibels(level) for level in levels.peak), default=FLOOR)
        self._held = max(loudest, self._held - FALL)
        self.heard = self.heard or loudest >= GOOD

    @property
    def too_loud(self) -> bool:
        """Whether sound was cut off at the top a moment ago."""
        return self._held >= CLIPPED

    @property
    def word(self) -> str:
        """What the bar shows, for those who do not see it or look for one second."""
        if self.too_loud:
            return "Too loud"
        if self._held >= GOOD:
            return "Good level"
        return "Quiet" if self._held >= QUIET else "Silent"
