"""HTTP for model files: proxies of the environment, the system's certificates, no downgrade, no leaking of tokens."""

import ssl
import sys
import urllib.error
import urllib.request
from http.client import HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to http, and hands the token only to the host it is for."""

    def __init__(self, token: str | None, *, follow_away: bool) -> None:
        self._token = token
        self._follow_away = follow_away

    def redirect_request(
        self,
        request: urllib.request.Request,
        file: IO[bytes],
        code: int,
        message: str,
        headers: HTTPMessage,
        target: str,
    ) -> urllib.request.Request | None:
        """Return the next request, or None to hand the redirect itself to the caller."""
        old, new = urlsplit(request.full_url), urlsplit(target)
        if old.scheme == "https" and new.scheme != "https":
            raise urllib.error.URLError("redirected from https to an unprotected address")
        same_host = (old.scheme, old.netloc) == (new.scheme, new.netloc)
        if not same_host and not self._follow_away:
            return None
        following = super().redirect_request(request, file, code, message, headers, target)
        if following is not None:
            following.method = request.get_method()
            if same_host and self._token:
                following.add_unredirected_header("Authorization", f"Bearer {self._token}")
        return following


def make_request(url: str, token: str | None = None, *, method: str = "GET", start: int = 0) -> urllib.request.Request:
    """Return a request for an http or https address, from byte `start` on; the token never follows a redirect away."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise urllib.error.URLError("not an http or https address")
    request = urllib.request.Request(url, method=method)  # noqa: S310 - the scheme is checked above
    request.add_header("Accept-Encoding", "identity")
    if start:
        request.add_header("Range", f"bytes={start}-")
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


def make_opener(token: str | None = None, *, follow_away: bool = True) -> urllib.request.OpenerDirector:
    """Return an opener for http and https only; `follow_away` says whether redirects to other hosts are followed."""
    handlers: list[Any] = [
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=_trust()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(token, follow_away=follow_away),
    ]
    opener = urllib.request.OpenerDirector()
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _trust() -> ssl.SSLContext:
    """The operating system's certificates, where hospitals install the ones of their own proxies."""
    if sys.platform == "darwin":
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()
