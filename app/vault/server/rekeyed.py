"""A data key that another machine replaced, while content sealed under the old one is still only here."""

from sqlalchemy import Connection, select

from app.domain.errors import AnamnesisError
from app.vault.data_keys import DataKeys
from app.vault.models import OutboxRow
from app.vault.open_vault import OpenVault
from app.vault.server.envelope import Values
from app.vault.server.kinds import Kind

_SEALED_BY_IT = ("encounters", "part_keys", "transcripts", "consents", "note_versions", "recording_journal")


def keep_earlier_key(
    connection: Connection,
    vault: OpenVault,
    keys: DataKeys,
    kind: Kind,
    key: tuple[str, ...],
    ours: Values | None,
    theirs: Values,
) -> None:
    """Nothing to do yet."""
