"""A running recording on the terminal: text as it becomes final, the time, and warnings."""

import shutil
import sys
import threading
from typing import TextIO

from app.domain.live import Alarm, FinalText, Hypothesis, Levels, LiveEvent, Stopped
from app.visit.recording_notices import clock


class LiveTerminal:
    """An observer. Text goes to `out` and the changing line to `err` only if they are terminals; warnings always.

    `stopped` is set when the recording stops by itself.
    """

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._shows_text = self._out is not None and self._out.isatty()
        self._draws = self._err is not None and self._err.isatty()
        self._until = 0.0
        self._elapsed = 0.0
        self._guess = ""
        self._drawn = 0
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        self.reason: Stopped | None = None

    def __call__(self, event: LiveEvent) -> None:
        """Show an event."""
        with self._lock:
            match event:
                case Levels():
                    self._levels(event)
                case Hypothesis():
                    self._guess = f"{event.settled} {event.tentative}".strip()
                case FinalText():
                    self._final(event)
                case Alarm():
                    self._alarm(event)
                case Stopped():
                    self._warn(f"{event.message} {event.remedy}")
                    self.reason = event
                    self.stopped.set()
                case _:
                    pass

    def say(self, line: str) -> None:
        """Print a line to stderr beside the changing one."""
        with self._lock:
            self._line(self._err, line)

    def end(self) -> None:
        """Remove the changing line."""
        with self._lock:
            self._wipe()

    def _levels(self, event: Levels) -> None:
        if not self._draws:
            return
        loudest = max(event.peak, default=0.0)
        bar = "#" * round(12 * min(loudest, 1.0) ** 0.5)
        width = shutil.get_terminal_size().columns - 1
        head = f"{clock(event.elapsed)} [{bar:<12}] "
        line = (head + self._guess[-max(width - len(head), 0) :])[:width]
        self._err.write(f"\r{line:<{self._drawn}}")
        self._err.flush()
        self._drawn = len(line)

    def _final(self, event: FinalText) -> None:
        words = [w for u in event.utterances for w in u.words if w.start >= self._until]
        text = " ".join(w.text.strip() for w in words)
        start = words[0].start if words else event.since
        self._until = max(self._until, event.until)
        self._guess = ""
        if not self._shows_text:
            return
        if text:
            self._line(self._out, f"{clock(start):>6}  {text}")
        for c in event.corrections:
            self._line(self._out, f"{clock(c.at):>6}  corrected: {c.before} -> {c.after}")

    def _alarm(self, event: Alarm) -> None:
        if event.active:
            self._warn(f"{event.message} {event.remedy}")
        elif event.message:
            self._line(self._err, f"anamnesis: {event.message} {event.remedy}".rstrip())

    def _warn(self, text: str) -> None:
        self._line(self._err, f"anamnesis: warning: {' '.join(text.split())}")

    def _line(self, stream: TextIO | None, text: str) -> None:
        if stream is not None:
            self._wipe()
            print(text, file=stream, flush=True)

    def _wipe(self) -> None:
        if self._drawn:
            self._err.write("\r" + " " * self._drawn + "\r")
            self._err.flush()
            self._drawn = 0
