"""The sample visit, spoken to a live transcription as a microphone and a spool would."""

import difflib
import string
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.audio.decode import decode_blocks
from app.domain.live import LiveEvent
from app.domain.recording import HeardWindow
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, no_progress
from app.engine.supervisor import Engine
from app.settings import find_paths
from app.visit.choice import Choice
from app.visit.live_transcription import LiveTranscription

RATE = 16_000
QUARTER = RATE // 4 * 2
SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample" / "visit.ogg"


def missing_model() -> str | None:
    """Why the real models cannot be used, or None."""
    for file in ("whisper-base/model.bin", "speaker-ge2e/pretrained.pt"):
        if not (find_paths().models / file).is_file():
            model = file.partition("/")[0]
            return f"model {model} is not there (anamnesis models fetch {model})"
    return None


def sample_sound() -> bytes:
    """PCM of the bundled visit."""
    with decode_blocks(SAMPLE) as blocks:
        return b"".join(block.tobytes() for block in blocks)


class HeardVisit:
    """Speaks `pcm` and remembers what became of it. `spool` is what is on disk, `journal` what was stored.

    `before` is the same visit until the program crashed: its spool and its journal are still there.
    """

    def __init__(self, engine: Engine, pcm: bytes, before: "HeardVisit | None" = None) -> None:
        self.engine = engine
        self.pcm = pcm
        self.spool = bytearray(before.spool) if before else bytearray()
        self.journal: list[HeardWindow] = list(before.journal) if before else []
        self.events: list[LiveEvent] = []
        self.live = LiveTranscription(
            engine,
            Choice(),
            channels=1,
            read_sound=self._read,
            observe=self.events.append,
            keep=self.journal.append,
            earlier=tuple(self.journal),
            recorded=len(self.spool) / 2 / RATE,
        )

    def run(self, speed: float, disturb: Callable[["HeardVisit"], None] | None = None) -> Transcript:
        """Speak at `speed` times real time, with `disturb` on a thread of its own; return the whole transcript."""
        trouble = threading.Thread(target=disturb or (lambda _visit: None), args=(self,), daemon=True)
        self.live.start()
        trouble.start()
        self.speak(speed)
        trouble.join()
        return self.live.finish(no_progress, CancelToken())

    def run_until_the_program_dies(self, speed: float, windows: int) -> None:
        """Speak all of the sound; end as a crash would, with no more than what was stored."""
        self.live.start()
        self.speak(speed)
        while len(self.journal) < windows:
            time.sleep(0.05)
        self.live.stop()

    def speak(self, speed: float) -> None:
        """Seal the sound and hand it in, a quarter of a second at a time."""
        start, begun = time.monotonic(), len(self.spool)
        for at in range(begun, len(self.pcm), QUARTER):
            piece = self.pcm[at : at + QUARTER]
            self.spool += piece
            self.live.take(piece, at / 2 / RATE)
            spoken = (at + QUARTER - begun) / 2 / RATE
            time.sleep(max(0.0, start + spoken / speed - time.monotonic()))

    def _read(self, start: float, end: float | None) -> bytes:
        last = len(self.spool) if end is None else round(end * RATE) * 2
        return bytes(self.spool[round(start * RATE) * 2 : last])


def plain_words(transcript: Transcript) -> list[str]:
    """Words in lower case without punctuation: what two runs of the same model agree on."""
    words = (w.text.strip().lower().strip(string.punctuation) for u in transcript.utterances for w in u.words)
    return [word for word in words if word]


def assert_same_words(heard: Transcript, undisturbed: Transcript) -> None:
    """Nothing twice, nothing missing; a word in a hundred may be spelt otherwise (rounding differs with the batch)."""
    one, other = plain_words(heard), plain_words(undisturbed)
    edits = [e for e in difflib.SequenceMatcher(None, other, one, autojunk=False).get_opcodes() if e[0] != "equal"]
    moved = [e for e in edits if abs((e[2] - e[1]) - (e[4] - e[3])) > 1]
    assert moved == [], "words are missing or came twice"
    assert sum(max(e[2] - e[1], e[4] - e[3]) for e in edits) <= len(other) / 100


def assert_times_run_forward(transcript: Transcript) -> None:
    """No word begins before the one before it."""
    starts = [w.start for u in transcript.utterances for w in u.words]
    assert starts == sorted(starts)
