"""Stand-ins for what surrounds a live visit: a recorder that hears what a test says, and a live text that obeys."""

import threading
from typing import ClassVar

from app.domain.errors import WorkCancelledError
from app.domain.live import FinalText, Marked
from app.domain.recording import HeardWindow, Mark, MarkKind
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.words import Word


class Ears:
    """An engine that only counts what is loaded ahead; `refuse` makes it fail."""

    def __init__(self):
        self.loaded = []
        self.refuse = None

    def preload(self, model):
        if self.refuse is not None:
            raise self.refuse
        self.loaded.append(model)


class ScriptedRecorder:
    """Keeps the recorder's promises on order; `hear(seconds)` is sound. `fail` names the method that raises."""

    made: ClassVar[list] = []
    fail: ClassVar[dict] = {}

    def __init__(self, choice, observe, **_options):
        self.choice = choice
        self.observe = observe
        self.calls = []
        self.writer = None
        self.on_sealed = None
        self.position = 0.0
        self.paused = self.muted = False
        self.made.append(self)

    @property
    def elapsed(self):
        return self.position

    def _note(self, name):
        self.calls.append(name)
        if name in self.fail:
            raise self.fail[name]

    def open(self):
        self._note("open")

    def use(self, choice):
        self._note("use")
        self.choice = choice

    def record(self, writer, on_sealed, start=0.0):
        self._note("record")
        self.writer, self.on_sealed, self.position = writer, on_sealed, start

    def hear(self, seconds, value=100):
        pcm = value.to_bytes(2, "little") * int(seconds * 16_000) * self.choice.channels
        self.writer.write(pcm)
        at, self.position = self.position, self.position + seconds
        self.on_sealed(pcm, at)

    def pause(self):
        self.paused = True

    def resume(self):
        self.paused = False
        self.observe(Marked(Mark(MarkKind.PAUSE, self.position, 4.0)))

    def mute(self, on):
        self.muted = on

    def bookmark(self):
        mark = Mark(MarkKind.BOOKMARK, self.position)
        self.observe(Marked(mark))
        return mark

    def finish(self):
        self._note("finish")
        self.writer.close()
        return self.position

    def abandon(self):
        self._note("abandon")

    def close(self):
        self._note("close")


class ScriptedText:
    """A live transcription whose words are the sound's seconds; `answer` is raised by `finish` if it is an error."""

    made: ClassVar[list] = []
    answer = None
    failing_start = None

    def __init__(self, engine, choice, *, channels, read_sound, observe, keep, earlier=(), recorded=0.0, gaps=()):
        self.options = {"engine": engine, "choice": choice, "channels": channels, "recorded": recorded}
        self.earlier = list(earlier)
        self.gaps = list(gaps)
        self.read_sound = read_sound
        self.observe = observe
        self.keep = keep
        self.taken = []
        self.calls = []
        self.behind = 0.0
        self.stopped = threading.Event()
        self.made.append(self)

    def start(self):
        self.calls.append("start")
        if self.failing_start is not None:
            raise self.failing_start

    def take(self, pcm, at):
        self.taken.append((at, len(pcm)))

    def gap(self, at):
        self.gaps.append(at)

    def settle(self, start, end, text):
        """Make a window final, as the engine would."""
        word = Word(start, end, text, 0.9)
        self.keep(HeardWindow(start, end, (word,)))
        self.observe(FinalText(start, end, (Utterance("u1", start, end, Speaker.UNKNOWN, text, (word,)),)))

    def finish(self, progress, cancel):
        self.calls.append("finish")
        progress(0.5, "the last words")
        if self.answer == "wait":
            while not self.stopped.wait(0.01):
                cancel.check()
            raise WorkCancelledError
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer or Transcript(3.0, "en", "whisper-base", ())

    def stop(self):
        self.calls.append("stop")
        self.stopped.set()
