"""What the tests share: tiny base models, a fresh SQLite file, and a real PostgreSQL where its programs are found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

import assistant.tables  # noqa: F401 - fills Base.metadata
from retrieval.store.database import Base, open_database
from tests.postgresql import PostgresqlMissingError, postgresql_server
from tests.unit.tiny_models import TINY, tiny_gpt2, tiny_mistral, tiny_qwen2


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of a tiny random model of each architecture, by its name."""
    root = tmp_path_factory.mktemp("tiny")
    return {name: make(root / name) for name, make in TINY.items()}


@pytest.fixture(scope="session")
def wide_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny random models that read prompts of 16,000 tokens, by their names."""
    root = tmp_path_factory.mktemp("wide")
    makers = {"gpt2": tiny_gpt2, "qwen2": tiny_qwen2, "mistral": tiny_mistral}
    return {name: make(root / name, context=16_384) for name, make in makers.items()}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL that lives as long as the tests."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgresql_server())
        except PostgresqlMissingError as error:
            pytest.skip(str(error))
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without tables, on each backend in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'aisle.db'}"
    url: str = request.getfixturevalue("postgresql")
    admin = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with admin.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    admin.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An up-to-date SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "aisle.db"
    open_database(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_engine(postgresql: str) -> Iterator[Engine]:
    """An up-to-date PostgreSQL database of its own."""
    admin = create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE rows"))
    admin.dispose()
    engine = open_database(postgresql.replace("/postgres?", "/rows?"))
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An up-to-date database without rows, on each backend in turn."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        opened = open_database(f"sqlite:///{shutil.copy(template, tmp_path / 'aisle.db')}")
        yield opened
        opened.dispose()
    else:
        opened = request.getfixturevalue("postgresql_engine")
        with opened.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)}"))
        yield opened
