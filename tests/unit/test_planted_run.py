"""Nothing personal that has a form of its own gets past `aisle finetune`: neither into a file of it nor onto the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.privacy.kind import STRUCTURED, Kind
from tests.simulation.planted_run import PlantedRun, run

pytestmark = pytest.mark.slow


def test_no_planted_item_is_left_in_what_a_run_writes_and_says(tmp_path: Path) -> None:
    found = run(tmp_path, items=56, seed=3)
    assert found.exit_code in (0, 1), found.terminal
    assert "bad record: " in found.terminal
    written = {path.name for path in found.output.rglob("*")}
    assert written >= {"examples.jsonl", "README.md", "report.json", "report.html", "training.json", "tensorboard"}
    assert found.leaks() == []
    outcome = found.examples()
    assert set(outcome.planted) == set(Kind)
    assert not outcome.examples

    exported = PlantedRun(tmp_path / "exports", found.planted).leaks()
    with_form = [item for item in found.planted if item.kind in STRUCTURED]
    assert len(exported) > 0.5 * len(with_form)  # the same search finds them in what went in
