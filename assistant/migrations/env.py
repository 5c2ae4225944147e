"""Alembic's entry: runs the migrations on the connection that the caller has opened.

`alembic revision --autogenerate` finds no such connection and opens the one of `sqlalchemy.url`.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

import assistant.tables  # noqa: F401 - fills Base.metadata, with retrieval.tables
from retrieval.database import Base


def run(connection: Connection) -> None:
    """Brings the database behind `connection` to the wanted revision."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


opened: Connection | None = context.config.attributes.get("connection")
if opened is not None:
    run(opened)
else:
    url = context.config.get_main_option("sqlalchemy.url") or "sqlite://"
    with create_engine(url).begin() as connection:
        run(connection)
