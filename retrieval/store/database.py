"""Database: SQLite by default, PostgreSQL by URL, one schema history for the tables of every package.

    engine = open_database("sqlite:///var/aisle.db")
    with writing(engine) as connection:
        connection.execute(...)

A `writing` block is one transaction: all of it is stored, or nothing, whatever ends the process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SqliteConnection
from threading import Lock
from typing import Any, cast

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, MetaData, Table, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from retrieval.errors import StoreError

MIGRATIONS = "assistant:migrations"
"""Where the Alembic scripts lie, as package and folder: beside the topmost package that has tables."""

_BUSY_TIMEOUT_MS = 30_000
_MIGRATION_LOCK = 4_715_001  # any constant: two processes that migrate the same PostgreSQL wait for each other
_SQLITE_HINT = "Check that the file is an Aisle database, that its folder can be written, and that the disk has space."
_ONE_MIGRATION = Lock()  # Alembic keeps the migration that runs in a variable of its module


class Base(DeclarativeBase):
    """Parent of every table. Constraints have names from the first migration on, so that a later one can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(row: type[Base]) -> Table:
    """The table that `row` declares, for statements over whole rows."""
    return cast(Table, row.__table__)


def open_database(url: str, migrations: str = MIGRATIONS) -> Engine:
    """Opens the database at `url`, made and brought up to date where needed.

    Raises StoreError when the URL, the file or the server cannot be used.
    """
    engine = _engine(url)
    try:
        with _ONE_MIGRATION:
            _migrate(engine, migrations)
    except (SQLAlchemyError, CommandError) as error:
        engine.dispose()
        raise _store_error(engine.url, error) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one consistent state of the database. Raises StoreError."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":  # by default every statement there sees a state of its own
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    except SQLAlchemyError as error:
        raise _store_error(engine.url, error) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is committed at the end, or undone by any exception. Raises StoreError."""
    try:
        with engine.connect() as connection, connection.execution_options(sqlite_begin="IMMEDIATE").begin():
            yield connection
    except SQLAlchemyError as error:
        raise _store_error(engine.url, error) from error


def storable(text: str) -> bool:
    """Whether a text column can hold `text`: PostgreSQL has no NUL, and neither database has lone surrogates."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            _create_private(Path(parsed.database))
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except OSError as error:
        raise StoreError(f"The database {parsed.database} cannot be made: {error.strerror}", _SQLITE_HINT) from error
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(
            f"The database URL cannot be used: {error}",
            'Set AISLE_DATABASE_URL to "sqlite:///path/to/aisle.db", or to "postgresql://user@host/name" '
            'after `pip install "aisle[postgres]"`.',
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_private(path: Path) -> None:
    """Creates a database file, if there is none, that nobody but its owner can read: it holds names, addresses and conversations."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # there is one already, or SQLite says what is wrong
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin or commit by itself; `_begin_sqlite` does
    connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    _log_ahead(connection)
    connection.execute("PRAGMA foreign_keys=ON")


def _log_ahead(connection: SqliteConnection) -> None:
    """Switches a new file to a write-ahead log. SQLite does not wait here while another opening does the same."""
    deadline = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that reads first and then writes fails at once (SQLITE_BUSY_SNAPSHOT).
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _migrate(engine: Engine, migrations: str) -> None:
    config = Config()
    config.set_main_option("script_location", migrations)
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:  # a batch migration drops and renames tables, which must not cascade to the rows that refer to them
            _pragma(connection, "foreign_keys=OFF")
        with connection.execution_options(sqlite_begin="IMMEDIATE").begin():
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        if sqlite:
            _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, setting: str) -> None:
    connection.connection.cursor().execute(f"PRAGMA {setting}")  # below SQLAlchemy: it has no effect in a transaction


def _store_error(url: URL, error: Exception) -> StoreError:
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "Can't locate revision" in cause:
        hint = "A newer Aisle has made it: upgrade Aisle, or restore the backup from before."
    elif url.get_backend_name() == "sqlite":
        hint = _SQLITE_HINT
    else:
        hint = "Check AISLE_DATABASE_URL, and that the server runs and lets this user in."
    return StoreError(f"The database {url.render_as_string(hide_password=True)} cannot be used: {cause}", hint)
