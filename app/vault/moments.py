"""Times as UTC text with microseconds: sorts in order and hashes alike everywhere."""

from datetime import UTC, datetime

from app.domain.errors import SealBrokenError

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now_text() -> str:
    """The present moment."""
    return datetime.now(UTC).strftime(_FORMAT)


def to_moment(value: str) -> datetime:
    """The moment of a text that `now_text` made. Raises `SealBrokenError` if it is none."""
    try:
        return datetime.strptime(value, _FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise SealBrokenError("A time in the vault is damaged.", "Restore the vault from a backup.") from error
