"""What the tests share: tiny base models, a fresh SQLite file, and a real PostgreSQL where its programs are found."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

import assistant.tables  # noqa: F401 - fills Base.metadata
from retrieval.store.database import Base, open_database
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


def _programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and (folders[-1] / "initdb").exists() else None


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: another user is taken where the tests do."""
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL that lives as long as the tests, reached through a socket in its own folder."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's initdb is not installed")
    folder = Path(tempfile.mkdtemp(prefix="aisle-pg-"))
    user = _server_user()
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, timeout=60)
        if done.returncode:
            pytest.skip(f"{program} failed: {done.stderr.strip()[-300:]}")

    run("initdb", "-U", "aisle", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=150"
    run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
    try:
        yield f"postgresql://aisle@/postgres?host={folder}"
    finally:
        run("pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


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
