"""Scripted customers: what they say is drawn from one half, fits their task, and ends it in the assistant that ships."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.actions.retail_world import RetailWorld, read_world
from assistant.dialogue.waiting import Kind
from assistant.settings import Settings
from finetune.retail.customer import Identifies, ScriptedCustomer
from finetune.retail.goals import Naming, goals_of
from finetune.retail.outcome import expected_end
from finetune.retail.phrasings import Half, Phrasings
from finetune.retail.scripted import hold
from finetune.retail.task import RetailTask, read_tasks
from tests.unit.retail.small_world import OTHER, write_tasks, write_world

CANCEL = ("cancel_pending_order", {"order_id": "#W1", "reason": "no longer needed"})
SEND_BACK = (
    "return_delivered_order_items",
    {"order_id": "#W3", "item_ids": ["21"], "payment_method_id": "gift_card_1"},
)
SWAP = (
    "exchange_delivered_order_items",
    {"order_id": "#W3", "item_ids": ["11", "21"], "new_item_ids": ["12", "22"], "payment_method_id": "paypal_1"},
)
MOVE = ("modify_user_address", {"user_id": "ann", **OTHER})


@pytest.fixture
def world(tmp_path: Path) -> RetailWorld:
    return read_world(write_world(tmp_path))


def task(tmp_path: Path, *actions: tuple[str, dict[str, object]]) -> RetailTask:
    (found,) = read_tasks(write_tasks(tmp_path / "tasks.jsonl", ("ann", list(actions))))
    return found


def test_the_halves_share_no_phrasing() -> None:
    for name in ("openings.cancel.numbered", "answers.variant", "corrections.payment", "yes"):
        drawn = {
            half: {
                Phrasings(half, random.Random(seed))(name, order="1", options="o", method="m") for seed in range(200)
            }
            for half in (Half.SEEN, Half.HELD_OUT, Half.ALL)
        }
        assert not drawn[Half.SEEN] & drawn[Half.HELD_OUT], name
        assert drawn[Half.SEEN] | drawn[Half.HELD_OUT] == drawn[Half.ALL], name


def test_goals_are_the_recorded_actions(tmp_path: Path) -> None:
    cancel, swap, move = goals_of(task(tmp_path, CANCEL, ("think", {"thought": ""}), SWAP, MOVE))
    assert (cancel.kind, cancel.order, cancel.reason) == (Kind.CANCEL, "#W1", "no longer needed")
    assert (swap.kind, swap.swaps, swap.method) == (Kind.EXCHANGE, (("11", "12"), ("21", "22")), "paypal_1")
    assert move.kind is Kind.CHANGE_DEFAULT_ADDRESS
    assert move.address is not None


def test_items_and_options_are_named_by_what_sets_them_apart(world: RetailWorld) -> None:
    chance = random.Random(1)
    naming = Naming(world, world.shoppers["ann"].methods, Phrasings(Half.ALL, chance), chance)
    assert naming.item("11", "#W3") in ("the lamp", "my lamp")
    assert naming.item("12", "#W4") == "the blue lamp"
    assert naming.options("11", "12") == "blue"
    assert {naming.method("credit_card_1") for _ in range(50)} > {"my credit card", "my Visa"}
    assert "PayPal" in {naming.method("paypal_1") for _ in range(50)}


def test_who_needs_the_account_signs_in(tmp_path: Path, world: RetailWorld) -> None:
    for needs in (SEND_BACK, MOVE):  # another payment method, and the account's address
        wanted = task(tmp_path, needs)
        kinds = {ScriptedCustomer(wanted, world, Half.ALL, seed).identifies for seed in range(20)}
        assert kinds == {Identifies.SIGN_IN}
    wanted = task(tmp_path, CANCEL)
    assert {ScriptedCustomer(wanted, world, Half.ALL, seed).identifies for seed in range(20)} == set(Identifies)


def test_the_expected_end_is_by_the_worlds_own_rules(tmp_path: Path, world: RetailWorld) -> None:
    assert expected_end(world, task(tmp_path)).is_nothing
    end = expected_end(world, task(tmp_path, CANCEL))
    assert not end.is_nothing
    assert end.world.orders["#W1"].status == "cancelled"
    assert world.orders["#W1"].status == "pending"
    assert expected_end(world, task(tmp_path, ("fly", {}))).unknown == "fly"


def test_customers_talk_to_the_assistant_that_ships_until_it_is_done(tmp_path: Path, world: RetailWorld) -> None:
    wanted = [task(tmp_path, CANCEL), task(tmp_path, SWAP), task(tmp_path)]
    held = hold(world, wanted, Half.SEEN, 1, Settings(_env_file=None, home=tmp_path / "home"))
    assert [each.differing for each in held] == [(), (), ()]
    assert [each.nothing_would_do for each in held] == [False, False, True]
    assert all(each.said for each in held)
    assert not (tmp_path / "home").exists()
