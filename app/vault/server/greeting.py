"""Whether a server answers and proves who it is, tried without any person's name or password."""

import psycopg

from app.domain.syncing import ServerAddress
from app.vault.server.address import connection_settings
from app.vault.server.postgres import declared

_STRANGER = "anamnesis-doctor"


def try_greeting(address: ServerAddress) -> None:
    """Return if TLS is in place and the server, rightly, lets a stranger no further.

    Raises `ServerUnreachableError`, `ServerRefusedError` (the certificate is wrong).
    """
    try:
        psycopg.connect(**connection_settings(address, _STRANGER, _STRANGER)).close()  # type: ignore[arg-type]  # by name
    except psycopg.OperationalError as error:
        if "fatal:" in str(error).lower() and "certificate" not in str(error).lower():
            return  # refused after the certificate was checked: that is how a stranger should be met
        with declared():
            raise
