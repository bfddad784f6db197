"""Times as UTC text with microseconds: sorts in order and hashes alike everywhere."""

from datetime import UTC, datetime

from app.domain.errors import SealBrokenError

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now_text() -> str:
    """The present moment."""
    return moment_text(datetime.now(UTC))


def moment_text(moment: datetime) -> str:
    """The stored form of a moment in UTC."""
    return moment.strftime(_FORMAT)


def to_moment(value: str) -> datetime:
    """The moment of a text that `now_text` made. Raises `SealBrokenError` if it is none."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise _damaged() from error
    if moment.tzinfo is None:
        raise _damaged()
    return moment


def _damaged() -> SealBrokenError:
    return SealBrokenError("A time in the vault is damaged.", "Restore the vault from a backup.")
