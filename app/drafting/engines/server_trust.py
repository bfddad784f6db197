"""Whom to trust and how to prove oneself: TLS and the key for the organisation's server."""

import os
import ssl
import sys
from pathlib import Path

from app.drafting.engines.server_errors import CHECK_POLICY, ServerError
from app.server_policy import LanguageServer

LONGEST_KEY = 4096

_VERIFY_FAILURES = {
    9: "is not valid yet",
    10: "has expired",
    18: "is not signed by the authority that the policy names",
    19: "is not signed by the authority that the policy names",
    20: "is not signed by the authority that the policy names",
    21: "is not signed by the authority that the policy names",
    23: "was revoked",
    62: "is for another host",
    64: "is for another address",
}
"""OpenSSL's verification results (x509_vfy.h) in words."""


def tls_context(server: LanguageServer) -> ssl.SSLContext:
    """Return TLS 1.2 or later that trusts the policy's authority, and the system's only if the policy says so.

    Raises `ServerError` if a file that the policy names cannot be used.
    """
    context = _context(server)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if server.ca_file:
            context.load_verify_locations(cafile=server.ca_file)
    except OSError as error:
        raise _unusable_file("ca_file", error) from None
    if server.client_certificate:
        try:
            # without the password function OpenSSL would ask for one on the terminal
            context.load_cert_chain(server.client_certificate, server.client_key, password=lambda: "")
        except OSError as error:
            raise _unusable_file("client_certificate or client_key", error) from None
    return context


def api_key(server: LanguageServer) -> str:
    """Return the key, empty if the policy names none. Raises `ServerError`; the key is never part of a message."""
    if server.api_key_variable:
        key = os.environ.get(server.api_key_variable, "").strip()
        source = f"the environment variable {server.api_key_variable}"
    elif server.api_key_file:
        try:
            with Path(server.api_key_file).open("rb") as file:
                key = file.read(LONGEST_KEY + 2).decode("ascii", "replace").strip()
        except OSError as error:
            raise _unusable_file("api_key_file", error) from None
        source = "the file of api_key_file"
    else:
        return ""
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise ServerError(f"cannot be asked: {source} holds no key", CHECK_POLICY)
    return key


def trust_failure(error: BaseException | None) -> ServerError | None:
    """Return why a connection was not trusted, if that is what an error comes from."""
    seen = 0
    while error is not None and seen < 20:
        if isinstance(error, ssl.SSLCertVerificationError):
            why = _VERIFY_FAILURES.get(error.verify_code, f"does not verify (code {error.verify_code})")
            return ServerError(f"is not trusted: its certificate {why}", CHECK_POLICY)
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            if "ALERT" in (reason := error.reason or "") and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
                return ServerError("refuses this machine's certificate", CHECK_POLICY)
            return ServerError("does not speak the TLS that the policy asks for", CHECK_POLICY)
        error, seen = error.__cause__ or error.__context__, seen + 1
    return None


def _context(server: LanguageServer) -> ssl.SSLContext:
    """A context that checks certificate and host name; it trusts nobody, or the system's authorities."""
    if server.system_store and sys.platform == "darwin":
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if server.system_store:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


def _unusable_file(key: str, error: OSError) -> ServerError:
    why = "is no valid PEM" if isinstance(error, ssl.SSLError) else error.strerror or type(error).__name__
    return ServerError(f"cannot be asked: the file of {key} {why[0].lower()}{why[1:]}", CHECK_POLICY)
