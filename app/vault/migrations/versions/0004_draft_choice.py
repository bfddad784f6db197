"""What was chosen for the draft of an encounter: note type and style, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there stays as it is."""
    op.add_column("encounters", sa.Column("draft_choice", sa.LargeBinary()))
