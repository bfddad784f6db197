"""The organisation's shared database, as the policy's table [shared_database] names it."""

from dataclasses import dataclass, fields
from pathlib import Path

TABLE = "shared_database"
_LONGEST = {"host": 255, "database": 63}


@dataclass(frozen=True, slots=True)
class SharedDatabase:
    """A PostgreSQL server through which machines share a vault; no other host is ever contacted for it.

    `ca_file` (PEM) holds the site's certificate authority, which must have signed the server's certificate for `host`.
    """

    host: str
    database: str
    ca_file: str
    port: int = 5432


class SharedPolicyError(ValueError):
    """A value of the table cannot be; `key` names it, the text says why."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = f"{TABLE}.{key}" if key else TABLE


def read_shared_database(table: object) -> SharedDatabase:
    """Return the server that a parsed TOML table names. Raises `SharedPolicyError`; nothing is guessed at."""
    if not isinstance(table, dict):
        raise SharedPolicyError("", "must be a table")
    known = {field.name for field in fields(SharedDatabase)}
    for key, value in table.items():
        if key not in known:
            raise SharedPolicyError(key, f"is unknown; the keys are {', '.join(sorted(known))}")
        _check(key, value)
    for key in ("host", "database", "ca_file"):
        if key not in table:
            raise SharedPolicyError(key, "is missing")
    return SharedDatabase(**table)


def _check(key: str, value: object) -> None:
    if key == "port":
        if type(value) is not int or not 1 <= value <= 65535:
            raise SharedPolicyError(key, "must be a whole number between 1 and 65535")
        return
    if not isinstance(value, str):
        raise SharedPolicyError(key, "must be a text")
    if not value.strip() or not value.isprintable() or len(value) > _LONGEST.get(key, 4096):
        raise SharedPolicyError(key, "is empty, too long or holds a control character")
    if key == "host" and ("/" in value or "," in value or " " in value):
        raise SharedPolicyError(key, "must be one host name or address")
    if key == "ca_file" and not Path(value).is_absolute():
        raise SharedPolicyError(key, "must be a full path")
