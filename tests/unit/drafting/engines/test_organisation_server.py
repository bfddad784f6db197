"""What goes to the organisation's server and how its answers are read, over plain HTTP on loopback."""

import math

import pytest
from loopback_server import HEAD, chunk, event, frames, serving, status

from app.domain.errors import WorkCancelledError
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, Prompt
from app.drafting.engines.organisation_server import OrganisationServer
from app.drafting.engines.server_errors import ScoresUnsupportedError, ServerError
from app.server_policy import LanguageServer

PROMPT = Prompt("You are a scribe.", "Patient: My knee hurts.", "Go.")
KEY = "sk-7f3a91"


def policy(url: str, **values) -> LanguageServer:
    return LanguageServer(url, "qwen3-14b", **values)


def ask(url: str, grammar: str | None = None, **values) -> str:
    return OrganisationServer(policy(url, **values)).generate(Generation(PROMPT, max_tokens=20, grammar=grammar))


def test_the_answer_comes_in_pieces_and_reading_is_reported():
    pieces: list[str] = []
    read: list[tuple[int, int]] = []
    with serving(lambda line: line.answer("Pain", ": knee", " – links")) as server:
        model = OrganisationServer(policy(server.url))
        answer = model.generate(
            Generation(
                PROMPT, max_tokens=20, on_token=pieces.append, on_read=lambda done, total: read.append((done, total))
            )
        )
    assert answer == "Pain: knee – links"
    assert pieces == ["Pain", ": knee", " – links"]
    total = model.count_tokens(PROMPT)
    assert read == [(0, total), (total, total)]
    assert model.name == "organisation: qwen3-14b"


def test_what_is_sent(monkeypatch):
    monkeypatch.setenv("CLINIC_KEY", KEY)
    with serving(lambda line: line.answer("x")) as server:
        ask(server.url + "/", api_key_variable="CLINIC_KEY")
        ask(server.url)
    first, second = server.asked
    assert first.line == second.line == "POST /v1/chat/completions HTTP/1.1"
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in second.headers
    assert "cookie" not in first.headers
    assert first.json == {
        "model": "qwen3-14b",
        "messages": [
            {"role": "system", "content": "You are a scribe."},
            {"role": "user", "content": "Patient: My knee hurts.\n\nGo."},
        ],
        "max_tokens": 20,
        "temperature": 0.0,
        "stream": True,
    }


def test_each_dialect_is_told_the_form_in_its_own_way():
    with serving(lambda line: line.answer("x")) as server:
        for dialect in ("openai", "vllm", "llama-server"):
            ask(server.url, grammar="root ::= [a-z]+", dialect=dialect)
    plain, vllm, llama = (asked.json for asked in server.asked)
    assert set(plain) == {"model", "messages", "max_tokens", "temperature", "stream"}
    assert vllm["structured_outputs"] == {"grammar": "root ::= [a-z]+"}
    assert llama["grammar"] == "root ::= [a-z]+"
    assert llama["return_progress"] is True


def test_a_server_that_refuses_the_form_is_asked_without_it_from_then_on():
    def script(line):
        line.send(status(400)) if "structured_outputs" in line.asked.json else line.answer("Pain: knee")

    with serving(script) as server:
        model = OrganisationServer(policy(server.url, dialect="vllm"))
        for _ in range(2):
            assert model.generate(Generation(PROMPT, max_tokens=20, grammar="root ::= [a-z]+")) == "Pain: knee"
    assert ["structured_outputs" in asked.json for asked in server.asked] == [True, False, False]


def test_progress_of_reading_is_passed_on():
    def script(line):
        line.send(HEAD + event({"choices": [], "prompt_progress": {"processed": 7, "total": 90}}))
        line.send(b"".join(frames("x")))

    read: list[tuple[int, int]] = []
    with serving(script) as server:
        OrganisationServer(policy(server.url)).generate(
            Generation(PROMPT, max_tokens=5, on_read=lambda done, total: read.append((done, total)))
        )
    assert read[1] == (7, 90)


def test_comments_other_fields_and_thoughts_are_not_part_of_the_answer():
    def script(line):
        line.send(HEAD + chunk(b": keep-alive\r\n\r\nevent: x\r\nid: 4\r\n\r\n"))
        line.send(event({"choices": [{"delta": {"role": "assistant", "content": None}}]}))
        line.send(event({"choices": [{"delta": {"reasoning_content": "the knee?"}}]}))
        line.send(event({"id": "1", "usage": {"total_tokens": 3}, "choices": []}))
        line.send(b"".join(frames("Pain: knee")))

    with serving(script) as server:
        assert ask(server.url) == "Pain: knee"


def test_an_answer_without_words_is_one_but_not_if_it_ran_out_of_tokens():
    with serving(lambda line: line.answer()) as server:
        assert ask(server.url) == ""

    def thinks(line):
        line.send(HEAD + event({"choices": [{"delta": {"reasoning_content": "hm"}, "finish_reason": "length"}]}))
        line.send(chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    with serving(thinks) as server, pytest.raises(ServerError, match="never came to the answer"):
        ask(server.url)


def test_scores_are_shares_and_unsupported_is_said():
    tops = [{"token": "Yes", "logprob": math.log(0.6)}, {"token": " no", "logprob": math.log(0.2)}]

    def script(line):
        line.send(
            HEAD
            + event({"choices": [{"delta": {"content": "Yes"}, "logprobs": {"content": [{"top_logprobs": tops}]}}]})
        )
        line.send(b"".join(frames()))

    with serving(script) as server:
        scores = OrganisationServer(policy(server.url)).score(PROMPT, ("Yes", "No"))
        assert server.asked[0].json["top_logprobs"] == 20
    assert scores["Yes"] == pytest.approx(0.75)
    with serving(lambda line: line.answer("Yes")) as server, pytest.raises(ScoresUnsupportedError):
        OrganisationServer(policy(server.url)).score(PROMPT, ("Yes", "No"))


def test_cancelled_by_a_token_it_had_just_written():
    cancel = CancelToken()
    pieces: list[str] = []

    def stop(piece: str) -> None:
        pieces.append(piece)
        cancel.cancel()

    with serving(lambda line: line.answer("a", "b", "c")) as server, pytest.raises(WorkCancelledError):
        OrganisationServer(policy(server.url)).generate(Generation(PROMPT, max_tokens=9, on_token=stop, cancel=cancel))
    assert pieces == ["a"]


def test_a_users_environment_changes_nothing(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login anna password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(lambda line: line.answer("x")) as server:
        assert ask(server.url) == "x"
    assert "authorization" not in server.asked[0].headers


def test_tokens_are_counted_without_asking_and_never_too_few():
    model = OrganisationServer(policy("http://127.0.0.1:9/v1", context_tokens=4096))
    assert model.count_tokens(PROMPT) > 20
    assert model.context_tokens == 4096
