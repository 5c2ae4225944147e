"""Many transcripts are replayed by several processes, and come out as one process alone would have them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import psutil
import pytest

from assistant.opening import open_assistant
from assistant.settings import SOURCE_ROOT
from finetune import replaying
from finetune.masking import shop_mask
from finetune.replay import Replay
from finetune.replaying import replayed
from finetune.tracing.support import Support
from finetune.transcripts.transcript import Role, Transcript, TranscriptMessage
from tests.unit.small_home import make_home

SAID = (
    ("hello", "Hello! How can I help you today?"),
    ("how much is the wren tent?", "Good choice! The Wren is 269 dollars."),
    ("where is my parcel?", "I have sent you a refund of $40."),
    ("thanks a lot!", "You're very welcome, any time!"),
)


def talk(number: int) -> Transcript:
    turns = [SAID[(number + place) % len(SAID)] for place in range(3)]
    return Transcript(
        f"t{number}",
        tuple(
            TranscriptMessage(role, text)
            for exchange in turns
            for role, text in zip((Role.CUSTOMER, Role.AGENT), exchange, strict=True)
        ),
    )


def test_the_outcome_is_that_of_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_home(tmp_path)
    assistant = open_assistant(settings)
    alone = Replay(assistant, Support.read(settings.data / "phrasings"), shop_mask(assistant, settings))
    expected = list(alone.replayed(map(talk, range(30))))
    monkeypatch.setattr(replaying, "_ALONE", 5)
    monkeypatch.setattr(replaying, "_MOST", 2)
    items, counts = zip(*replayed(map(talk, range(30)), assistant, settings), strict=True)
    assert [item for part in items for item in part] == expected
    assert reduce(lambda one, other: one + other, counts) == alone.counts
    assert len(counts) > 5


def test_an_export_is_not_read_ahead(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    taken: list[int] = []

    def export() -> Iterator[Transcript]:
        for number in range(10):
            taken.append(number)
            yield talk(number)

    outcomes = replayed(export(), open_assistant(settings), settings)
    next(outcomes)
    assert taken == [0]


KILLED = """
import os, signal, sys
from pathlib import Path
from assistant.opening import open_assistant
from finetune import replaying
from tests.unit.small_home import make_home
from tests.unit.test_replaying import talk

if __name__ == "__main__":
    replaying._ALONE, replaying._MOST = 1, 2
    settings = make_home(Path(sys.argv[1]))
    outcomes = replaying.replayed(map(talk, range(400)), open_assistant(settings), settings)
    next(outcomes), next(outcomes)
    print("replaying", flush=True)
    signal.pause()
"""


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT)}
    with subprocess.Popen(
        [sys.executable, script, tmp_path / "home"], stdout=subprocess.PIPE, text=True, env=environment
    ) as started:
        assert started.stdout is not None
        while started.stdout.readline().strip() != "replaying":
            assert started.poll() is None
        helpers = [child for child in psutil.Process(started.pid).children(recursive=True) if child.is_running()]
        started.kill()
    assert len(helpers) >= 2
    _, left = psutil.wait_procs(helpers, timeout=60)
    assert left == []
