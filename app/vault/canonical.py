"""Canonical JSON (RFC 8785) and digests over it: equal values give equal bytes on every machine."""

import hashlib
import json

import rfc8785

from app.domain.errors import InputError, SealBrokenError


def canonical(value: object) -> bytes:
    """Return the canonical bytes. Raises `InputError` for what JSON cannot hold (not a number, huge integers)."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # the library checks the types while it walks
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InputError("This cannot be stored: it holds a value that JSON does not allow.") from error


def digest(value: object) -> str:
    """SHA-256 of the canonical bytes in lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def parse_object(data: bytes, what: str) -> dict[str, object]:
    """Return the JSON object in `data`. Raises `SealBrokenError` naming `what`, never the content."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SealBrokenError(f"The {what} is damaged.", "Restore the vault from a backup.") from error
    if not isinstance(value, dict):
        raise SealBrokenError(f"The {what} is damaged.", "Restore the vault from a backup.")
    return value


def text(value: dict[str, object], key: str, what: str) -> str:
    """Return the string under `key`. Raises `SealBrokenError`."""
    found = value.get(key)
    if not isinstance(found, str):
        raise SealBrokenError(f"The {what} is damaged.", "Restore the vault from a backup.")
    return found
