"""Keys of parts that can be erased alone, what was erased, legal holds, and since when which limits hold."""

import sqlalchemy as sa
from alembic import op

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
    for table in APPEND_ONLY:
        _refuse_change(table)


def _rowid() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _refuse_change(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
