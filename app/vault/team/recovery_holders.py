"""Who holds the organisation's recovery key: its founder, and administrators to whom it was entrusted."""

from sqlalchemy import Connection, insert, select

from app.vault.models import CertificateRow, EntrustedKeyRow
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.sealing_pair import SealingPrivate, SealingPublic, open_private, seal_private

RECOVERY = "recovery"


def recovery_private(vault: OpenVault, connection: Connection) -> SealingPrivate | None:
    """The private half of the recovery key, if the signed-in person holds it. Raises `SealBrokenError`."""
    if vault.keys.organisation_recovery is not None:
        return vault.keys.organisation_recovery
    row = EntrustedKeyRow
    here = (row.purpose == RECOVERY, row.user_id == vault.access.user.id)
    blob = connection.execute(select(row.blob).where(*here)).scalar()
    return None if blob is None else open_private(blob, vault.keys.sealing, vault.vault_id, RECOVERY)


def recovery_holders(connection: Connection) -> set[str]:
    """User ids of all who hold it or held it: the first person of the vault, and the entrusted."""
    row = CertificateRow
    founder = connection.execute(select(row.user_id).order_by(row.id).limit(1)).scalar_one()
    entrusted = connection.execute(select(EntrustedKeyRow.user_id).where(EntrustedKeyRow.purpose == RECOVERY))
    return {founder, *entrusted.scalars()}


def entrust(
    vault: OpenVault, connection: Connection, private: SealingPrivate, user_id: str, public: SealingPublic
) -> None:
    """Seal the recovery key to a person who does not hold it yet."""
    blob = seal_private(private, public, vault.vault_id, RECOVERY)
    connection.execute(insert(EntrustedKeyRow).values(purpose=RECOVERY, user_id=user_id, at=now_text(), blob=blob))
