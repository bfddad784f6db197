"""A stand-in for the speech models of a listening engine process: its words are checksums of the sound they cover.

Whether a single sample was lost, heard twice or swapped shows in the words. The model name chooses a fault.
"""

import os
import time
import zlib
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain.errors import EngineError, ModelDamagedError
from app.domain.live import FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.words import Word

RATE = 16_000
WINDOW = 2


def main(connection: Connection, models: str, threads: int) -> None:
    """The real worker with stand-in models."""
    from app.engine import handlers, worker

    folder = Path(models)
    handlers.Handlers._transcriber = lambda _self, model: DoubleTranscriber(model, folder)
    worker.main(connection, models, threads)


def words_of(pcm: bytes, start: int = 0, channels: int = 1) -> list[str]:
    """The words that sound of whole or part seconds must give, when it begins at second `start`."""
    second = RATE * 2 * channels
    return [f"{start + n}:{zlib.crc32(pcm[at : at + second]):08x}" for n, at in enumerate(range(0, len(pcm), second))]


class DoubleTranscriber:
    """Makes listeners; `model` is a fault or `steady`."""

    def __init__(self, model: str, folder: Path) -> None:
        self._model = model
        self._folder = folder
        if model == "damaged":
            raise ModelDamagedError("model.bin is damaged.", "Fetch it again.")
        if model == "crash-at-load":
            os._exit(9)

    def listen(self, **arguments):
        return DoubleListener(self._model, self._folder, **arguments)


class DoubleListener:
    """Windows of two seconds, or shorter up to a gap (at a whole second), a hypothesis for whatever came after."""

    def __init__(self, model, folder, *, channels, earlier, sound_from, gaps, **_other):
        self._model = model
        self._folder = folder
        self._channels = channels
        self._frame = 2 * channels
        self._start = round(sound_from * RATE)
        self._pcm = bytearray()
        self._final = round(earlier[-1].window.end) if earlier else 0
        self._earlier = earlier
        self._words = [w for e in earlier for w in e.window.words]
        self._shown = 0
        self._gaps = list(gaps)
        for each in earlier:
            if each.state is None:
                assert sound_from == 0.0
            else:
                assert each.state == {"checked": [w.text for w in each.window.words]}

    @property
    def _end(self) -> int:
        return self._start + len(self._pcm) // self._frame

    def feed(self, pcm):
        assert len(pcm) % self._frame == 0
        self._pcm += pcm

    def gap(self, at):
        if at * RATE < self._end:
            raise EngineError("A gap was found too late.")
        self._gaps.append(at)

    def step(self):
        from app.speech.live.final import WindowFinal

        self._misbehave()
        until = self._until()
        if self._end >= until * RATE:
            window = self._window(self._final, until)
            self._words += window.words
            self._final = until
            text = FinalText(window.start, window.end, _utterances(window.words))
            return WindowFinal(window, text, {"checked": [w.text for w in window.words]})
        if self._end > self._shown:
            self._shown = self._end
            return Hypothesis(float(self._final), "settled", "tentative")
        return None

    def finish(self, progress, _cancel):
        progress(0.5, "telling the speakers apart")
        self._misbehave()
        self._fault("crash-at-the-end", "crash-once-at-the-end")
        for each in self._earlier:
            if each.state is None:  # all sound was asked for again: it must be that of the window
                heard = self._window(round(each.window.start), round(each.window.end))
                assert heard.words == each.window.words
        while self._end > self._final * RATE:
            until = min(self._until(), self._end / RATE)
            self._words += self._window(self._final, until).words
            self._final = until
        return Transcript(self._end / RATE, "en", self._model, _utterances(self._words))

    def _until(self):
        return round(min([self._final + WINDOW, *(at for at in self._gaps if at > self._final)]))

    def _window(self, start, end):
        pcm = bytes(
            self._pcm[(start * RATE - self._start) * self._frame :][: round((end - start) * RATE) * self._frame]
        )
        texts = words_of(pcm, start, self._channels)
        ends = [min(start + n + 1.0, float(end)) for n in range(len(texts))]
        words = (Word(float(start + n), ends[n], text, 1.0) for n, text in enumerate(texts))
        return HeardWindow(float(start), float(end), tuple(words))

    def _misbehave(self):
        match self._model:
            case "slow":
                time.sleep(0.0 if (self._folder / "hurry").exists() else 0.3)
            case "deaf":
                time.sleep(600)
            case "crash-on-sound" if self._pcm:
                os._exit(9)
            case "bug" if self._pcm:
                raise ValueError("wrong")
            case "babble" if self._pcm:
                self._words.clear()
                self._final = 0

    def _fault(self, always, once):
        if self._model == always:
            os._exit(9)
        if self._model == once and not (self._folder / once).exists():
            (self._folder / once).touch()
            os._exit(9)


def _utterances(words):
    return tuple(Utterance(f"u{n}", w.start, w.end, Speaker.UNKNOWN, w.text, (w,)) for n, w in enumerate(words, 1))
