"""Taking away what is remembered of a visit, for everybody."""

from sqlalchemy import Connection, delete

from app.vault.models import SummaryRow
from app.vault.summaries.buckets import bucket_of


def forget(connection: Connection, encounter_id: str) -> None:
    """Delete every bucket that may hold the visit, of all people; each makes its own again from what they still hold.

    Deleting a sealed key does this for its recipient by a trigger. This is for what goes while the keys stay: a note
    or a title erased by itself.
    """
    connection.execute(delete(SummaryRow).where(SummaryRow.bucket == bucket_of(encounter_id)))
