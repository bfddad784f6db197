"""The CTranslate2 engine with a tiny model of random weights, made here: its words mean nothing, its manners count."""

import json
import threading

import ctranslate2
import pytest
from tiny_model import make_tiny_model

from app.domain.errors import EngineError, WorkCancelledError
from app.domain.work import CancelToken
from app.drafting.engines.ctranslate import CTranslateModel
from app.drafting.engines.language_model import Generation, Prompt
from app.drafting.engines.loading import load_language_model

PROMPT = Prompt("knee", "knee hurts", "go")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def model(folder):
    loaded = load_language_model(folder, threads=1, context_tokens=200)
    yield loaded
    loaded.close()


def test_folder_with_a_converted_model_picks_this_engine(model):
    assert isinstance(model, CTranslateModel)
    assert model.context_tokens == 200
    assert not model.obeys_grammar
    assert model.count_tokens(PROMPT) > len(["system", "knee", "user", "knee", "hurts", "go", "assistant"])


def test_pieces_make_up_the_answer_and_reading_is_reported(model):
    pieces: list[str] = []
    read: list[tuple[int, int]] = []
    answer = model.generate(
        Generation(
            PROMPT, max_tokens=20, on_token=pieces.append, on_read=lambda done, total: read.append((done, total))
        )
    )
    assert answer
    assert "".join(pieces) == answer
    assert read[0] == (0, model.count_tokens(PROMPT))
    assert model.generate(Generation(PROMPT, max_tokens=20)) == answer


def test_scores_are_shares(model):
    scores = model.score(PROMPT, ("Yes", "No"))
    assert sum(scores.values()) == pytest.approx(1.0)
    assert scores != {"Yes": 0.5, "No": 0.5}


def test_cancelled_before_and_while_running(model):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(WorkCancelledError):
        model.generate(Generation(PROMPT, max_tokens=20, cancel=cancel))
    later = CancelToken()
    threading.Timer(0.001, later.cancel).start()

    def work() -> None:
        for _ in range(10_000):
            model.generate(Generation(PROMPT, max_tokens=100, cancel=later))

    with pytest.raises(WorkCancelledError):
        work()


def test_too_long_closed_and_damaged_are_declared_errors(folder, tmp_path, model):
    with pytest.raises(EngineError, match="too long"):
        model.generate(Generation(Prompt("knee", "knee " * 300, "go"), max_tokens=5))
    model.close()
    with pytest.raises(EngineError, match="closed"):
        model.generate(Generation(PROMPT, max_tokens=5))
    for name in ("config.json", "vocabulary.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:200])
    with pytest.raises(EngineError, match="cannot be loaded"):
        load_language_model(tmp_path)


class _Graphics:
    """Stands for CTranslate2 on a machine with a graphics processor, which fails as `fail` says."""

    def __init__(self, fail: str) -> None:
        self.fail = fail
        self.devices: list[str] = []

    def generator(self, folder, *, device, **options):
        self.devices.append(device)
        if device == "cuda" and self.fail == "loading":
            raise RuntimeError("CUDA failed with error out of memory")
        made = _real_generator(folder, device="cpu", **options)
        return _LameGenerator() if device == "cuda" and self.fail == "first word" else made


class _LameGenerator:
    def generate_batch(self, *_prompts, **_options):
        raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")


_real_generator = ctranslate2.Generator


@pytest.mark.parametrize("fail", ["loading", "first word", ""])
def test_a_graphics_processor_that_fails_makes_it_slower_never_broken(folder, monkeypatch, fail):
    graphics = _Graphics(fail)
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "Generator", graphics.generator)
    model = CTranslateModel(folder, threads=1, context_tokens=200)
    assert model.device == ("cpu" if fail else "cuda")
    assert graphics.devices == (["cuda", "cpu"] if fail else ["cuda"])
    assert model.generate(Generation(PROMPT, max_tokens=5))
    model.close()


def test_unknown_chat_form_is_a_declared_error(folder, tmp_path):
    for name in ("config.json", "vocabulary.json", "model.bin"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    plain = json.loads((folder / "tokenizer.json").read_text())
    plain["added_tokens"] = []
    plain["model"]["vocab"] = {w.replace("|", "."): n for w, n in plain["model"]["vocab"].items()}
    (tmp_path / "tokenizer.json").write_text(json.dumps(plain))
    with pytest.raises(EngineError, match="chat form"):
        load_language_model(tmp_path)
