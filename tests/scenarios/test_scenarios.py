"""The scripted conversations, held with the real assistant and its model over the sample shop and foreign shops.

Scenarios marked `fails` are those that the assistant does not pass yet, each with the reason. The language model is computed on graphs
that are chosen by load, so a plan on the edge can fall either way: one surprise a file is allowed, in both directions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from tests.scenarios.scenario import load_scenarios, play

FOLDER = Path(__file__).parent
SCENARIOS = list(load_scenarios(FOLDER))
FILES = sorted({scenario.file for scenario in SCENARIOS})
SURPRISES = 1


def test_there_are_enough_scenarios_of_every_kind() -> None:
    assert len(SCENARIOS) >= 80
    assert all(3 <= len(scenario.turns) <= 8 for scenario in SCENARIOS)
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_scenarios(
    file: str, open_shop: Callable[[str], Assistant], record_property: Callable[[str, object], None]
) -> None:
    """Those that are expected to pass do, and those that are known to fail still do; every other outcome is printed."""
    scenarios = [scenario for scenario in SCENARIOS if scenario.file == file]
    failed = {each.name: faults for each in scenarios if (faults := play(each, open_shop(each.shop))[1])}
    known = {each.name for each in scenarios if each.fails}
    record_property("scenarios_passed", f"{len(scenarios) - len(failed)} of {len(scenarios)}")
    broken = {name: faults for name, faults in failed.items() if name not in known}
    mended = known - failed.keys()
    print("\n".join(f"{name}\n    " + "\n    ".join(lines) for name, lines in broken.items()))  # noqa: T201
    print(f"{len(scenarios) - len(failed)} of {len(scenarios)} passed; no longer failing: {sorted(mended)}")  # noqa: T201
    assert len(broken) <= SURPRISES, f"these pass no longer: {sorted(broken)}"
    assert len(mended) <= SURPRISES, f"take the mark `fails` from these: {sorted(mended)}"
