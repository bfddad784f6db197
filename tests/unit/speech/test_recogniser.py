"""Falling back from the graphics card, declared errors, and times from faster-whisper, with stand-ins for it."""

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
import pytest

from app.domain.errors import EngineError, ModelDamagedError, ModelMissingError
from app.speech.recogniser import VERBATIM, Recogniser, _hot_words
from app.speech.voice_activity import RATE, Span

SAMPLES = np.zeros(RATE * 10, np.float32)


class FakeModel:
    """Stands for WhisperModel; `broken` devices fail when used."""

    loaded: list[tuple[str, str]]
    broken: set[str]
    unloadable: set[str]

    def __init__(self, _folder: str, *, device: str, compute_type: str, local_files_only: bool, **_: Any) -> None:
        assert local_files_only
        if device in self.unloadable:
            raise RuntimeError("CUDA failed with error out of memory")
        self.device = device
        self.loaded.append((device, compute_type))
        self.model = types.SimpleNamespace(is_multilingual=True)
        self.frames_per_second = 100

    def detect_language(self, _samples: np.ndarray) -> tuple[str, float, None]:
        return "fr", 0.9, None


class FakePipeline:
    """Stands for BatchedInferencePipeline."""

    options: dict[str, Any]

    def __init__(self, model: FakeModel) -> None:
        self.model = model

    def transcribe(self, _samples: np.ndarray, **options: Any) -> tuple[list[Any], None]:
        FakePipeline.options = options
        if self.model.device in self.model.broken:
            raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")
        return [segment(clip["start"]) for clip in options["clip_timestamps"]], None


def segment(start: float) -> Any:
    word = types.SimpleNamespace(start=start + 0.5, end=start + 99.0, word=" pain", probability=0.9)
    blank = types.SimpleNamespace(start=start, end=start, word=" ", probability=0.1)
    return types.SimpleNamespace(
        seek=int(start * 100), words=[word, blank], avg_logprob=-0.3, no_speech_prob=0.02, compression_ratio=1.1
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "whisper-test"
    path.mkdir()
    for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"):
        (path / name).write_text("{}")
    return path


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make a machine with or without a graphics card."""

    def make(cards: int = 0, broken: set[str] | None = None, unloadable: set[str] | None = None) -> None:
        FakeModel.loaded, FakeModel.broken, FakeModel.unloadable = [], broken or set(), unloadable or set()
        monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: cards)
        monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda _device: {"float32", "float16"})
        monkeypatch.setattr(faster_whisper, "WhisperModel", FakeModel)
        monkeypatch.setattr(faster_whisper, "BatchedInferencePipeline", FakePipeline)

    return make


def test_processor_only(folder: Path, machine: Callable[..., None]) -> None:
    machine()
    recogniser = Recogniser(folder)
    assert FakeModel.loaded == [("cpu", "int8")]
    assert recogniser.notices == []
    assert recogniser.name == "whisper-test"
    assert recogniser.detect_language(SAMPLES, [Span(0, 5)]) == "fr"


def test_graphics_card_is_used(folder: Path, machine: Callable[..., None]) -> None:
    machine(cards=1)
    recogniser = Recogniser(folder)
    assert FakeModel.loaded == [("cuda", "float16")]
    assert recogniser.on_gpu
    assert recogniser.batch > 4


def test_the_person_may_refuse_the_card(folder: Path, machine: Callable[..., None]) -> None:
    machine(cards=1)
    Recogniser(folder, device="cpu")
    assert FakeModel.loaded == [("cpu", "int8")]


def test_card_that_does_not_load_falls_back_with_a_notice(folder: Path, machine: Callable[..., None]) -> None:
    machine(cards=1, unloadable={"cuda"})
    recogniser = Recogniser(folder)
    assert FakeModel.loaded == [("cpu", "int8")]
    assert "could not be used" in recogniser.notices[0]


def test_card_that_fails_during_work_falls_back_and_nothing_is_lost(folder: Path, machine: Callable[..., None]) -> None:
    machine(cards=1, broken={"cuda"})
    recogniser = Recogniser(folder)
    heard = recogniser.hear(SAMPLES, [Span(0, 4), Span(5, 9)], "en")
    assert [h.text for h in heard] == ["pain", "pain"]
    assert FakeModel.loaded == [("cuda", "float16"), ("cpu", "int8")]
    assert "failed during transcription" in recogniser.notices[0]
    assert not recogniser.on_gpu


def test_failure_on_the_processor_is_a_declared_error(folder: Path, machine: Callable[..., None]) -> None:
    machine(broken={"cpu"})
    with pytest.raises(EngineError, match="failed"):
        Recogniser(folder).hear(SAMPLES, [Span(0, 4)], "en")


def test_model_that_does_not_load_is_damaged(folder: Path, machine: Callable[..., None]) -> None:
    machine(unloadable={"cpu"})
    with pytest.raises(ModelDamagedError, match="whisper-test"):
        Recogniser(folder)


@pytest.mark.parametrize("name", ["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelMissingError, match=r"is missing"):
        Recogniser(folder)


def test_damaged_files_of_every_kind_are_declared(folder: Path) -> None:
    with pytest.raises(ModelDamagedError):
        Recogniser(folder, device="cpu")


def test_times_stay_inside_their_window(folder: Path, machine: Callable[..., None]) -> None:
    machine()
    first, second = Recogniser(folder).hear(SAMPLES, [Span(0.333, 4), Span(5.777, 9)], "en")
    assert [(w.start, w.end) for w in first.words] == [(pytest.approx(0.833), 4)]
    assert [(w.start, w.end) for w in second.words] == [(pytest.approx(6.277), 9)]
    assert second.log_probability == -0.3


def test_prompts(folder: Path, machine: Callable[..., None]) -> None:
    machine()
    recogniser = Recogniser(folder)
    recogniser.hear(SAMPLES, [Span(0, 4)], "en", ["metformin", "metformin", " lisinopril "])
    assert FakePipeline.options["initial_prompt"] == VERBATIM
    assert FakePipeline.options["hotwords"] == "metformin, lisinopril."
    recogniser.hear(SAMPLES, [Span(0, 4)], "de")
    assert FakePipeline.options["initial_prompt"] is None
    assert FakePipeline.options["hotwords"] is None


def test_a_long_vocabulary_is_cut_at_a_whole_word() -> None:
    prompt = _hot_words([f"drug{n}" for n in range(1_000)])
    assert prompt is not None
    assert len(prompt) <= 401
    assert prompt.startswith("drug0, drug1,")
    assert _hot_words(["", "  "]) is None
