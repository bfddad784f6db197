"""Keys of parts that can be erased alone, what was erased, legal holds, and since when which limits hold."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from app.vault.append_only import append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("erasures", "retention_limits")


def upgrade() -> None:
    """Add the tables; encounters that are there keep their one key."""
    op.create_table(
        "part_keys",
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
        sa.Column("part", sa.String(16), primary_key=True),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
        sa.Column("part", sa.String(16), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "holds",
        sa.Column("id", _rowid(), primary_key=True, autoincrement=True),
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), nullable=False),
        sa.Column("placed_at", sa.String(32), nullable=False),
        sa.Column("placed_by", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", sa.String(32)),
        sa.Column("released_by", sa.String(36), sa.ForeignKey("users.id")),
        sa.Column("release_reason", sa.LargeBinary()),
    )
    op.create_index("ix_holds_encounter_id", "holds", ["encounter_id"])
    op.create_table(
        "retention_limits",
        sa.Column("id", _rowid(), primary_key=True, autoincrement=True),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        *(sa.Column(kept, sa.Integer(), nullable=False) for kept in ("audio", "transcript", "unsigned", "signed")),
    )
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only(table, dialect):
            op.execute(statement)
    for statement in _journal_may_be_erased(dialect):
        op.execute(statement)


def _rowid() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _journal_may_be_erased(dialect: str) -> Iterator[str]:
    """The journal stays append-only, but its rows go once there is a record that the words were erased."""
    recorded = "SELECT 1 FROM erasures WHERE encounter_id = OLD.encounter_id AND part = 'transcript'"
    if dialect == "postgresql":
        yield "DROP TRIGGER recording_journal_no_delete ON recording_journal"
        yield (
            "CREATE FUNCTION anamnesis_journal_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({recorded}) THEN RETURN OLD; END IF; RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        yield (
            "CREATE TRIGGER recording_journal_no_delete BEFORE DELETE ON recording_journal "
            "FOR EACH ROW EXECUTE FUNCTION anamnesis_journal_delete()"
        )
        return
    yield "DROP TRIGGER recording_journal_no_delete"
    yield (
        "CREATE TRIGGER recording_journal_no_delete BEFORE DELETE ON recording_journal "
        f"WHEN NOT EXISTS ({recorded}) BEGIN SELECT RAISE(ABORT, 'recording_journal is append-only'); END"
    )
