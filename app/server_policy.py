"""The organisation's own language-model server, as the policy's table [language_server] names it."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

TABLE = "language_server"
ORGANISATION = "organisation"
"""The id by which the server is named where a model can be chosen."""

Dialect = Literal["openai", "vllm", "llama-server"]
Prefer = Literal["server", "local"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "dialect": ("openai", "vllm", "llama-server"),
    "prefer": ("server", "local"),
}
_SPANS = {
    "context_tokens": (1024, 1_000_000),
    "connect_seconds": (1, 60),
    "first_token_seconds": (1, 600),
    "between_tokens_seconds": (1, 600),
    "total_seconds": (1, 3600),
}
_FILES = ("ca_file", "client_certificate", "client_key", "api_key_file")
_KIND_NAMES: Mapping[type, str] = {bool: "true or false", int: "a whole number", str: "a text"}


@dataclass(frozen=True, slots=True)
class LanguageServer:
    """An OpenAI-compatible server inside the organisation. Only this host and port are ever contacted.

    `url` ends where `/chat/completions` is added, usually in `/v1`. `ca_file` (PEM) holds the site's certificate
    authority; the system's own are trusted only with `system_store`. `client_certificate` and `client_key` (PEM) prove
    this machine to the server. The API key comes from the environment variable `api_key_variable` or from
    `api_key_file`. `dialect` names the additions to the protocol that the server knows. `prefer` says whether drafts
    go to the server or to the local model unless a person names one; `local_model` drafts if the server fails (empty:
    the program's default). Times are seconds.
    """

    url: str
    model: str
    ca_file: str = ""
    system_store: bool = False
    client_certificate: str = ""
    client_key: str = ""
    api_key_variable: str = ""
    api_key_file: str = ""
    dialect: Dialect = "openai"
    prefer: Prefer = "local"
    local_model: str = ""
    proxy: str = ""
    context_tokens: int = 8192
    connect_seconds: int = 5
    first_token_seconds: int = 30
    between_tokens_seconds: int = 15
    total_seconds: int = 120

    @property
    def address(self) -> str:
        """Host and port, as people are told them."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        return f"[{host}]:{_port(self.url)}" if ":" in host else f"{host}:{_port(self.url)}"


class PolicyValueError(ValueError):
    """A value of the table cannot be; `key` names it, the text says why."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = f"{TABLE}.{key}" if key else TABLE


def read_language_server(table: object) -> LanguageServer:
    """Return the server that a parsed TOML table names. Raises `PolicyValueError`; nothing is guessed at."""
    if not isinstance(table, dict):
        raise PolicyValueError("", "must be a table")
    kinds = {f.name: type(f.default) if isinstance(f.default, str | int) else str for f in fields(LanguageServer)}
    for key, value in table.items():
        if key not in kinds:
            raise PolicyValueError(key, f"is unknown; the keys are {', '.join(sorted(kinds))}")
        if type(value) is not kinds[key]:  # a TOML true must not pass for the number 1
            raise PolicyValueError(key, f"must be {_KIND_NAMES[kinds[key]]}")
        _check_value(key, value)
    for key in ("url", "model"):
        if key not in table:
            raise PolicyValueError(key, "is missing")
    server = LanguageServer(**table)
    _check_together(server)
    return server


def _check_value(key: str, value: object) -> None:
    if isinstance(value, str):
        if key in ("url", "model") and not value.strip():
            raise PolicyValueError(key, "is empty")
        if not value.isprintable():
            raise PolicyValueError(key, "holds a control character")
    if key in _CHOICES and value not in _CHOICES[key]:
        raise PolicyValueError(key, f"must be one of {', '.join(_CHOICES[key])}")
    if key in _SPANS and isinstance(value, int):
        low, high = _SPANS[key]
        if not low <= value <= high:
            raise PolicyValueError(key, f"must lie between {low} and {high}")
    if key in _FILES and value and not Path(str(value)).is_absolute():
        raise PolicyValueError(key, "must be a full path")


def _check_together(server: LanguageServer) -> None:
    _check_url(server.url)
    if server.proxy:
        _check_proxy(server.proxy)
    secure = urlsplit(server.url).scheme == "https"
    if server.proxy and not secure:
        raise PolicyValueError("proxy", "goes with https only")
    if secure and not server.ca_file and not server.system_store:
        raise PolicyValueError("ca_file", "is missing: name the site's authority, or set system_store = true")
    if bool(server.client_certificate) != bool(server.client_key):
        raise PolicyValueError("client_key", "and client_certificate belong together")
    if server.api_key_variable and server.api_key_file:
        raise PolicyValueError("api_key_file", "and api_key_variable exclude each other")


def _check_url(url: str) -> None:
    parts = _split("url", url)
    if parts.username is not None or parts.query or parts.fragment or "?" in url or "#" in url:
        raise PolicyValueError("url", "must hold a scheme, a host, a port and a path, and nothing else")
    if parts.scheme not in ("https", "http") or not parts.hostname or _port(url) is None:
        raise PolicyValueError("url", "must be an address such as https://host:port/v1")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise PolicyValueError("url", "must begin with https:// (http only for 127.0.0.1 and [::1])")


def _check_proxy(url: str) -> None:
    parts = _split("proxy", url)
    if parts.scheme != "http" or not parts.hostname or not _port(url) or url.rstrip("/") != f"http://{parts.netloc}":
        raise PolicyValueError("proxy", "must be an address such as http://proxy:3128")
    if parts.username is not None:
        raise PolicyValueError("proxy", "must hold no name and no password")


def _split(key: str, url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # a bracket that is not closed
        raise PolicyValueError(key, "is no address") from None


def _port(url: str) -> int | None:
    parts = urlsplit(url)
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    """By number alone: a name could lead elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
