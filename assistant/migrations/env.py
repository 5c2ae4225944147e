"""Alembic's entry: runs the migrations on the connection that the caller has opened.

Alembic's own command line has opened none: it works on the database of `sqlalchemy.url`.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

import assistant.tables  # noqa: F401 - fills Base.metadata, with retrieval.store.tables
from retrieval.store.database import Base


def run(connection: Connection) -> None:
    """Brings the database behind `connection` to the wanted revision."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


opened: Connection | None = context.config.attributes.get("connection")
if opened is not None:
    run(opened)
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url", "sqlite://"))
    with engine.begin() as connection:
        run(connection)
    engine.dispose()
