"""The policy's table of the organisation's language server: strict, and off unless it is there."""

import re
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.policy import Policy, parse_policy
from app.server_policy import LanguageServer
from app.settings import RESOURCES
from app.visit.choice import Choice, language_model_of

WHERE = Path("/etc/anamnesis/policy.toml")
MINIMAL = (
    '[language_server]\nurl = "https://llm.clinic.example:8443/v1"\nmodel = "qwen3-14b"\nca_file = "/etc/ca.pem"\n'
)


def server(text: str) -> LanguageServer:
    found = parse_policy(text, WHERE).language_server
    assert found is not None
    return found


def test_no_server_unless_the_policy_names_one():
    assert Policy().language_server is None
    assert parse_policy("lock_minutes = 5", WHERE).language_server is None


def test_the_smallest_table():
    found = server(MINIMAL)
    assert found == LanguageServer("https://llm.clinic.example:8443/v1", "qwen3-14b", "/etc/ca.pem")
    assert found.prefer == "local"
    assert found.address == "llm.clinic.example:8443"
    assert server(MINIMAL.replace("llm.clinic.example:8443", "[fd00::7]")).address == "[fd00::7]:443"


def test_every_key():
    found = server(
        MINIMAL + 'dialect = "vllm"\nprefer = "server"\nproxy = "http://proxy:3128"\nsystem_store = true\n'
        'client_certificate = "/a.crt"\nclient_key = "/a.key"\napi_key_variable = "KEY"\ncontext_tokens = 32768\n'
        "connect_seconds = 2\nfirst_token_seconds = 20\nbetween_tokens_seconds = 5\ntotal_seconds = 60\n"
    )
    assert (found.dialect, found.prefer, found.proxy, found.total_seconds) == (
        "vllm",
        "server",
        "http://proxy:3128",
        60,
    )


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (("https://", "http://"), "url must begin with https"),
        (("https://llm.clinic.example:8443", "http://localhost:1"), "url must begin with https"),
        (("https://", "ftp://"), "url"),
        (("https://", "https://user:secret@"), "url"),
        ((":8443/v1", ":8443/v1?key=1"), "url"),
        ((":8443/v1", ":8443/v1#x"), "url"),
        ((":8443", ":99999"), "url"),
        (("llm.clinic.example", "[llm"), "url"),
        (("https://llm.clinic.example:8443/v1", ""), "url is empty"),
        (("qwen3-14b", "qwen\\u000a3"), "model holds a control character"),
        (('model = "qwen3-14b"', ""), "model is missing"),
        (('ca_file = "/etc/ca.pem"', ""), "ca_file is missing"),
        (('"/etc/ca.pem"', '"ca.pem"'), "ca_file must be a full path"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\nverify = false'), "verify is unknown"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\ntotal_seconds = 0'), "total_seconds must lie between"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\ntotal_seconds = true'), "total_seconds must be a whole number"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\nsystem_store = 1'), "system_store must be true or false"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\nprefer = "cloud"'), "prefer must be one of"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\nclient_key = "/a.key"'), "client_certificate belong together"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\napi_key_file = "/k"\napi_key_variable = "K"'), "exclude each other"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\nproxy = "socks5://p:1"'), "proxy"),
        (('"/etc/ca.pem"', '"/etc/ca.pem"\nproxy = "http://a:b@p:1"'), "proxy"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(change, names):
    with pytest.raises(InputError) as caught:
        parse_policy(MINIMAL.replace(*change), WHERE)
    assert names in str(caught.value)
    assert "language_server" in str(caught.value)
    assert str(WHERE) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_something_else_than_a_table_is_refused():
    with pytest.raises(InputError, match="must be a table"):
        parse_policy("language_server = 'https://x'", WHERE)


def test_plain_http_only_for_loopback_by_number():
    for host in ("127.0.0.1", "[::1]"):
        assert server(f'[language_server]\nurl = "http://{host}:8080/v1"\nmodel = "m"\n').address == f"{host}:8080"
    with pytest.raises(InputError, match="proxy goes with https only"):
        server('[language_server]\nurl = "http://127.0.0.1:8080/v1"\nmodel = "m"\nproxy = "http://p:1"\n')


def test_the_policy_decides_who_drafts_unless_a_person_names_a_model():
    without, local = Policy(), parse_policy(MINIMAL, WHERE)
    preferred = parse_policy(MINIMAL + 'prefer = "server"\n', WHERE)
    assert language_model_of(without) == language_model_of(local) == Choice().language_model
    assert language_model_of(preferred) == language_model_of(local, "organisation") == "organisation"
    assert language_model_of(preferred, "qwen2.5-coder-0.5b-q4") == "qwen2.5-coder-0.5b-q4"
    with pytest.raises(InputError, match="names no language server"):
        language_model_of(without, "organisation")


def test_the_example_names_every_key_with_its_default():
    text = (RESOURCES.parent / "installers" / "common" / "policy.toml.example").read_text(encoding="utf-8")
    table = text[text.index("# [language_server]") :]
    switched_on = "\n".join(re.findall(r"^# (\[\w+\]$|\w+ = .*)", table, re.MULTILINE))
    written = server(switched_on)
    required = LanguageServer(written.url, written.model, written.ca_file)
    assert written == required
    assert all(f"\n{name} = " in f"\n{switched_on}" for name in LanguageServer.__slots__)
