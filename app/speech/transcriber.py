"""A recording becomes a transcript: voice activity, Whisper, guards against inventions, speakers and roles."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.errors import InputError, ModelMissingError
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.words import Word
from app.domain.work import CancelToken, Progress, no_progress
from app.speech.attempts import is_doubtful, notice, second_attempt
from app.speech.channels import label_by_channel
from app.speech.gaps import GapMap
from app.speech.inventions import Dropped, without_inventions
from app.speech.live.final import EarlierWindow
from app.speech.live.gapped import GappedTranscriber
from app.speech.live.transcriber import LiveTranscriber
from app.speech.recogniser import Heard, Recogniser
from app.speech.speaker_embedding import SpeakerEncoder
from app.speech.speakers import group_voices, label_speakers
from app.speech.utterances import Phrase, in_order, to_phrases, to_utterances
from app.speech.voice_activity import RATE, Span, VoiceActivity, find_speech
from app.speech.windows import WINDOW, plan_windows

Floats = npt.NDArray[np.float32]

_RECOGNISING = 0.9  # share of the progress bar


class Transcriber:
    """Speech recognition with word times and speakers. Loads once, transcribes many recordings, one at a time."""

    def __init__(self, recogniser: Recogniser, encoder: SpeakerEncoder | None) -> None:
        self._recogniser = recogniser
        self._encoder = encoder
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="final-text")

    @classmethod
    def load(
        cls, model_folder: Path, *, speaker_model: Path | None = None, device: str = "auto", threads: int = 0
    ) -> "Transcriber":
        """Load the models from local files; nothing is ever downloaded.

        Args:
            model_folder: a faster-whisper model (config.json, model.bin, tokenizer.json, vocabulary).
            speaker_model: the GE2E weights `pretrained.pt`, or a folder that holds them; None for no speakers.
            device: `auto`, `cpu` or `cuda`; a graphics card that fails is replaced by the processor, with a notice.
            threads: processor threads, 0 for all.

        Raises:
            ModelMissingError, ModelDamagedError, EngineError (not enough memory).
        """
        if device not in {"auto", "cpu", "cuda"}:
            raise InputError(f"There is no device called {device}.", "Use auto, cpu or cuda.")
        encoder = None
        if speaker_model is not None:
            weights = speaker_model / "pretrained.pt" if speaker_model.is_dir() else speaker_model
            encoder = SpeakerEncoder.load(weights)
        return cls(Recogniser(model_folder, device, threads), encoder)

    def warm_up(self) -> None:
        """Run every model once on noise, so that the first words take no longer than others."""
        noise = np.random.default_rng(1).normal(0.0, 0.01, 2 * RATE).astype(np.float32)
        find_speech(noise)
        self._recogniser.hear(noise, [Span(0.0, len(noise) / RATE)], "en")
        if self._encoder is not None:
            self._encoder.embed(noise, [(0.0, 1.6)], CancelToken())

    def transcribe(
        self,
        samples: Floats,
        *,
        vocabulary: Sequence[str] = (),
        speakers: bool = True,
        language: str | None = None,
        gaps: Sequence[float] = (),
        progress: Progress,
        cancel: CancelToken,
        on_utterance: Callable[[Utterance], None] | None = None,
    ) -> Transcript:
        """Transcribe a whole recording.

        Args:
            samples: float32 [n] at 16 kHz in -1..1, or [n, 2] with a microphone per speaker: their mean is recognised,
                and who speaks is told by the louder one.
            vocabulary: words to expect (drugs, names); the first ones count most.
            speakers: label clinician and patient; without the speaker model a notice says that it was not done.
            language: code such as `en`; None to detect it.
            gaps: seconds at which sound is missing; nothing is recognised across them.
            progress: called after every group of windows.
            cancel: asked between groups of windows and before every second attempt.
            on_utterance: called as text appears, without speakers; ids and cuts may differ in the returned transcript.

        Returns:
            The transcript; `duration` is len(samples) / 16000, word times never run backwards. Text that was left out
            as a likely invention is named in `notices` by its time.

        Raises:
            WorkCancelledError, EngineError.
        """
        both = samples if samples.ndim == 2 and samples.shape[1] == 2 else None
        recorded = samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)
        duration, gap_map = len(recorded) / RATE, GapMap(gaps)
        samples = gap_map.widened(recorded)
        cancel.check()
        progress(0.0, "Listening for speech")
        activity = find_speech(samples)
        windows = [w for w in plan_windows(activity, WINDOW) if gap_map.holds_sound(w)]
        if not windows:
            progress(1.0, "No speech found")
            return Transcript(duration, language or "en", self._recogniser.name, (), tuple(self._recogniser.notices))
        cancel.check()
        language = language or self._recogniser.detect_language(samples, windows)
        job = _Job(self._recogniser, samples, activity, language, tuple(vocabulary))
        show = None if on_utterance is None else _after(gap_map.recorded_utterance, on_utterance)
        words = in_order(job.run(windows, progress, cancel, show), len(samples) / RATE)
        phrases = to_phrases(words, activity)
        progress(_RECOGNISING, "Telling the speakers apart")
        voiced = [gap_map.recorded_phrase(p) for p in phrases]
        by_channel = label_by_channel(both, voiced) if both is not None and speakers else None
        labels = by_channel or self._labels(recorded, voiced, cancel, speakers=speakers)
        utterances = tuple(gap_map.recorded_utterance(u) for u in to_utterances(phrases, labels))
        progress(1.0, "Transcribed")
        notices = (*self._recogniser.notices, *(notice(d, gap_map) for d in job.dropped))
        if speakers and self._encoder is None and by_channel is None:
            notices = (*notices, "Speakers were not told apart: the speaker model is not there.")
        return Transcript(duration, language, self._recogniser.name, utterances, notices)

    def listen(
        self,
        *,
        vocabulary: Sequence[str] = (),
        language: str | None = None,
        speakers: bool = True,
        channels: int = 1,
        earlier: Sequence[EarlierWindow] = (),
        sound_from: float = 0.0,
        gaps: Sequence[float] = (),
    ) -> GappedTranscriber:
        """Transcribe a recording while it is made; arguments as `LiveTranscriber`, `gaps` as for `transcribe`."""
        gap_map = GapMap(gaps)

        def start(known: Sequence[EarlierWindow], begin: float) -> LiveTranscriber:
            return LiveTranscriber(
                self._recogniser,
                self._encoder,
                vocabulary=vocabulary,
                language=language,
                speakers=speakers,
                channels=channels,
                earlier=known,
                sound_from=begin,
                executor=self._beside,
                gaps=gap_map,
            )

        return GappedTranscriber(start, gap_map, channels=channels, earlier=earlier, sound_from=sound_from)

    def turns(self, samples: Floats, cancel: CancelToken) -> list[tuple[float, float, int]]:
        """Return who spoke when: start and end in seconds and the number of the voice, phrase by phrase.

        Needs the speaker model (raises `ModelMissingError` without it).
        """
        if self._encoder is None:
            raise ModelMissingError("No speaker model is loaded.", "Run 'anamnesis models fetch speaker-ge2e'.")
        activity = find_speech(samples)
        windows = plan_windows(activity, WINDOW)
        if not windows:
            return []
        language = self._recogniser.detect_language(samples, windows)
        words = _Job(self._recogniser, samples, activity, language, ()).run(windows, no_progress, cancel, None)
        phrases = to_phrases(in_order(words, len(samples) / RATE), activity)
        voices = group_voices(self._encoder, samples, phrases, cancel)
        return [(p.start, p.end, voice) for p, voice in zip(phrases, voices, strict=True)]

    def _labels(
        self, samples: Floats, phrases: Sequence[Phrase], cancel: CancelToken, *, speakers: bool
    ) -> list[Speaker]:
        if not speakers or self._encoder is None:
            return [Speaker.UNKNOWN] * len(phrases)
        return label_speakers(self._encoder, samples, phrases, cancel)


def _after(change: Callable[[Utterance], Utterance], show: Callable[[Utterance], None]) -> Callable[[Utterance], None]:
    return lambda utterance: show(change(utterance))


class _Job:
    """The recognition of one recording."""

    def __init__(
        self,
        recogniser: Recogniser,
        samples: Floats,
        activity: VoiceActivity,
        language: str,
        vocabulary: tuple[str, ...],
    ) -> None:
        self._recogniser = recogniser
        self._samples = samples
        self._activity = activity
        self._language = language
        self._vocabulary = vocabulary
        self.dropped: list[Dropped] = []

    def run(
        self,
        windows: Sequence[Span],
        progress: Progress,
        cancel: CancelToken,
        on_utterance: Callable[[Utterance], None] | None,
    ) -> list[Word]:
        words: list[Word] = []
        shown = done = 0
        while done < len(windows):
            cancel.check()
            group = windows[done : done + self._recogniser.batch]
            fresh: list[Word] = []
            for heard in self._recogniser.hear(self._samples, group, self._language, self._vocabulary):
                cancel.check()
                kept, dropped = without_inventions(self._second_attempt(heard), self._activity)
                fresh.extend(kept)
                self.dropped.extend(dropped)
            done += len(group)
            words.extend(fresh)
            shown = self._show(fresh, shown, on_utterance)
            progress(_RECOGNISING * done / len(windows), "Transcribing")
        return words

    def _second_attempt(self, heard: Heard) -> Heard:
        if not is_doubtful(heard, self._activity, self._vocabulary):
            return heard
        return second_attempt(self._recogniser, self._samples, heard, self._activity, self._language)

    def _show(self, words: list[Word], shown: int, on_utterance: Callable[[Utterance], None] | None) -> int:
        if on_utterance is None or not words:
            return shown
        phrases = to_phrases(in_order(words, len(self._samples) / RATE), self._activity)
        utterances = to_utterances(phrases, [Speaker.UNKNOWN] * len(phrases))
        for number, u in enumerate(utterances, shown + 1):
            on_utterance(Utterance(f"u{number}", u.start, u.end, u.speaker, u.text, u.words))
        return shown + len(utterances)
