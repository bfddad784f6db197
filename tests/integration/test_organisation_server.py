"""Drafting through a server of the organisation: a real one behind TLS, and the program as its users start it."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading

import pytest
from drafting_doubles import visit as visit_of
from llama_server import llama_server
from loopback_server import closed_port, forward, serving
from program import REPOSITORY, anamnesis, environment, is_declared
from throwaway_authority import Authority

from app.domain.errors import WorkCancelledError
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, Prompt
from app.drafting.engines.organisation_server import OrganisationServer
from app.engine.supervisor import Engine
from app.server_policy import LanguageServer
from app.settings import find_paths
from app.visit.choice import Choice
from app.wiring import build

SMALL = find_paths().models / "qwen2.5-coder-0.5b-q4"
VISIT = "Doctor: Any fever or cough?\nPatient: No. I take lisinopril, 10 mg a day.\nDoctor: I will order an ECG.\n"
PROMPT = Prompt("You are a scribe.", "Patient: My left knee has hurt since Monday. I take ibuprofen.", "What hurts?")

# the machine may be busy, and patience is tested elsewhere
PATIENT = {"first_token_seconds": 280, "between_tokens_seconds": 280, "total_seconds": 280}

has_small = pytest.mark.skipif(not list(SMALL.glob("*.gguf")), reason=f"no model in {SMALL}: anamnesis models fetch")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="module")
def tls(authority):
    return authority.server_context("127.0.0.1")


@pytest.fixture(scope="module")
def llama():
    with llama_server(next(SMALL.glob("*.gguf"))) as port:
        yield port


@pytest.fixture
def visit(tmp_path):
    path = tmp_path / "visit.txt"
    path.write_text(VISIT)
    return path


@pytest.fixture
def policy(tmp_path, authority):
    """Writes a policy that names the server at an address; returns the environment that points to it."""

    def write(url: str, *more: str) -> dict[str, str]:
        lines = [
            "[language_server]",
            f'url = "{url}"',
            'model = "clinic-model"',
            f'ca_file = "{authority.file}"',
            *more,
        ]
        lines += [f"{key} = {seconds}" for key, seconds in PATIENT.items()]
        path = tmp_path / "policy.toml"
        path.write_text("\n".join(lines))
        return {"ANAMNESIS_POLICY": str(path)}

    return write


@pytest.mark.models
@has_small
class TestLlamaServer:
    def test_answers_obeys_its_grammar_and_reports_reading(self, llama, tls, authority):
        with serving(forward(llama), tls) as front:
            server = LanguageServer(front.url, "any", str(authority.file), **PATIENT, dialect="llama-server")
            model = OrganisationServer(server)
            read: list[tuple[int, int]] = []
            pieces: list[str] = []
            answer = model.generate(
                Generation(
                    PROMPT,
                    max_tokens=30,
                    grammar='root ::= "Pain: " [a-z ]{1,20} "\\n"',
                    on_token=pieces.append,
                    on_read=lambda done, total: read.append((done, total)),
                )
            )
        assert re.fullmatch(r"Pain: [a-z ]{1,20}\n?", answer)
        assert "".join(pieces) == answer
        assert len(read) >= 2
        assert read[-1][0] == read[-1][1]

    def test_plain_openai_and_vllm_requests_are_understood_too(self, llama, tls, authority):
        with serving(forward(llama), tls) as front:
            for dialect in ("openai", "vllm"):
                server = LanguageServer(front.url, "any", str(authority.file), **PATIENT, dialect=dialect)
                assert OrganisationServer(server).generate(Generation(PROMPT, max_tokens=8, grammar='root ::= "a"'))

    def test_scores_are_shares(self, llama, tls, authority):
        with serving(forward(llama), tls) as front:
            server = LanguageServer(front.url, "any", str(authority.file), **PATIENT)
            question = Prompt(PROMPT.system, PROMPT.context, "Does the knee hurt? Answer Yes or No.")
            scores = OrganisationServer(server).score(question, ("Yes", "No"))
        assert sum(scores.values()) == pytest.approx(1.0)
        assert scores["Yes"] != scores["No"]

    def test_cancelled_while_it_writes(self, llama, tls, authority):
        cancel = CancelToken()
        with serving(forward(llama), tls) as front:
            server = LanguageServer(front.url, "any", str(authority.file), **PATIENT)
            with pytest.raises(WorkCancelledError):
                OrganisationServer(server).generate(
                    Generation(PROMPT, max_tokens=800, on_token=lambda _: cancel.cancel(), cancel=cancel)
                )
            assert OrganisationServer(server).generate(Generation(PROMPT, max_tokens=3))

    def test_a_whole_draft_is_written_there(self, llama, tls, policy, visit, tmp_path):
        with serving(forward(llama), tls) as front:
            where = policy(front.url, 'dialect = "llama-server"', 'prefer = "server"')
            done = anamnesis("draft", visit, "--json", ANAMNESIS_MODELS_DIR=str(tmp_path / "none"), **where)
            asked = len(front.asked)
        assert done.status == 0, done.err
        note = json.loads(done.out)
        assert note["notices"][0] == "Drafted by the organisation's server with the model clinic-model."
        assert asked >= 1
        assert any("lisinopril" in s["text"].lower() for section in note["sections"] for s in section["statements"])


@pytest.mark.models
@has_small
def test_without_an_answer_the_local_model_drafts_and_the_note_says_so(policy, visit):
    where = policy(f"https://127.0.0.1:{closed_port()}/v1", f'local_model = "{SMALL.name}"')
    done = anamnesis("draft", visit, "--model", "organisation", "--json", **where)
    assert done.status == 0, done.err
    note = json.loads(done.out)
    assert note["notices"][0] == "The organisation's server cannot be reached; drafted on this machine."
    assert any("lisinopril" in s["text"].lower() for section in note["sections"] for s in section["statements"])


def test_with_no_server_and_no_model_one_line_says_what_to_do(policy, visit, tmp_path):
    where = policy(f"https://127.0.0.1:{closed_port()}/v1")
    models = str(tmp_path / "none")
    done = anamnesis("draft", visit, "--model", "organisation", ANAMNESIS_MODELS_DIR=models, **where)
    assert is_declared(done)
    assert "cannot be reached, and no local model is here" in done.err
    assert "models fetch" in done.err


def test_it_can_only_be_chosen_where_a_policy_names_it(visit, tmp_path):
    (tmp_path / "empty.toml").write_text("")
    done = anamnesis("draft", visit, "--model", "organisation", ANAMNESIS_POLICY=str(tmp_path / "empty.toml"))
    assert is_declared(done)
    assert "names no language server" in done.err


def test_the_list_of_models_shows_it(policy, tmp_path):
    where = policy("https://llm.clinic.example:8443/v1", 'prefer = "server"')
    done = anamnesis("models", "list", "--json", ANAMNESIS_MODELS_DIR=str(tmp_path), **where)
    listed = json.loads(done.out)
    assert listed["server"] == {
        "id": "organisation",
        "model": "clinic-model",
        "address": "llm.clinic.example:8443",
        "prefer": "server",
    }
    text = anamnesis("models", "list", ANAMNESIS_MODELS_DIR=str(tmp_path), **where).out
    assert "clinic-model on the organisation's server llm.clinic.example:8443" in text
    assert "Drafts are written by organisation" in text


def test_the_program_drafts_there_if_the_policy_prefers_it(policy, monkeypatch, tmp_path):
    for prefer, model in (("server", "organisation"), ("local", Choice().language_model)):
        for name, value in policy("https://llm.clinic.example/v1", f'prefer = "{prefer}"').items():
            monkeypatch.setenv(name, value)
        assert build(find_paths(tmp_path)).choice.language_model == model


def test_a_cancelled_draft_closes_the_connection_and_the_engine_process_lives_on(policy, monkeypatch, tls, tmp_path):
    asked, closed = threading.Event(), []

    def silent(line):
        asked.set()
        closed.append(line.wait_until_closed())

    with serving(silent, tls) as server:
        for name, value in policy(server.url).items():
            monkeypatch.setenv(name, value)
        engine = Engine(tmp_path / "none")
        try:
            job = engine.draft(visit_of("P: I take lisinopril for my blood pressure."), model="organisation")
            assert asked.wait(60)
            process = engine.process_id
            job.cancel()
            with pytest.raises(WorkCancelledError):
                job.result()
            server.join(10)
            assert closed == [True]
            assert engine.process_id == process
        finally:
            engine.close()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing")
def test_only_the_address_of_the_policy_is_contacted_and_by_the_engine_alone(policy, visit, tls, tmp_path):
    (tmp_path / "home").mkdir()
    trace = tmp_path / "trace"
    with serving(lambda line: line.answer("medicines: lisinopril 10 mg\n"), tls) as server:
        where = policy(server.url, 'prefer = "server"')
        done = subprocess.run(
            [
                *("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg,bind,execve"),
                *("-o", str(trace), sys.executable, "-m", "app", "draft", str(visit)),
            ],
            cwd=REPOSITORY,
            env=environment(HOME=str(tmp_path / "home"), ANAMNESIS_MODELS_DIR=str(tmp_path / "none"), **where),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        port, connections = server.port, server.connections
    assert done.returncode == 0, done.stderr
    assert "Drafted by the organisation's server" in done.stdout
    calls = [line for line in trace.read_text().splitlines() if "AF_INET" in line]
    there = [line for line in calls if f"sin_port=htons({port})" in line and 'inet_addr("127.0.0.1")' in line]
    assert calls == there
    assert len([line for line in there if "connect(" in line]) == connections >= 1
    window = trace.read_text().split(maxsplit=1)[0]
    assert all(not line.startswith(f"{window} ") for line in there)
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert left == [], [os.fspath(path) for path in left]
