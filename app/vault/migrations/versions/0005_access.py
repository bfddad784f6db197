"""Earlier data keys, withdrawals, revocations and emergency access; sealed columns may be sealed anew."""

import sqlalchemy as sa
from alembic import op

from app.vault.append_only import append_only
from app.vault.migrations.resealable import allow_resealing

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUARDED = {
    "note_versions": (
        ("encounter_id", "number", "kind", "author_id", "author_name", "created_at", "transcript_number"),
        ("note", "signature"),
    ),
    "recording_journal": (("encounter_id", "number", "created_at"), ("content",)),
    "consents": (("encounter_id", "number", "created_at"), ("content",)),
}


def upgrade() -> None:
    """Add the tables; content that was append-only stays so, but may be sealed under a new key."""
    _keys()
    _leaving()
    _emergency()
    for table, (open_columns, sealed) in GUARDED.items():
        allow_resealing(table, open_columns, sealed)
    open_columns = ("number", "encounter_id", "user_id", "actor_id", "at")
    allow_resealing("withdrawals", open_columns, ("reason",))
    open_columns = ("number", "encounter_id", "user_id", "began_at", "until_at")
    allow_resealing("emergency_access", open_columns, ("reason",), once="ended_at")
    for table in ("revocations", "departures", "emergency_pairs"):
        for statement in append_only(table, op.get_bind().dialect.name):
            op.execute(statement)


def _keys() -> None:
    op.create_table(
        "earlier_keys",
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
        sa.Column("part", sa.String(16), primary_key=True),
        sa.Column("key_id", sa.String(32), primary_key=True),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "rekey_queue",
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "withdrawals",
        sa.Column("number", _rowid(), primary_key=True, autoincrement=True),
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), nullable=False),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("actor_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_withdrawals_encounter_id", "withdrawals", ["encounter_id"])


def _leaving() -> None:
    op.create_table(
        "revocations",
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(88), nullable=False),
    )
    op.create_table(
        "departures",
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
    )


def _emergency() -> None:
    op.create_table(
        "emergency_pairs",
        sa.Column("number", _rowid(), primary_key=True, autoincrement=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(88), nullable=False),
    )
    op.create_table(
        "entrusted_keys",
        sa.Column("purpose", sa.String(16), primary_key=True),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "emergency_access",
        sa.Column("number", _rowid(), primary_key=True, autoincrement=True),
        sa.Column("encounter_id", sa.String(36), sa.ForeignKey("encounters.id"), nullable=False),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("began_at", sa.String(32), nullable=False),
        sa.Column("until_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_emergency_access_encounter_id", "emergency_access", ["encounter_id"])


def _rowid() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
