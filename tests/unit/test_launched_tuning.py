"""`accelerate launch` over two processes learns what one process learns; on processors it is started as for two GPUs.

A run that is killed outright and started again comes to the very same result.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.tiny_conversation import tiny_base

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object, processes: int = 1) -> subprocess.CompletedProcess[str]:
    launch = [
        sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", str(processes), "--num_machines", "1",
        "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0",
    ]  # fmt: skip
    start = launch if processes > 1 else [sys.executable]
    command = [*start, str(Path(__file__).with_name("launched_tuning.py")), *map(str, arguments)]
    quiet = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, timeout=300)


def found(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_killed_and_started_again_or_in_two_processes_a_run_comes_to_the_same(tmp_path: Path) -> None:
    folder = tiny_base(tmp_path / "base")
    alone = found(run(folder, tmp_path / "alone"))
    assert run(folder, tmp_path / "killed", 3).returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "killed").iterdir()] == ["step-2"]
    assert found(run(folder, tmp_path / "killed")) == alone
    together = found(run(folder, tmp_path / "together", processes=2))
    assert (alone["processes"], together["processes"]) == (1, 2)
    assert together["losses"] == pytest.approx(alone["losses"], rel=1e-4)
    assert list(together["held_out"].values()) == pytest.approx(list(alone["held_out"].values()), rel=1e-4)
    assert together["weight"] == pytest.approx(alone["weight"], rel=1e-4)
