"""A home with SQLite or an embedded index has one server; a killed one leaves nothing in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import assistant.healing
from assistant.settings import Settings
from retrieval.errors import SettingsError
from retrieval.store.database import open_database
from ui.cli import listen, run
from ui.one_server import FILE, alone_in

HOLDS = """
import sys, time
from pathlib import Path
from assistant.settings import Settings
from ui.one_server import alone_in
with alone_in(Settings(_env_file=None, home=Path(sys.argv[1]), port=7999)):
    print("holds", flush=True)
    time.sleep(600)
"""
POSTGRESQL = "postgresql://aisle@db.example/aisle"


def settings_of(home: Path, **values: object) -> Settings:
    return Settings(_env_file=None, home=home, **values)  # type: ignore[arg-type,call-arg]


def test_a_second_server_is_refused_before_it_heals_and_a_killed_first_one_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path)
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "holds\n"
        monkeypatch.setattr(assistant.healing, "heal", lambda _settings: pytest.fail("the first one works with it"))
        listener = listen("127.0.0.1", 0)
        with listener, pytest.raises(SettingsError) as refusal:
            run(settings, listener)
        served = f"{tmp_path} is served already: process {first.pid}, at http://127.0.0.1:7999 since "
        assert served in refusal.value.message
        assert "--home" in refusal.value.hint
        open_database(settings.resolved_database_url).dispose()  # as `aisle import` does next to a server
    finally:
        first.kill()
        first.communicate()
    with alone_in(settings):
        assert f"process {os.getpid()}," in (tmp_path / FILE).read_text()


def test_a_server_that_stopped_leaves_the_home_free(tmp_path: Path) -> None:
    for _ in range(2):
        with alone_in(settings_of(tmp_path)):
            pass


@pytest.mark.parametrize("values", [{"database_url": POSTGRESQL}, {"chroma_url": "http://127.0.0.1:8000"}])
def test_postgresql_or_chroma_alone_is_not_enough(tmp_path: Path, values: dict[str, str]) -> None:
    settings = settings_of(tmp_path, **values)
    with alone_in(settings), pytest.raises(SettingsError, match="served already"), alone_in(settings):
        pass


def test_servers_with_postgresql_and_chroma_share_a_home(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, database_url=POSTGRESQL, chroma_url="http://127.0.0.1:8000")
    with alone_in(settings), alone_in(settings):
        assert not (tmp_path / FILE).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_home_that_cannot_be_written_is_served_without_a_lock(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with alone_in(settings_of(tmp_path)):
            assert not (tmp_path / FILE).exists()
    finally:
        tmp_path.chmod(0o700)


def test_a_file_system_without_locks_is_served_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: object, _kind: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("ui.one_server.fcntl.flock", refuse)
    with alone_in(settings_of(tmp_path)), alone_in(settings_of(tmp_path)):
        pass
