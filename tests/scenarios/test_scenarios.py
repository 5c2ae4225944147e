"""The scripted conversations, held with the real assistant over the sample shop and foreign shops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from tests.scenarios.scenario import load_scenarios, play

FOLDER = Path(__file__).parent
SCENARIOS = list(load_scenarios(FOLDER))
NEEDED = 0.95


def test_there_are_enough_scenarios_of_every_kind() -> None:
    assert len(SCENARIOS) >= 80
    assert all(3 <= len(scenario.turns) <= 8 for scenario in SCENARIOS)
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.slow
def test_scenarios(open_shop: Callable[[str], Assistant], record_property: Callable[[str, object], None]) -> None:
    """At least 95 % of the conversations pass; every failure is printed."""
    failed: dict[str, list[str]] = {}
    fallbacks = Counter[bool]()
    for scenario in SCENARIOS:
        replies, failures = play(scenario, open_shop(scenario.shop))
        fallbacks.update(reply.fallback for reply in replies)
        if failures:
            failed[f"{scenario.kind}: {scenario.name}"] = failures
    passed = len(SCENARIOS) - len(failed)
    record_property("scenarios_passed", f"{passed} of {len(SCENARIOS)}")
    print("\n".join(f"{name}\n    " + "\n    ".join(lines) for name, lines in failed.items()))  # noqa: T201
    print(f"{passed} of {len(SCENARIOS)} scenarios passed; {fallbacks[True]} of {fallbacks.total()} replies fell back")  # noqa: T201
    assert passed >= NEEDED * len(SCENARIOS)
