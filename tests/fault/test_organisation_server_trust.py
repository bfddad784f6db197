"""Whom the program talks to: the policy's server and nobody else, over TLS that the policy's authority vouches for."""

import asyncio
import ssl
import warnings

import httpx2
import pytest
from loopback_server import serving, status, tunnel
from server_questions import KEY, PROMPT, failure, model
from throwaway_authority import Authority

from app.drafting.engines.language_model import Generation
from app.drafting.engines.server_connection import OnlyThisServer, ServerConnection
from app.drafting.engines.server_errors import ServerError
from app.server_policy import LanguageServer


def test_behind_tls_it_answers(authority, tls):
    with serving(lambda line: line.answer("Pain: knee"), tls) as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            assert model(url, authority).generate(Generation(PROMPT, max_tokens=20)) == "Pain: knee"


def test_an_authority_that_the_policy_does_not_name_is_not_trusted(authority, tmp_path):
    stranger = Authority(tmp_path, "stranger")
    with serving(lambda line: line.answer("x"), stranger.server_context("127.0.0.1")) as server:
        assert "not signed by the authority" in failure(server.url, authority).what
        assert server.asked == []  # not a byte of the question was sent


def test_the_systems_authorities_do_not_count_unless_the_policy_says_so(authority, tmp_path, monkeypatch):
    stranger = Authority(tmp_path, "stranger")
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.file))  # what this process takes for the system's store
    with serving(lambda line: line.answer("x"), stranger.server_context("127.0.0.1")) as server:
        assert "not signed by the authority" in failure(server.url, authority).what
        assert model(server.url, authority, system_store=True).generate(Generation(PROMPT, max_tokens=5)) == "x"


def test_a_certificate_for_another_host_is_not_trusted(authority):
    for names in (("other.clinic.example",), ("127.0.0.2",)):
        with serving(lambda line: line.answer("x"), authority.server_context(*names)) as server:
            assert "is for another" in failure(server.url, authority).what
            assert server.asked == []


def test_an_expired_certificate_is_not_trusted(authority):
    with serving(lambda line: line.answer("x"), authority.server_context("127.0.0.1", expired=True)) as server:
        assert "has expired" in failure(server.url, authority).what
        assert server.asked == []


def test_old_tls_is_refused(authority):
    old = authority.server_context("127.0.0.1")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(lambda line: line.answer("x"), old) as server:
        assert failure(server.url, authority).what
        assert server.asked == []


def test_no_tls_at_all_is_refused(authority):
    with serving(lambda line: line.answer("x")) as server:
        assert failure(server.url.replace("http:", "https:"), authority).what
        assert server.asked == []


def test_a_server_that_asks_for_a_certificate_gets_the_one_of_the_policy(authority, tmp_path):
    context = authority.server_context("127.0.0.1", ask_for_client=True)
    certificate, key = authority.sign("desk-7.clinic.example")
    with serving(lambda line: line.answer("x"), context) as server:
        # with TLS 1.3 the refusal races with the end of the connection
        told = ("refuses this machine's certificate", "closed the connection without an answer")
        assert failure(server.url, authority).what in told
        assert server.asked == []
        named = {"client_certificate": str(certificate), "client_key": str(key)}
        assert model(server.url, authority, **named).generate(Generation(PROMPT, max_tokens=5)) == "x"


def test_files_that_cannot_be_used_are_named_by_their_key(authority, tmp_path):
    (tmp_path / "no.pem").write_text("no certificate")
    (tmp_path / "empty.key").write_text("\n")
    certificate, locked = authority.sign("desk-7.clinic.example", password=b"secret")
    for values, key in (
        ({"ca_file": str(tmp_path / "none.pem")}, "ca_file"),
        ({"ca_file": str(tmp_path / "no.pem")}, "ca_file"),
        ({"client_certificate": str(certificate), "client_key": str(locked)}, "client_key"),
        ({"api_key_file": str(tmp_path / "none.key")}, "api_key_file"),
        ({"api_key_file": str(tmp_path / "empty.key")}, "api_key_file"),
        ({"api_key_variable": "ANAMNESIS_NO_SUCH_KEY"}, "ANAMNESIS_NO_SUCH_KEY"),
    ):
        with pytest.raises(ServerError, match=key):
            ServerConnection(LanguageServer("https://127.0.0.1:9/v1", "m", **values))


def test_a_key_that_would_break_a_header_is_refused_unseen(authority, tmp_path):
    for bad in (f"{KEY}\r\nX-Other: 1", f"{KEY} x", f"{KEY}é", KEY * 1000):
        (tmp_path / "key").write_text(bad, encoding="utf-8")
        with pytest.raises(ServerError) as caught:
            model("https://127.0.0.1:9/v1", authority, api_key_file=str(tmp_path / "key"))
        assert KEY not in str(caught.value)


def test_through_the_policys_proxy_the_connection_is_checked_from_end_to_end(authority, tls, tmp_path, monkeypatch):
    monkeypatch.setenv("CLINIC_KEY", KEY)
    stranger = Authority(tmp_path, "stranger").server_context("127.0.0.1")
    with serving(tunnel) as proxy:
        named = {"proxy": f"http://127.0.0.1:{proxy.port}", "api_key_variable": "CLINIC_KEY"}
        with serving(lambda line: line.answer("x"), tls) as server:
            assert model(server.url, authority, **named).generate(Generation(PROMPT, max_tokens=5)) == "x"
            assert proxy.asked[0].line == f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"
            assert "authorization" not in proxy.asked[0].headers
            assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
        with serving(lambda line: line.answer("x"), stranger) as server:
            assert "not signed by the authority" in failure(server.url, authority, **named).what


def test_a_proxy_that_refuses_is_named(authority):
    with serving(lambda line: line.send(status(403))) as proxy:
        named = {"proxy": f"http://127.0.0.1:{proxy.port}"}
        assert "proxy" in failure("https://127.0.0.1:9/v1", authority, **named).what


def test_a_users_proxy_does_not_count_behind_tls_either(authority, tls, monkeypatch):
    with serving(tunnel) as proxy, serving(lambda line: line.answer("x"), tls) as server:
        for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert model(server.url, authority).generate(Generation(PROMPT, max_tokens=5)) == "x"
        assert proxy.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://llm.clinic.example:8443/v1/chat/completions",
        "https://LLM.clinic.example:8443/v1",
        "http://llm.clinic.example:8443/v1",
        "https://llm.clinic.example/v1",
        "https://llm.clinic.example.evil.example:8443/v1",
        "https://llm.clinic.example:8443@evil.example/v1",
    ],
)
def test_the_transport_itself_lets_nothing_pass_to_another_address(url):
    sent: list[str] = []

    def inner(request: httpx2.Request) -> httpx2.Response:
        sent.append(str(request.url))
        return httpx2.Response(200, content=b"x")

    async def post() -> int:
        address = httpx2.URL("https://llm.clinic.example:8443/v1")
        guarded = OnlyThisServer(httpx2.MockTransport(inner), address, 1000)
        async with httpx2.AsyncClient(transport=guarded, trust_env=False) as client:
            return (await client.post(url)).status_code

    if "clinic.example:8443/" in url.lower() and url.startswith("https"):
        assert asyncio.run(post()) == 200
        assert len(sent) == 1
    else:
        with pytest.raises(ServerError, match="nothing was sent"):
            asyncio.run(post())
        assert sent == []
