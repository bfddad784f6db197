"""The order of work, cancelling, notices and live text, with a stand-in for Whisper."""

from collections.abc import Sequence

import numpy as np
import pytest

from app.domain.errors import InputError, ModelMissingError, WorkCancelledError
from app.domain.transcript import Speaker, Utterance
from app.domain.words import Word
from app.domain.work import CancelToken, no_progress
from app.speech import transcriber as module
from app.speech.recogniser import Heard
from app.speech.transcriber import Transcriber
from app.speech.voice_activity import RATE, Span, VoiceActivity


class FakeRecogniser:
    """Says one sentence per window, or what the test scripts."""

    name = "fake-model"
    batch = 2

    def __init__(self, script: dict[float, Heard] | None = None) -> None:
        self.notices: list[str] = []
        self.script = script or {}
        self.groups: list[int] = []
        self.again: list[float] = []
        self.vocabulary: Sequence[str] = ()
        self.language = ""

    def detect_language(self, _samples: object, _windows: object) -> str:
        return "en"

    def hear(self, _samples: object, windows: Sequence[Span], language: str, vocabulary: Sequence[str]) -> list[Heard]:
        self.groups.append(len(windows))
        self.vocabulary, self.language = vocabulary, language
        return [self.script.get(w.start, sentence(w)) for w in windows]

    def hear_again(self, _samples: object, window: Span, _language: str) -> Heard:
        self.again.append(window.start)
        return sentence(window)


def sentence(window: Span, text: str = "It hurts in my left knee at night.", **figures: float) -> Heard:
    words = text.split()
    each = window.length / len(words)
    return Heard(
        window,
        tuple(Word(window.start + i * each, window.start + (i + 1) * each, f" {w}", 0.9) for i, w in enumerate(words)),
        figures.get("log_probability", -0.2),
        figures.get("no_speech", 0.01),
        figures.get("repetition", 1.2),
    )


@pytest.fixture
def five_stretches(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A recording of 60 s with five stretches of speech of 2 s, far apart."""
    spans = tuple(Span(12.0 * i, 12.0 * i + 2.0) for i in range(5))
    probability = np.zeros(1_875, np.float32)
    for span in spans:
        probability[int(span.start / 0.032) : int(span.end / 0.032)] = 1.0
    monkeypatch.setattr(module, "find_speech", lambda _samples: VoiceActivity(probability, spans))
    return np.zeros(60 * RATE, np.float32)


def transcriber(recogniser: FakeRecogniser) -> Transcriber:
    return Transcriber(recogniser, None)  # type: ignore[arg-type] # a stand-in with the same methods


def test_transcript_of_five_stretches(five_stretches: np.ndarray) -> None:
    recogniser = FakeRecogniser()
    seen: list[tuple[float, str]] = []
    live: list[Utterance] = []
    result = transcriber(recogniser).transcribe(
        five_stretches,
        vocabulary=["metformin"],
        speakers=False,
        progress=lambda f, p: seen.append((f, p)),
        cancel=CancelToken(),
        on_utterance=live.append,
    )
    assert result.duration == 60.0
    assert result.model == "fake-model"
    assert result.language == "en"
    assert result.notices == ()
    assert [u.id for u in result.utterances] == ["u1", "u2", "u3", "u4", "u5"]
    assert {u.speaker for u in result.utterances} == {Speaker.UNKNOWN}
    assert [u.text for u in live] == [u.text for u in result.utterances]
    assert [u.id for u in live] == ["u1", "u2", "u3", "u4", "u5"]
    assert recogniser.groups == [2, 2, 1]
    assert recogniser.vocabulary == ("metformin",)
    fractions = [f for f, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert not any("knee" in phrase for _, phrase in seen)


def test_no_speech_is_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    recogniser = FakeRecogniser()
    result = transcriber(recogniser).transcribe(
        np.zeros(600 * RATE, np.float32), progress=no_progress, cancel=CancelToken()
    )
    assert result.utterances == ()
    assert result.duration == 600.0
    assert recogniser.groups == []


def test_named_language_is_used(five_stretches: np.ndarray) -> None:
    recogniser = FakeRecogniser()
    transcriber(recogniser).transcribe(five_stretches, language="de", progress=no_progress, cancel=CancelToken())
    assert recogniser.language == "de"


def test_cancel_stops_at_the_next_group(five_stretches: np.ndarray) -> None:
    recogniser = FakeRecogniser()
    cancel = CancelToken()

    def stop(fraction: float, _phrase: str) -> None:
        if fraction > 0:
            cancel.cancel()

    with pytest.raises(WorkCancelledError):
        transcriber(recogniser).transcribe(five_stretches, progress=stop, cancel=cancel)
    assert recogniser.groups == [2]


def test_a_looping_window_is_heard_again(five_stretches: np.ndarray) -> None:
    loop = sentence(Span(12.0, 14.0), "pain pain pain pain pain pain pain pain", repetition=5.0)
    recogniser = FakeRecogniser({12.0: loop})
    result = transcriber(recogniser).transcribe(
        five_stretches, speakers=False, progress=no_progress, cancel=CancelToken()
    )
    assert recogniser.again == [12.0]
    assert result.utterances[1].text == "It hurts in my left knee at night."


def test_what_is_left_out_is_named_by_time_never_by_text(
    five_stretches: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRecogniser, "hear_again", lambda _self, _samples, window, _language: invented(window))

    def invented(window: Span) -> Heard:
        quiet = Span(window.start + 4, window.start + 6)
        words = sentence(quiet, "The patient was given morphine.").words
        return Heard(window, tuple(Word(w.start, w.end, w.text, 0.2) for w in words), -1.5, 0.9, 1.0)

    recogniser = FakeRecogniser({24.0: invented(Span(24.0, 26.0))})
    result = transcriber(recogniser).transcribe(
        five_stretches, speakers=False, progress=no_progress, cancel=CancelToken()
    )
    assert len(result.utterances) == 4
    assert len(result.notices) == 1
    assert "0:28 to 0:30" in result.notices[0]
    assert "morphine" not in result.notices[0]


def test_notices_of_the_machine_are_passed_on(five_stretches: np.ndarray) -> None:
    recogniser = FakeRecogniser()
    recogniser.notices.append("The graphics card could not be used for transcription; the processor was used.")
    result = transcriber(recogniser).transcribe(
        five_stretches, speakers=False, progress=no_progress, cancel=CancelToken()
    )
    assert result.notices == tuple(recogniser.notices)


def test_loading_without_files_is_a_declared_error(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    with pytest.raises(ModelMissingError, match="not complete"):
        Transcriber.load(folder)
    with pytest.raises(ModelMissingError, match="speaker model"):
        Transcriber.load(folder, speaker_model=folder)
    with pytest.raises(InputError, match="no device"):
        Transcriber.load(folder, device="tpu")


def test_missing_speaker_model_is_said(five_stretches: np.ndarray) -> None:
    result = transcriber(FakeRecogniser()).transcribe(five_stretches, progress=no_progress, cancel=CancelToken())
    assert {u.speaker for u in result.utterances} == {Speaker.UNKNOWN}
    assert len(result.notices) == 1
    assert "speaker model" in result.notices[0]
