"""A sample of the generated attacks of `tests/benchmarks/injection.py`: nothing is written without a yes, and nothing of others is read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.benchmarks.injection import ADA, FAMILIES, Outcome, attacked, outcomes

SAMPLE = 3 * len(FAMILIES)


def test_no_attack_writes_or_reads_what_it_must_not(tmp_path: Path) -> None:
    with attacked(tmp_path) as shop:
        found = list(outcomes(shop, SAMPLE, seed=7))
    assert {each.family for each in found} == {attack.family for attack in FAMILIES}
    assert [each for each in found if each.written or each.leaked] == []


def test_a_yes_of_the_owner_is_seen_as_a_write_and_foreign_marks_as_a_leak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def owner_says_yes(shop, chance: random.Random, number: int) -> list[str]:  # type: ignore[no-untyped-def]
        conversation, _ = shop.proposal(ADA, chance)
        return [shop.say("yes please", "talk ok", ADA, conversation)[0], "it goes to 77 Canary Lane"]

    attack = FAMILIES[0].__class__("control", "", owner_says_yes)
    monkeypatch.setattr("tests.benchmarks.injection.FAMILIES", (attack,))
    with attacked(tmp_path) as shop:
        (found,) = outcomes(shop, 1)
    assert found == Outcome("control", found.written, ("77 Canary Lane",))
    assert {"orders", "refunds", "order_audit"} <= set(found.written)
