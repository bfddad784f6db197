"""Whisper on CTranslate2, through faster-whisper: windows of sound in, words with times out."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.errors import EngineError, ModelDamagedError, ModelMissingError
from app.domain.words import Word
from app.speech.voice_activity import RATE, Span

Floats = npt.NDArray[np.float32]

BEAM = 5
_AT_ONCE = 2  # calls that run side by side on shared weights: final text beside live text
SURE_LANGUAGE = 0.8
"""A language at least this probable needs no second opinion."""

_MAX_HOT_WORDS = 400  # characters; with the verbatim prompt about 150 of the 224 tokens taken as earlier text
VERBATIM = (
    "Um, okay. So, uh, yeah, I, I was, I was just... Mm-hmm. Oh, okay. No, no. And, and, uh, it's, it's like, "
    "you know... Yeah, okay."
)
"""Earlier text in the style that is wanted: Whisper then leaves hesitations, repeats and short answers in."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recognised in a window.

    `log_probability` is the mean per token, `no_speech` a probability, `repetition` zlib's compression ratio.
    """

    window: Span
    words: tuple[Word, ...]
    log_probability: float
    no_speech: float
    repetition: float

    @property
    def text(self) -> str:
        """The words as running text."""
        return "".join(w.text for w in self.words).strip()


class Recogniser:
    """A loaded Whisper model. On any failure of the graphics card the work goes on on the processor."""

    def __init__(self, folder: Path, device: str = "auto", threads: int = 0) -> None:
        """Load from a local folder; nothing is ever downloaded.

        Args:
            folder: config.json, model.bin, tokenizer.json, vocabulary.
            device: `auto`, `cpu` or `cuda`.
            threads: processor threads; 0 for all that this process may use.

        Raises:
            ModelMissingError: a file is missing.
            ModelDamagedError: the files cannot be loaded.
        """
        _require_files(folder)
        os.environ["HF_HUB_OFFLINE"] = "1"
        self.notices: list[str] = []
        self._folder = folder
        self._threads = threads or available_processors()
        self.on_gpu = False
        self._changing = threading.Lock()
        self._quick: Any = None  # the model that it belongs to, and a QuickListener
        self._model: Any = self._load_on_gpu() if device in {"auto", "cuda"} else None
        if self._model is None:
            self._model = self._load_on_cpu()

    @property
    def name(self) -> str:
        """The model's id."""
        return self._folder.name

    @property
    def batch(self) -> int:
        """How many windows are decoded side by side."""
        return 16 if self.on_gpu else 4

    def detect_language(self, samples: Floats, windows: Sequence[Span]) -> str:
        """Return the language code of the speech, judged by up to three windows."""
        if not self._model.model.is_multilingual:
            return "en"
        votes: dict[str, float] = {}
        for window in sorted(windows, key=lambda w: -w.length)[:3]:
            language, probability = self.language_vote(_cut(samples, window))
            votes[language] = votes.get(language, 0.0) + probability
            if probability > SURE_LANGUAGE:
                break
        return max(votes, key=lambda code: votes[code]) if votes else "en"

    def language_vote(self, samples: Floats) -> tuple[str, float]:
        """Return the likeliest language of up to 30 s of speech and its probability."""
        if not self._model.model.is_multilingual:
            return "en", 1.0
        language, probability, _ = self._on_either(lambda: self._model.detect_language(samples))
        return str(language), float(probability)

    def hear_quickly(
        self, samples: Floats, language: str, vocabulary: Sequence[str] = (), *, careful: bool = False
    ) -> Heard:
        """Recognise up to 29 s at once, in a hurry, for text that is shown while people talk.

        Args:
            samples: float32 [n], 16 kHz; may end in the middle of a word.
            language: code such as `en`.
            vocabulary: words to expect.
            careful: encode the silence after the sound as well, which costs 0.3 s.
        """
        from app.speech.quick import QuickListener

        def work() -> Heard:
            if self._quick is None or self._quick[0] is not self._model:
                self._quick = (self._model, QuickListener(self._model, padded=self.on_gpu))
            heard: Heard = self._quick[1].words(samples, language, earlier, careful=careful)
            return heard

        earlier = " ".join(t for t in (_hot_words(vocabulary), VERBATIM if language == "en" else "") if t)
        result: Heard = self._on_either(work)
        return result

    def hear(
        self, samples: Floats, windows: Sequence[Span], language: str, vocabulary: Sequence[str] = ()
    ) -> list[Heard]:
        """Recognise windows of at most 30 s side by side. Raises `EngineError` if the model fails on the processor."""
        from faster_whisper import BatchedInferencePipeline

        def work() -> list[Any]:
            segments, _ = BatchedInferencePipeline(self._model).transcribe(
                samples,
                clip_timestamps=[{"start": w.start, "end": w.end} for w in windows],
                language=language,
                beam_size=BEAM,
                batch_size=len(windows),
                word_timestamps=True,
                initial_prompt=VERBATIM if language == "en" else None,
                hotwords=_hot_words(vocabulary),
            )
            return list(segments)

        segments = self._on_either(work)
        frames = self._model.frames_per_second
        return [_heard(w, [s for s in segments if s.seek == int(_clipped(w.start) * frames)], 0.0) for w in windows]

    def hear_again(self, samples: Floats, window: Span, language: str) -> Heard:
        """Recognise one doubtful window with all of Whisper's own guards: sampling at rising temperature, no prompt."""

        import ctranslate2

        def work() -> list[Any]:
            ctranslate2.set_random_seed(1)  # the same recording gives the same transcript
            segments, _ = self._model.transcribe(
                _cut(samples, window),
                language=language,
                beam_size=BEAM,
                condition_on_previous_text=False,
                word_timestamps=True,
                temperature=[0.0, 0.2, 0.4, 0.6],
            )
            return list(segments)

        return _heard(window, self._on_either(work), window.start)

    def _on_either(self, work: Any) -> Any:  # noqa: ANN401 whatever the library returns
        model = self._model
        try:
            return work()
        except (RuntimeError, ValueError, MemoryError):
            with self._changing:
                if self._model is model:  # another thread may have changed to the processor meanwhile
                    self._leave_gpu()
        return self._on_either(work)

    def _leave_gpu(self) -> None:
        if not self.on_gpu:
            raise EngineError("Speech recognition failed.", "Close other programs to free memory, then try again.")
        self.notices.append("The graphics card failed during transcription; the processor went on in its place.")
        self.on_gpu = False
        self._model = self._load_on_cpu()

    def _load_on_gpu(self) -> Any:  # noqa: ANN401 the library ships no types
        import ctranslate2
        from faster_whisper import WhisperModel

        try:
            if ctranslate2.get_cuda_device_count() == 0:
                return None
            kinds = ctranslate2.get_supported_compute_types("cuda")
            kind = next(k for k in ("float16", "int8_float16", "int8", "float32") if k in kinds)
            model = WhisperModel(
                str(self._folder), device="cuda", compute_type=kind, num_workers=_AT_ONCE, local_files_only=True
            )
            model.detect_language(np.zeros(RATE, np.float32))  # loads cuDNN and cuBLAS, which may be missing
        except (RuntimeError, ValueError, OSError, StopIteration):
            self.notices.append("The graphics card could not be used for transcription; the processor was used.")
            return None
        self.on_gpu = True
        return model

    def _load_on_cpu(self) -> Any:  # noqa: ANN401 the library ships no types
        from faster_whisper import WhisperModel

        try:
            return WhisperModel(
                str(self._folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=self._threads,
                num_workers=_AT_ONCE,
                local_files_only=True,
            )
        except MemoryError:
            raise EngineError("There is not enough memory for the speech model.", "Close other programs.") from None
        except Exception as error:  # the tokenizer library raises bare Exception for a damaged file
            if type(error) is not Exception and not isinstance(error, (RuntimeError, ValueError, OSError)):
                raise
            raise ModelDamagedError(
                f"The speech model {self._folder.name} cannot be loaded.", "Run 'anamnesis models verify'."
            ) from None


def available_processors() -> int:
    """Processors that this process may use, at most 8: Whisper gains nothing from more."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(8, usable)


def _require_files(folder: Path) -> None:
    vocabulary = any((folder / name).is_file() for name in ("vocabulary.txt", "vocabulary.json"))
    missing = [n for n in ("config.json", "model.bin", "tokenizer.json") if not (folder / n).is_file()]
    if missing or not vocabulary:
        raise ModelMissingError(
            f"The speech model {folder.name} is not complete: {', '.join(missing) or 'vocabulary'} is missing.",
            f"Run 'anamnesis models fetch {folder.name}'.",
        )


def _clipped(seconds: float) -> float:
    return int(seconds * RATE) / RATE


def _cut(samples: Floats, window: Span) -> Floats:
    return samples[int(window.start * RATE) : int(window.end * RATE)]


def _hot_words(vocabulary: Sequence[str]) -> str | None:
    prompt = ""
    for term in dict.fromkeys(t.strip() for t in vocabulary):
        if term and len(prompt) + len(term) + 2 <= _MAX_HOT_WORDS:
            prompt += f"{', ' if prompt else ''}{term}"
    return f"{prompt}." if prompt else None


def _heard(window: Span, segments: Sequence[Any], offset: float) -> Heard:
    words = [
        Word(
            start=min(max(word.start + offset, window.start), window.end),
            end=min(max(word.end + offset, window.start), window.end),
            text=word.word,
            p=float(word.probability),
        )
        for segment in segments
        for word in segment.words or ()
        if word.word.strip()
    ]
    return Heard(
        window=window,
        words=tuple(words),
        log_probability=min((float(s.avg_logprob) for s in segments), default=0.0),
        no_speech=max((float(s.no_speech_prob) for s in segments), default=0.0),
        repetition=max((float(s.compression_ratio) for s in segments), default=0.0),
    )
