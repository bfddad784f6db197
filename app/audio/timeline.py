"""What becomes of captured sound: pause, mute, gaps, and the marks they leave. Pure; all times are given."""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto

from app.audio.mixing import silenced
from app.audio.sound_source import RATE, SAMPLE_BYTES
from app.domain.recording import Mark, MarkKind

SHORTEST_LOSS = 0.1
"""Shorter gaps are not marked: no word fits into them, and clocks of two devices differ by some of it (seconds)."""


class Command(Enum):
    """What the person asked for."""

    PAUSE = auto()
    RESUME = auto()
    MUTE = auto()
    UNMUTE = auto()
    END = auto()


class Timeline:
    """Maps steady time to the recording's own time line, on which missing time takes no room.

    Commands are stamped and take effect where the sound reaches their moment, not when they are noticed.
    """

    def __init__(self, channels: int, start: float, began: float, mark: Callable[[Mark], None]) -> None:
        """`start` seconds are recorded already; sound before `began` (steady) is not kept."""
        self._channels = channels
        self._start = start
        self._mark = mark
        self._frames = 0
        self._commands: deque[tuple[float, Command]] = deque()
        self._heard_until = self._kept_since = began
        self._paused_at: float | None = None
        self._muted_from: float | None = None
        self.ended = False

    @property
    def position(self) -> float:
        """Seconds on the recording's time line."""
        return self._start + self._frames / RATE

    @property
    def heard_until(self) -> float:
        """Steady time of the end of the latest sound or gap."""
        return self._heard_until

    def command(self, command: Command, at: float) -> None:
        """Take effect at steady time `at`; commands come in order."""
        self._commands.append((at, command))

    def sound(self, pcm: bytes, start: float, end: float) -> bytes:
        """Take captured sound from `start` to `end` (steady); return what belongs to the recording."""
        frame_bytes = SAMPLE_BYTES * self._channels
        total = len(pcm) // frame_bytes
        per_second = total / (end - start) if end > start else 0.0
        done = 0
        if start < self._heard_until:  # before the recording began, or heard by another device already
            done = total if end <= self._heard_until else min(total, round((self._heard_until - start) * per_second))
        kept = bytearray()
        while self._commands and self._commands[0][0] < end and not self.ended:
            at, command = self._commands.popleft()
            until = max(done, min(total, round((at - start) * per_second)))
            kept += self._keep(pcm[done * frame_bytes : until * frame_bytes])
            done = until
            self._apply(command, at)
        kept += self._keep(pcm[done * frame_bytes :])
        self._heard_until = max(self._heard_until, end)
        return bytes(kept)

    def gap(self, until: float, reason: str) -> None:
        """Nothing was captured from the end of the latest sound to `until`."""
        since = self._heard_until
        while self._commands and self._commands[0][0] <= until and not self.ended:
            at, command = self._commands.popleft()
            self._lose(min(max(at, since), until) - since, reason)
            since = max(at, since)
            self._apply(command, at)
        self._lose(until - since, reason)
        self._heard_until = max(self._heard_until, until)

    def lost(self, back: float, length: float, piece_start: float, reason: str) -> None:
        """`length` seconds are missing `back` seconds before the sound that comes next and starts at `piece_start`."""
        length = min(length, piece_start - back - self._kept_since)
        if not self.ended and self._paused_at is None and length > 0:
            self._mark(Mark(MarkKind.LOSS, max(self._start, self.position - back), length, reason))

    def place_of(self, now: float) -> float:
        """Where the moment `now` lies, though its sound may still be on its way."""
        ahead = 0.0 if self._paused_at is not None or self.ended else min(max(0.0, now - self._heard_until), 0.5)
        return self.position + ahead

    def _keep(self, pcm: bytes) -> bytes:
        if self.ended or self._paused_at is not None or not pcm:
            return b""
        self._frames += len(pcm) // (SAMPLE_BYTES * self._channels)
        return silenced(pcm, self._channels) if self._muted_from is not None else pcm

    def _lose(self, length: float, reason: str) -> None:
        if length >= SHORTEST_LOSS and self._paused_at is None and not self.ended:
            self._mark(Mark(MarkKind.LOSS, self.position, length, reason))

    def _apply(self, command: Command, at: float) -> None:
        match command:
            case Command.PAUSE:
                self._paused_at = at if self._paused_at is None else self._paused_at
            case Command.RESUME:
                self._resume(at)
            case Command.MUTE:
                self._muted_from = self.position if self._muted_from is None else self._muted_from
            case Command.UNMUTE:
                self._unmute()
            case Command.END:
                self._unmute()
                self._resume(at)
                self.ended = True

    def _resume(self, at: float) -> None:
        if self._paused_at is not None:
            self._mark(Mark(MarkKind.PAUSE, self.position, at - self._paused_at))
            self._paused_at = None
            self._kept_since = at

    def _unmute(self) -> None:
        if self._muted_from is not None:
            length = self.position - self._muted_from
            if length > 0:
                self._mark(Mark(MarkKind.MUTE, self._muted_from, length))
            self._muted_from = None
