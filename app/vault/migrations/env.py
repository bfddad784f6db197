"""Alembic's entry: runs on the connection that `schema.upgrade` passes in, inside its transaction."""

from alembic import context

from app.vault.models import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
context.run_migrations()
