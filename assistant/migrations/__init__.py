"""Alembic's schema history. `retrieval.store.database.open_database` brings a database up to its head.

After a change in a `tables.py`, with an up-to-date database in `var/aisle.db`:

    alembic -c assistant/migrations/alembic.ini revision --autogenerate --rev-id 0002 -m "what changed"
"""
