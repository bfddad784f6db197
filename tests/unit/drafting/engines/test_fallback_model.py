"""The organisation's server with the local model behind it: who writes is known, and told."""

import pytest
from drafting_doubles import ScriptedModel
from loopback_server import HEAD, closed_port, frames, serving, status

from app.domain.errors import InputError, ModelMissingError, WorkCancelledError
from app.domain.note import Note
from app.domain.work import CancelToken
from app.drafting.engines import fallback_model
from app.drafting.engines.fallback_model import DRAFTING_HERE, FallbackModel
from app.drafting.engines.language_model import Generation, Prompt
from app.drafting.engines.loading import Elsewhere, load_organisation, names_of
from app.drafting.engines.server_errors import ScoresUnsupportedError
from app.engine.server_work import ServerWork
from app.server_policy import LanguageServer

PROMPT = Prompt("s", "c", "i")
THERE = "organisation: big"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(fallback_model, "RETRY_PAUSE", 0.0)


def behind(url: str, **values) -> tuple[FallbackModel, list[str]]:
    loads: list[str] = []

    def local() -> ScriptedModel:
        loads.append("local")
        return ScriptedModel(lambda _: "from here")

    return FallbackModel(LanguageServer(url, "big", **values), local), loads


def test_the_server_answers_and_the_local_model_is_not_even_loaded():
    with serving(lambda line: line.answer("from there")) as server:
        model, loads = behind(server.url)
        model.begin()
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from there"
    assert (model.name, loads) == (THERE, [])
    assert model.notices() == ("Drafted by the organisation's server with the model big.",)
    assert model.notices([THERE]) == model.notices()


def test_nobody_listens_and_the_local_model_drafts_and_says_so():
    model, loads = behind(f"http://127.0.0.1:{closed_port()}/v1")
    told: list[str] = []
    model.begin(told.append)
    for _ in range(3):
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from here"
    assert (model.name, loads, told) == ("scripted", ["local"], [DRAFTING_HERE])
    assert model.notices() == ("The organisation's server cannot be reached; drafted on this machine.",)
    assert names_of(model) == {"scripted", THERE}


def test_once_more_if_nothing_was_written_and_it_may_pass():
    tries: list[int] = []

    def script(line):
        tries.append(1)
        line.send(status(503)) if len(tries) == 1 else line.answer("from there")

    with serving(script) as server:
        model, loads = behind(server.url)
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from there"
    assert (len(tries), loads) == (2, [])


@pytest.mark.parametrize("number", [302, 400, 401, 404])
def test_no_second_try_where_it_would_not_help(number):
    with serving(lambda line: line.send(status(number))) as server:
        model, _ = behind(server.url)
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from here"
    assert len(server.asked) == 1


def test_no_second_try_once_something_was_written_and_the_answer_begins_again():
    def script(line):
        line.send(HEAD + frames("half a")[0])

    pieces: list[str] = []
    with serving(script) as server:
        model, _ = behind(server.url)
        assert model.generate(Generation(PROMPT, max_tokens=9, on_token=pieces.append)) == "from here"
    assert len(server.asked) == 1
    assert "".join(pieces) == "half afrom here"


def test_a_server_that_failed_is_left_alone_for_a_while_and_asked_again_later(monkeypatch):
    answers = iter([status(500), status(500)])

    def script(line):
        first = next(answers, None)
        line.send(first) if first else line.answer("from there")

    with serving(script) as server:
        model, _ = behind(server.url)
        model.begin()
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from here"
        assert not model.is_remote
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from here"
        assert len(server.asked) == 2
        monkeypatch.setattr(model, "_not_before", 0.0)
        assert model.generate(Generation(PROMPT, max_tokens=9)) == "from there"
    assert model.notices() == (
        "Drafted in part by the organisation's server with the model big.",
        "The organisation's server did not answer; drafted in part on this machine.",
    )


def test_a_draft_is_named_by_those_who_wrote_it_also_before_this_process():
    model, _ = behind("http://127.0.0.1:9/v1")
    model.begin()
    assert model.notices() == ()
    assert model.notices(["scripted"]) == ("The organisation's server did not answer; drafted on this machine.",)
    assert len(model.notices(["scripted", THERE])) == 2


def test_neither_server_nor_local_model_is_a_declared_error():
    def local():
        raise ModelMissingError("The model file x is missing.", "Run `anamnesis models fetch x`.")

    model = FallbackModel(LanguageServer(f"http://127.0.0.1:{closed_port()}/v1", "big"), local)
    with pytest.raises(ModelMissingError, match=r"cannot be reached, and no local model is here\. Run"):
        model.generate(Generation(PROMPT, max_tokens=9))


def test_cancelling_is_no_failure_of_the_server():
    cancel = CancelToken()
    with serving(lambda line: (cancel.cancel(), line.wait_until_closed())) as server:
        model, loads = behind(server.url)
        with pytest.raises(WorkCancelledError):
            model.generate(Generation(PROMPT, max_tokens=9, cancel=cancel))
    assert (model.is_remote, loads) == (True, [])


def test_a_server_without_probabilities_is_not_out_of_order():
    with serving(lambda line: line.answer("Yes")) as server:
        model, loads = behind(server.url)
        with pytest.raises(ScoresUnsupportedError):
            model.score(PROMPT, ("Yes", "No"))
    assert (model.is_remote, loads) == (True, [])


def test_prompts_are_cut_for_the_smaller_of_the_two():
    assert behind("http://127.0.0.1:9/v1", context_tokens=100_000)[0].context_tokens == 8192
    assert behind("http://127.0.0.1:9/v1", context_tokens=4096)[0].context_tokens == 4096


def test_the_note_and_the_progress_line_tell_of_a_fall_back():
    model, _ = behind(f"http://127.0.0.1:{closed_port()}/v1")
    heard: list[tuple[float, str]] = []
    work = ServerWork(model, lambda fraction, phrase: heard.append((fraction, phrase)))
    work.progress(0.25, "reading the transcript")
    model.generate(Generation(PROMPT, max_tokens=9))
    assert heard == [(0.25, "reading the transcript"), (0.25, DRAFTING_HERE)]
    assert work.named(Note("soap", (), ("n",)), []).notices == (
        "The organisation's server cannot be reached; drafted on this machine.",
        "n",
    )
    local = ScriptedModel(lambda _: "")
    assert ServerWork(local, lambda *_: None).named(Note("soap", ()), ["scripted"]).notices == ()
    assert not isinstance(local, Elsewhere)


def test_only_a_policy_can_name_a_server(monkeypatch, tmp_path):
    monkeypatch.setattr("app.policy.machine_policy_file", lambda: tmp_path / "none.toml")
    monkeypatch.delenv("ANAMNESIS_POLICY", raising=False)
    with pytest.raises(InputError, match="names no language server"):
        load_organisation(lambda _named: ScriptedModel(lambda _: ""))
    (tmp_path / "p.toml").write_text('[language_server]\nurl = "http://127.0.0.1:9/v1"\nmodel = "big"\n')
    monkeypatch.setenv("ANAMNESIS_POLICY", str(tmp_path / "p.toml"))
    assert load_organisation(lambda _named: ScriptedModel(lambda _: "")).name == THERE
