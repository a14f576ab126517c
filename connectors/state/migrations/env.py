"""Run by Alembic: migrates over the connection, and in the transaction, that ``connectors.state.upgrade`` opened."""

from __future__ import annotations

from alembic import context

from connectors.state.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
