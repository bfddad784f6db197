"""Sharing through a server: what waits, what is known to be there, other machines' trails, versions set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ASIDE = (
    "SELECT 1 FROM set_aside_versions s WHERE s.encounter_id = OLD.encounter_id AND s.number = OLD.number "
    "AND s.created_at = OLD.created_at AND s.note = OLD.note"
)


def upgrade() -> None:
    """Add the tables; a version may be moved aside, never removed."""
    _link()
    _trails()
    _content()
    if op.get_bind().dialect.name == "sqlite":  # a database on a server is not itself linked to one
        op.execute("DROP TRIGGER note_versions_no_delete")
        op.execute(
            f"CREATE TRIGGER note_versions_no_delete BEFORE DELETE ON note_versions WHEN NOT EXISTS ({_ASIDE}) "
            "BEGIN SELECT RAISE(ABORT, 'note_versions is append-only'); END"
        )


def _link() -> None:
    op.create_table(
        "server_link",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("machine_id", sa.String(32), nullable=False),
        sa.Column("machine_name", sa.String(64), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("database", sa.String(63), nullable=False),
        sa.Column("user", sa.String(63), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("row_key", sa.LargeBinary(), nullable=False),
        sa.Column("cursor", _rowid(), nullable=False),
        sa.Column("linked_at", sa.String(32), nullable=False),
        sa.Column("synced_at", sa.String(32)),
    )
    op.create_table(
        "shared_outbox",
        sa.Column("serial", _rowid(), primary_key=True, autoincrement=True),
        sa.Column("row", sa.Text(), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shared_known",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text()),
    )
    op.create_table(
        "shared_held",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("why", sa.String(32), nullable=False),
    )


def _trails() -> None:
    op.create_table(
        "machines",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("joined_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "foreign_audit",
        sa.Column("machine_id", sa.String(32), primary_key=True),
        sa.Column("sequence", _rowid(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_foreign_audit_previous", "foreign_audit", ["previous"])
    op.create_table(
        "foreign_checkpoints",
        sa.Column("machine_id", sa.String(32), primary_key=True),
        sa.Column("count", _rowid(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("signature", sa.String(88), nullable=False),
    )


def _content() -> None:
    op.create_table(
        "recording_places",
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
        sa.Column("machine_id", sa.String(32), nullable=False),
    )
    op.create_table(
        "set_aside_versions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("author_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("author_name", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("transcript_number", sa.Integer(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary()),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("resolution", sa.String(16), nullable=False),
        sa.Column("why", sa.LargeBinary()),
        sa.Column("resolved_at", sa.String(32)),
    )
    op.create_index("ix_set_aside_versions_encounter_id", "set_aside_versions", ["encounter_id"])


def _rowid() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
