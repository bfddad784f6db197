"""A person's sealed summaries for lists and search; a deleted key takes away what its recipient remembers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FORGET = "DELETE FROM summaries WHERE user_id = OLD.recipient_id AND bucket = substr(OLD.encounter_id, 1, 2)"


def upgrade() -> None:
    """Add the table and the trigger; the summaries are made when they are first needed."""
    op.create_table(
        "summaries",
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("bucket", sa.String(2), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_sealed_keys_held", "sealed_keys", ["recipient_id", "encounter_id"])  # what a person holds
    op.drop_index("ix_sealed_keys_recipient_id", "sealed_keys")
    op.create_index("ix_stages_listed", "stages", ["encounter_id", "stage", "state", "code"])  # all that a list shows
    policy = sa.text("action = 'policy.in-force'")  # looked for at every sign-in
    op.create_index("ix_audit_policy", "audit", ["sequence"], sqlite_where=policy, postgresql_where=policy)
    trigger = "CREATE TRIGGER sealed_keys_forget AFTER DELETE ON sealed_keys"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION sealed_keys_forget() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_FORGET}; RETURN NULL; END $$"
        )
        op.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION sealed_keys_forget()")
    else:
        op.execute(f"{trigger} BEGIN {_FORGET}; END")
