"""The journal of a running recording, decisions about consent, and how many segments a recording has."""

import sqlalchemy as sa
from alembic import op

from app.vault.append_only import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("recording_journal", "consents")


def upgrade() -> None:
    """Add the tables and the column; what is there stays as it is.

    As for note versions: when an encounter is destroyed the rows stay, sealed under a key that no longer exists.
    """
    for table in APPEND_ONLY:
        op.create_table(
            table,
            sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
            sa.Column("number", sa.Integer(), primary_key=True),
            sa.Column("created_at", sa.String(32), nullable=False),
            sa.Column("content", sa.LargeBinary(), nullable=False),
        )
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.add_column("encounters", sa.Column("segments", sa.Integer()))
