"""The thread that hands sound to the vault's writer: block by block, and again if the disk refuses."""

import logging
import threading
from collections.abc import Callable

from app.audio.sound_source import RATE, SAMPLE_BYTES
from app.audio.steady_clock import steady
from app.domain.errors import AnamnesisError, DiskFullError
from app.domain.live import Alarm, AlarmKind, LiveEvent, Marked, Stopped, StopReason
from app.domain.ports import AudioWriter
from app.domain.recording import Mark, MarkKind

_LOG = logging.getLogger(__name__)

BLOCK = RATE // 4
"""Frames handed over at once: the writer's block."""

MEMORY = 120.0
"""Seconds of sound kept while the disk refuses; then the recording stops."""

_RETRY = 1.0  # seconds between attempts
_LAST_TRIES = 5.0  # seconds of further attempts once the visit is stopped
_FINISH = 30.0  # seconds that a disk may take for the rest


class Sealer:
    """Owns a writer. `on_sealed(pcm, at)` is called from this thread once the sound is on disk, `at` in seconds."""

    def __init__(
        self,
        writer: AudioWriter,
        channels: int,
        start: float,
        on_sealed: Callable[[bytes, float], None],
        tell: Callable[[LiveEvent], None],
        memory: float = MEMORY,
    ) -> None:
        self._writer = writer
        self._bytes_per_second = RATE * SAMPLE_BYTES * channels
        self._block = BLOCK * SAMPLE_BYTES * channels
        self._on_sealed = on_sealed
        self._tell = tell
        self._limit = int(memory * self._bytes_per_second)
        self._waiting = bytearray()
        self._sealed = self._in_hand = 0
        self._start = start
        self._changed = threading.Condition()
        self._finishing_since: float | None = None
        self._abandoned = False
        self._refused: AnamnesisError | None = None
        self.stopped = False
        """Whether it gave up; sound is no longer taken."""
        self._thread = threading.Thread(target=self._run, name="recorder-writer", daemon=True)
        self._thread.start()

    @property
    def sealed(self) -> float:
        """Seconds that are on disk, with those of before."""
        return self._start + self._sealed / self._bytes_per_second

    def put(self, pcm: bytes) -> None:
        """Take whole frames; never blocks."""
        with self._changed:
            if not self.stopped:
                self._waiting += pcm
                self._changed.notify()

    def finish(self) -> float:
        """Seal the rest and close the writer; return the seconds on disk. Bounded even if the disk hangs."""
        with self._changed:
            self._finishing_since = steady()
            self._changed.notify()
        self._thread.join(_FINISH)
        if self._thread.is_alive():
            self._give_up(
                StopReason.STORAGE_FAILED, "The disk does not answer.", "Restart; the recording is offered again."
            )
        return self.sealed

    def abandon(self) -> None:
        """Stop without closing the writer; what waits is forgotten."""
        with self._changed:
            self._abandoned = self.stopped = True
            self._waiting.clear()
            self._changed.notify()
        self._thread.join(_FINISH)

    def _run(self) -> None:
        try:
            while (block := self._next()) is not None:
                if not self._seal(block):
                    return
            if not self._abandoned and not self.stopped:
                self._close()
        except Exception as error:  # noqa: BLE001 # whatever the bug, the person must be told that nothing is kept now
            _LOG.error("Writing the recording failed: %s", type(error).__name__)
            self._give_up(StopReason.STORAGE_FAILED, "The recording cannot be stored.", "Start another encounter.")

    def _next(self) -> bytes | None:
        """The next whole block; None at the end."""
        with self._changed:
            while len(self._waiting) < self._block and self._finishing_since is None and not self._abandoned:
                self._changed.wait()
            if self._abandoned or len(self._waiting) < self._block:
                return None
            block = bytes(self._waiting[: self._block])
            del self._waiting[: self._block]
            return block

    def _seal(self, block: bytes) -> bool:
        """Write until it is on disk; the writer keeps what it was given, so a retry hands over nothing."""
        if not self._persist(lambda again: self._writer.write(b"" if again else block), block):
            return False
        self._report(block)
        return True

    def _close(self) -> None:
        with self._changed:
            rest = bytes(self._waiting)
            self._waiting.clear()

        def end(again: bool) -> None:
            if not again and rest:
                self._writer.write(rest)
            self._writer.close()

        if self._persist(end, rest) and rest:
            self._report(rest)

    def _persist(self, attempt: Callable[[bool], None], held: bytes) -> bool:
        again = False
        self._in_hand = len(held)
        while not self._abandoned:
            try:
                attempt(again)
            except AnamnesisError as error:
                again = True
                if not self._may_retry(error, held):
                    return False
            else:
                self._in_hand = 0
                self._recovered()
                return True
        return False

    def _may_retry(self, error: AnamnesisError, held: bytes) -> bool:
        if self._refused is None:
            self._refused = error
            self._tell(Alarm(AlarmKind.DISK_LOW, True, error.message, error.remedy))
        with self._changed:
            self._changed.wait_for(lambda: self._abandoned, _RETRY)
            too_much = len(self._waiting) + len(held) > self._limit
            late = self._finishing_since is not None and steady() - self._finishing_since > _LAST_TRIES
        if (too_much or late) and not self._abandoned:
            full = isinstance(error, DiskFullError)
            reason = StopReason.DISK_FULL if full else StopReason.STORAGE_FAILED
            self._close_after_all(held)
            self._give_up(reason, error.message, error.remedy)
            return False
        return True

    def _close_after_all(self, held: bytes) -> None:
        """Perhaps the writer can at least end the recording with what it holds."""
        try:
            self._writer.close()
        except AnamnesisError:
            return
        self._in_hand = 0
        if held:
            self._report(held)

    def _recovered(self) -> None:
        if self._refused is not None:
            self._refused = None
            self._tell(Alarm(AlarmKind.DISK_LOW, False))

    def _give_up(self, reason: StopReason, message: str, remedy: str) -> None:
        with self._changed:
            if self.stopped:
                return
            self.stopped = True
            unsaved = (len(self._waiting) + self._in_hand) / self._bytes_per_second
            self._waiting.clear()
        if unsaved > 0:
            self._tell(Marked(Mark(MarkKind.LOSS, self.sealed, unsaved, "the disk did not take the sound")))
        self._tell(Stopped(reason, message, remedy))

    def _report(self, pcm: bytes) -> None:
        at = self.sealed
        self._sealed += len(pcm)
        try:
            self._on_sealed(pcm, at)
        except Exception as error:  # noqa: BLE001 # a failing later stage never touches the audio; its type is logged
            _LOG.error("A listener of sealed sound failed: %s", type(error).__name__)
