"""Two microphones as one source of two channels."""

import threading

import numpy as np

from app.audio.mixing import Frames, frames_of, to_mono
from app.audio.sound_source import RATE, DeviceGoneError, Loss, Piece, SoundSource
from app.audio.steady_clock import steady
from app.domain.errors import MachineError

_SLACK = 0.4  # seconds that the slower microphone is waited for; then its place is filled with silence
_TOLERANCE = 0.06  # seconds of difference that stamps may show by chance
_REOPEN = 1.0  # seconds between attempts to open a missing microphone


class PairSource:
    """Lays the sound of two one-channel sources side by side by its steady time.

    If one is gone the other goes on, with silence beside it; the missing one is opened again as soon as it is there.
    """

    def __init__(self, first: SoundSource, second: SoundSource) -> None:
        self._sides = (_Side(first), _Side(second))
        self._until = 0.0
        self._aligned = False
        self._next_attempt = 0.0
        self._attempt: threading.Thread | None = None
        self._closed = False
        self.channels = 2

    @property
    def device(self) -> str:
        """Id of the first device."""
        return self._sides[0].source.device

    @property
    def name(self) -> str:
        """Both names."""
        return " and ".join(side.source.name for side in self._sides)

    @property
    def missing(self) -> str:
        """Name of the one that is gone, if one is."""
        return next((side.source.name for side in self._sides if side.gone), "")

    def open(self) -> None:
        """Open both. Raises `MachineError` if either cannot be opened, or if they are the same."""
        try:
            for side in self._sides:
                side.source.open()
        except BaseException:
            self.close()
            raise
        if self._sides[0].source.device == self._sides[1].source.device:
            self.close()
            raise MachineError("The two microphones are one and the same.", "Choose two different ones.")

    def begin(self) -> None:
        """What is heard from now on is kept."""
        for side in self._sides:
            side.source.begin()

    def absent(self, present: frozenset[str]) -> bool:
        """Give up the one that is not there; whether both are not."""
        for side in self._sides:
            if not side.gone and side.source.absent(present):
                side.source.close()
                side.gone = True
        return all(side.gone for side in self._sides)

    def read(self, timeout: float) -> Piece | None:
        """The next stretch that both have given, or that one has waited for in vain. Raises `DeviceGoneError`."""
        deadline = steady() + timeout
        for side in self._sides:
            side.take(max(0.0, deadline - steady()))
        self._look_for_missing()
        if all(side.gone for side in self._sides):
            raise DeviceGoneError("Both microphones are gone.", "Plug them in again or choose another one.")
        return self._joined()

    def close(self) -> None:
        """Release both."""
        self._closed = True
        for side in self._sides:
            side.source.close()

    def _joined(self) -> Piece | None:
        first, second = self._sides
        self._align(first, second)
        waiting = [side.waiting for side in self._sides]
        frames = min(waiting)
        if any(side.gone for side in self._sides):
            frames = max(waiting)
        elif not frames:
            frames = max(waiting) - round(_SLACK * RATE)
        if frames <= 0 or not self._aligned:
            return None
        clock = first if first.waiting >= frames else second
        start = max(self._until, clock.begin)
        self._until = max(start, clock.begin + frames / RATE)
        sound = np.concatenate([side.cut(frames) for side in self._sides], axis=1)
        losses = tuple(loss for side in self._sides for loss in side.taken_losses())
        peak = max(side.taken_peak() for side in self._sides)
        return Piece(sound.astype("<i2").tobytes(), start, self._until, peak, losses)

    def _align(self, first: "_Side", second: "_Side") -> None:
        """Once, what only one has heard is left out; later differences are filled with silence."""
        if any(side.gone for side in self._sides):
            self._aligned = True
        if not (first.waiting and second.waiting):
            return
        ahead = second.begin - first.begin
        if not self._aligned:
            (first if ahead > 0 else second).cut(round(abs(ahead) * RATE))
            self._aligned = True
        elif abs(ahead) > _TOLERANCE:
            (second if ahead > 0 else first).pad(round(abs(ahead) * RATE))

    def _look_for_missing(self) -> None:
        for side in self._sides:
            if side.gone and steady() >= self._next_attempt and not (self._attempt and self._attempt.is_alive()):
                self._next_attempt = steady() + _REOPEN
                self._attempt = threading.Thread(target=self._reopen, args=(side,), name="pair-reopen", daemon=True)
                self._attempt.start()

    def _reopen(self, side: "_Side") -> None:
        try:
            side.source.open()
        except MachineError:
            return
        if self._closed:
            side.source.close()
        else:
            side.gone = False


class _Side:
    """One microphone: sound that waits for the other's, and when it was heard."""

    def __init__(self, source: SoundSource) -> None:
        self.source = source
        self.gone = False
        self._sound: Frames = np.zeros((0, 1), np.int16)
        self._end = 0.0
        self._losses: list[Loss] = []
        self._peak = 0.0

    @property
    def waiting(self) -> int:
        """Frames that wait."""
        return len(self._sound)

    @property
    def begin(self) -> float:
        """Steady time of the first waiting sample."""
        return self._end - len(self._sound) / RATE

    def take(self, timeout: float) -> None:
        """Read what is there; wait for the first piece only."""
        while not self.gone:
            try:
                piece = self.source.read(timeout)
            except DeviceGoneError:
                self.gone = True
                return
            if piece is None:
                return
            self._add(piece)
            timeout = 0.0

    def _add(self, piece: Piece) -> None:
        gap = piece.start - self._end if len(self._sound) else 0.0
        hole = np.zeros((round(gap * RATE) if gap > _TOLERANCE else 0, 1), np.int16)
        mono = frames_of(to_mono(piece.pcm, self.source.channels), 1)
        self._sound = np.concatenate([self._sound, hole, mono])
        self._end = piece.end
        self._losses += piece.losses
        self._peak = max(self._peak, piece.peak)

    def pad(self, frames: int) -> None:
        """Put silence before what waits."""
        self._sound = np.concatenate([np.zeros((frames, 1), np.int16), self._sound])

    def cut(self, frames: int) -> Frames:
        """Take `frames`, filled up with silence."""
        out: Frames = np.zeros((frames, 1), np.int16)
        part = self._sound[:frames]
        out[: len(part)] = part
        self._sound = self._sound[len(part) :]
        return out

    def taken_losses(self) -> tuple[Loss, ...]:
        """Losses since the last time."""
        losses, self._losses = tuple(self._losses), []
        return losses

    def taken_peak(self) -> float:
        """Peak since the last time."""
        peak, self._peak = self._peak, 0.0
        return peak
