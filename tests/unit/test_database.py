from __future__ import annotations

import signal
import stat
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, column, event, func, insert, literal, select, table, text

import assistant.tables  # noqa: F401 - the schema is that of all packages
from retrieval.errors import StoreError
from retrieval.store.columns import ExactDecimal, UtcTime
from retrieval.store.database import Base, open_database, reading, storable, writing
from retrieval.store.tables import CustomerRow, FaqRow

HEAD = ScriptDirectory(str(files("assistant.migrations"))).get_current_head()


def test_migrations_make_exactly_the_declared_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []


def test_alembics_own_command_finds_nothing_to_change(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aisle.db'}"
    open_database(url).dispose()
    config = Config(str(files("assistant.migrations") / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", url)
    command.check(config)


def test_the_first_migration_can_be_undone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aisle.db'}"
    open_database(url).dispose()
    config = Config(str(files("assistant.migrations") / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", url)
    command.downgrade(config, "base")
    open_database(url).dispose()


def test_a_full_disk_is_a_store_error_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=60"))
    with pytest.raises(StoreError, match="full"):
        _add(engine, *(f"C-{number}-{'x' * 1000}" for number in range(1000)))
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(CustomerRow)) == 0
    engine.dispose()


def test_opening_again_keeps_the_rows(database_url: str) -> None:
    first = open_database(database_url)
    with writing(first) as connection:
        connection.execute(insert(CustomerRow).values(id="C-1", name="Ada", email="ada@example.com"))
    first.dispose()
    second = open_database(database_url)
    with reading(second) as connection:
        assert connection.scalar(select(CustomerRow.name)) == "Ada"
    second.dispose()


def test_many_openings_at_once_migrate_once(database_url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        engines = list(pool.map(open_database, [database_url] * 6))
    with reading(engines[0]) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]
    for engine in engines:
        engine.dispose()


def test_sqlite_waits_checks_references_and_logs_ahead(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'deep' / 'down' / 'aisle.db'}")
    with reading(engine) as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 1, 30_000]
    engine.dispose()


def _add(engine: Engine, *ids: str) -> None:
    with writing(engine) as connection:
        for identity in ids:
            connection.execute(insert(CustomerRow).values(id=identity, name="", email=""))


def _add_and_fail(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(CustomerRow).values(id="C-2", name="", email=""))
        raise KeyError


def test_a_failing_transaction_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(StoreError):
        _add(engine, "C-1", "C-1")
    with pytest.raises(KeyError):
        _add_and_fail(engine)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(CustomerRow)) == 0


def test_concurrent_writers_lose_nothing(engine: Engine) -> None:
    def add(number: int) -> None:
        with writing(engine) as connection:
            seen = connection.scalar(select(func.count()).select_from(FaqRow)) or 0
            row = {"id": f"{number}", "title": f"{seen}", "answer": "", "intents": [], "link": ""}
            connection.execute(insert(FaqRow).values(row))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(FaqRow)) == 24


WRITER = """
import sys, time
from sqlalchemy import insert
from retrieval.store.database import open_database, writing
from retrieval.store.tables import CustomerRow
with writing(open_database(sys.argv[1])) as connection:
    for number in range(500):
        connection.execute(insert(CustomerRow).values(id=f"C-{number}", name="", email=""))
    print("half-way", flush=True)
    time.sleep(60)
"""


def test_a_process_killed_in_a_transaction_leaves_nothing(database_url: str) -> None:
    open_database(database_url).dispose()
    command = [sys.executable, "-c", textwrap.dedent(WRITER), database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        process.send_signal(signal.SIGKILL)
    engine = open_database(database_url)
    with writing(engine) as connection:  # the lock of the dead process is gone, too
        assert connection.scalar(select(func.count()).select_from(CustomerRow)) == 0
        connection.execute(insert(CustomerRow).values(id="C-1", name="", email=""))
    engine.dispose()


def test_a_reader_sees_the_state_before_while_another_writes(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    written, read = threading.Event(), threading.Event()

    def write() -> None:
        with writing(engine) as connection:
            connection.execute(insert(CustomerRow).values(id="C-1", name="", email=""))
            written.set()
            read.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert written.wait(10)
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(CustomerRow)) == 0
    read.set()
    thread.join()
    engine.dispose()


@pytest.mark.parametrize("number", ["0", "9.90", "1E+3", "0.1", "123456789012345678901234567890.123456789"])
def test_decimals_come_back_digit_for_digit(engine: Engine, number: str) -> None:
    values = table("t", column("v", ExactDecimal))
    with writing(engine) as connection:
        kind = "TEXT" if engine.dialect.name == "sqlite" else "NUMERIC"
        connection.execute(text(f"CREATE TEMPORARY TABLE t (v {kind})"))
        connection.execute(insert(values).values(v=Decimal(number)))
        found = connection.scalar(select(values.c.v))
        connection.execute(text("DROP TABLE t"))
    assert found == Decimal(number)
    assert f"{found:f}" == f"{Decimal(number):f}"


def test_moments_come_back_in_utc_and_need_a_zone(engine: Engine) -> None:
    moment = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with reading(engine) as connection:
        found = connection.scalar(select(literal(moment, UtcTime)))
        with pytest.raises(StoreError, match="time zone"):
            _bind(engine, datetime(2026, 11, 22))
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


def _bind(engine: Engine, moment: datetime) -> None:
    with reading(engine) as connection:
        connection.scalar(select(literal(moment, UtcTime)))


def test_what_cannot_be_opened_names_the_url_and_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, only text that is long enough to be read as a header")
    (tmp_path / "file").write_text("")
    for url in (
        f"sqlite:///{tmp_path}",
        f"sqlite:///{tmp_path / 'text.db'}",
        f"sqlite:///{tmp_path / 'file' / 'aisle.db'}",
        "no url at all",
        "mysql://root@localhost/aisle",
        "oracle+nothing://x",
    ):
        with pytest.raises(StoreError) as caught:
            open_database(url)
        assert caught.value.hint


def test_an_error_never_shows_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("postgresql://shop:s3cret@127.0.0.1:9/aisle")
    assert "s3cret" not in str(caught.value)
    assert "shop" in str(caught.value)


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f00d'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer Aisle"):
        open_database(database_url)


@pytest.mark.parametrize(
    ("value", "fits"), [("plain", True), ("emoji 🏕", True), ("nul\x00", False), ("half \ud83d", False)]
)
def test_storable_text(value: str, fits: bool) -> None:
    assert storable(value) is fits


def test_a_database_is_private_to_whoever_made_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "aisle.db"
    with writing(open_database(f"sqlite:///{path}")) as connection:
        connection.execute(text("SELECT 1"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
