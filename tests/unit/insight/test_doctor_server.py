"""What `anamnesis doctor` says of the organisation's server and of graphics processors."""

import pytest
from loopback_server import closed_port, serving

from app.drafting.engines import hardware, llama_build
from app.insight import self_test
from app.insight.self_test import Health


@pytest.fixture
def policy(tmp_path, monkeypatch):
    """Writes a policy that names the server at an address."""

    def write(url: str | None, prefer: str = "local") -> None:
        text = f'[language_server]\nurl = "{url}"\nmodel = "qwen3-14b"\nprefer = "{prefer}"\n' if url else ""
        (tmp_path / "policy.toml").write_text(text)

    monkeypatch.setattr("app.policy.machine_policy_file", lambda: tmp_path / "none.toml")
    monkeypatch.setenv("ANAMNESIS_POLICY", str(tmp_path / "policy.toml"))
    return write


def found(name: str) -> self_test.Finding:
    probes = {"server": self_test._server, "graphics": self_test._llama_gpu, "processor": self_test._llama_build}
    probe = probes[name]
    return self_test._try(name, probe)


def test_without_a_server_nothing_leaves(policy):
    policy(None)
    assert found("server") == self_test.Finding(
        "server", Health.OK, "the policy names none; nothing leaves this machine"
    )


def test_a_server_that_answers_is_asked_for_one_word_without_any_patients_words(policy):
    with serving(lambda line: line.answer("Yes")) as server:
        policy(server.url, "server")
        finding = found("server")
    assert finding.health is Health.OK
    assert finding.detail == f"qwen3-14b at 127.0.0.1:{server.port}, preferred: answers"
    (asked,) = server.asked
    assert [message["content"] for message in asked.json["messages"]] == ["You answer with one word.", "Say yes."]
    assert asked.json["max_tokens"] <= 4


def test_a_server_that_fails_is_a_note_because_drafts_are_made_here(policy):
    policy(f"http://127.0.0.1:{closed_port()}/v1")
    finding = found("server")
    assert finding.health is Health.NOTE
    assert "only when named" in finding.detail
    assert "cannot be reached. Drafts are made on this machine." in finding.detail
    assert "\n" not in finding.detail


def test_a_policy_that_is_not_understood_fails(policy):
    policy("http://llm.clinic.example/v1")
    assert found("server").health is Health.FAIL


def test_graphics_processors_of_llama_cpp_are_those_of_its_build(monkeypatch):
    import xllamacpp

    kinds = xllamacpp.ggml_backend_dev_type
    cpu = {"name": "CPU", "description": "EPYC", "memory_total": 16e9, "type": kinds.GGML_BACKEND_DEVICE_TYPE_CPU}
    monkeypatch.setattr(xllamacpp, "get_device_info", lambda: [cpu])
    assert hardware.llama_devices() == ()
    assert found("graphics").health is Health.NOTE
    gpu = cpu | {"name": "CUDA0", "description": "RTX A4000", "type": kinds.GGML_BACKEND_DEVICE_TYPE_GPU}
    monkeypatch.setattr(xllamacpp, "get_device_info", lambda: [cpu, gpu])
    assert found("graphics") == self_test.Finding("graphics", Health.OK, "CUDA0 (RTX A4000, 16.0 GB)")


@pytest.mark.parametrize(
    ("wanted", "running", "fitting", "health", "said"),
    [
        ("avx512vnni", "avx512vnni", ("avx512vnni",), Health.OK, "the build for avx512vnni runs"),
        (
            "avx512vnni",
            "avx2",
            ("avx512vnni",),
            Health.NOTE,
            "the build for avx512vnni cannot be loaded; the wheel's own runs",
        ),
        ("avx2", "avx2", ("avx512vnni",), Health.NOTE, "one for avx512vnni reads twice as fast: scripts/build-llama"),
        ("avx2", "avx2", (), Health.OK, "the wheel's own build runs"),
    ],
)
def test_the_build_of_llama_cpp_and_the_better_one_are_named(monkeypatch, wanted, running, fitting, health, said):
    monkeypatch.setattr(llama_build, "build_here", lambda: wanted)
    monkeypatch.setattr(llama_build, "running_build", lambda: running)
    monkeypatch.setattr(llama_build, "fitting", lambda: fitting)
    finding = found("processor")
    assert finding.health is health
    assert finding.detail.endswith(said)
