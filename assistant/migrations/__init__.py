"""Alembic's schema history. `retrieval.database.open_database` brings a database up to its head."""
