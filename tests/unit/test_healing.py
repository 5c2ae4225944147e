"""Healing: what processes that were killed leave behind is put right at the next start, said, and found once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select

from assistant.actions.owner import Owner
from assistant.actions.requests import Cancel
from assistant.adapters.registry import COPYING
from assistant.healing import heal
from assistant.order_tables import ProposalRow
from assistant.rehearsal.rehearsal import FOLDER, SCRATCH, alone
from assistant.settings import Settings
from retrieval.clock import utc_now
from retrieval.store.database import open_database, reading, writing
from retrieval.store.records import Records
from tests.unit.small_home import MAYA, SAM

WRITES = """
import os, signal, sys
from retrieval.store.database import open_database
from retrieval.store.records import Records
from retrieval.catalog.customer import Customer
records = Records(open_database(sys.argv[1]))
records.upsert_customers([Customer("C-9", "Ada", "ada@post.example")])
os.kill(os.getpid(), signal.SIGKILL)
"""


def settings_of(home: Path) -> Settings:
    return Settings(_env_file=None, home=home)  # type: ignore[call-arg]


def test_nothing_is_healed_after_a_clean_stop(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    engine = open_database(settings.resolved_database_url)
    Records(engine).upsert_customers([MAYA, SAM])
    engine.dispose()
    assert heal(settings) == ()


def test_a_killed_writer_leaves_a_log_that_is_written_back_and_loses_nothing(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    open_database(settings.resolved_database_url).dispose()
    killed = subprocess.run(
        [sys.executable, "-c", WRITES, settings.resolved_database_url], cwd=Path(__file__).parents[2]
    )
    assert killed.returncode == -signal.SIGKILL
    log = tmp_path / "aisle.db-wal"
    assert log.stat().st_size > 0
    (said,) = heal(settings)
    assert said.startswith("The log of the database was not written back")
    assert said.endswith("says ok.")
    assert not log.exists() or log.stat().st_size == 0
    assert Records(open_database(settings.resolved_database_url)).customer("C-9") is not None


def test_a_log_that_another_process_keeps_open_is_none_of_a_kill(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    engine = open_database(settings.resolved_database_url)
    Records(engine).upsert_customers([MAYA, SAM])
    assert (tmp_path / "aisle.db-wal").stat().st_size > 0
    with engine.connect():  # such as `aisle import --watch`
        assert heal(settings) == ()
    engine.dispose()


def test_proposals_that_outlived_their_server_are_closed_and_fresh_ones_stay(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    engine = open_database(settings.resolved_database_url)
    now = utc_now()
    owner, request = Owner(customer_id="C-1"), Cancel(order="A-1", reason="")
    with writing(engine) as connection:
        for id, expires in (("late", now - timedelta(seconds=1)), ("fresh", now + timedelta(minutes=5))):
            connection.execute(
                insert(ProposalRow).values(
                    id=id, owner=f"{owner.key}{id}", order_id="A-1", request=request.model_dump(mode="json"), change={}, made=now,
                    expires=expires, state="open",
                )
            )  # fmt: skip
    assert "1 proposed change waited for a yes too long, and can no longer be made." in heal(settings)
    with reading(engine) as connection:
        states = {id: state for id, state in connection.execute(select(ProposalRow.id, ProposalRow.state))}
    assert states == {"late": "expired", "fresh": "open"}
    engine.dispose()
    assert heal(settings) == ()


def test_half_written_files_and_half_made_copies_are_removed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    open_database(settings.resolved_database_url).dispose()
    (tmp_path / "policy.md").write_text("whole")
    (tmp_path / ".policy.md.partial").write_text("ha")
    (tmp_path / "adapters" / f"{COPYING}1").mkdir(parents=True)
    (tmp_path / FOLDER / f"{SCRATCH}1").mkdir(parents=True)
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "unfinished-0.bin").write_bytes(b"1")
    assert heal(settings) == (
        "1 half-written file removed: .policy.md.partial.",
        "1 half-copied adapter removed.",
        "1 copy of the shop removed that a rehearsal left.",
        "A build of the search index was cut off; it goes on where it stopped, and the index from before serves meanwhile.",
    )
    assert (tmp_path / "policy.md").read_text() == "whole"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_dir()) == ["adapters", "index", "rehearsal"]


def _rehearse_until_killed(folder: Path, ready: object) -> None:
    with alone(folder):
        (folder / f"{SCRATCH}1").mkdir()
        os.write(ready, b".")  # type: ignore[arg-type]
        signal.pause()


def test_a_copy_is_left_alone_while_its_rehearsal_runs_and_goes_once_that_is_killed(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    open_database(settings.resolved_database_url).dispose()
    scratch = tmp_path / FOLDER / f"{SCRATCH}1"
    mine, theirs = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=_rehearse_until_killed, args=(tmp_path / FOLDER, theirs))
    child.start()
    os.read(mine, 1)
    assert heal(settings) == ()
    assert scratch.is_dir()
    child.kill()
    child.join()
    assert heal(settings) == ("1 copy of the shop removed that a rehearsal left.",)
    assert not scratch.exists()
    os.close(mine)
    os.close(theirs)
