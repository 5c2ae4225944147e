"""The retail world: what is imported is what the file says, and our actions end where the world's own rules do."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from typer.testing import CliRunner

from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from assistant.actions.policy_file import read_policy
from assistant.actions.retail_import import import_world, retail_policy
from assistant.actions.retail_world import Item, Move, RetailWorld, read_world
from assistant.cli import build_app
from finetune.retail import replay as replay_module
from finetune.retail.replay import open_world, replay
from finetune.retail.rules import EXCHANGE_REQUESTED, ITEMS_CHANGED, RETURN_REQUESTED, BrokenRule, act
from finetune.retail.snapshot import differences, snapshot
from finetune.retail.task import Action, RetailTask, read_tasks
from retrieval.errors import FeedError
from retrieval.store.versions import Kind
from tests.unit.retail.small_world import OTHER, WORLD, write_tasks, write_world


@pytest.fixture
def world(tmp_path: Path) -> RetailWorld:
    return read_world(write_world(tmp_path))


def test_a_database_holds_the_world_that_was_imported(engine: Engine, world: RetailWorld) -> None:
    first = import_world(engine, world)
    assert {kind: outcome.added for kind, outcome in first.items()} == {
        Kind.PRODUCTS: 6, Kind.CUSTOMERS: 2, Kind.ORDERS: 7
    }  # fmt: skip
    assert snapshot(engine) == world
    again = import_world(engine, world)
    assert not any(outcome.has_changes for outcome in again.values())
    assert snapshot(engine) == world
    order = Orders(engine).find("ann", "w1")
    assert order is not None
    assert (order.status, order.lines[0].title) == (OrderStatus.PROCESSING, "Lamp (red, 9 hours)")
    assert world.shoppers["ann"].methods["credit_card_1"].label == "Visa ending in 4242"


def test_the_worlds_rules_are_a_policy(tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text(retail_policy(), encoding="utf-8")
    rules = read_policy(path).rules
    assert rules.cancel.reasons == ("no longer needed", "ordered by mistake")
    assert rules.change_items.final
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "policy.md").write_text("## Returns\nOnce.\n", encoding="utf-8")
    path.write_text(retail_policy(tmp_path / "world"), encoding="utf-8")
    section = read_policy(path).section("Returns")
    assert section is not None
    assert section.text == "Once."


def done(world: RetailWorld, name: str, **values: Any) -> RetailWorld:
    act(world, name, values)
    return world


def test_the_rules_by_hand(world: RetailWorld) -> None:
    done(world, "cancel_pending_order", order_id="#W2", reason="no longer needed")
    order = world.orders["#W2"]
    assert (order.status, order.cancel_reason) == ("cancelled", "no longer needed")
    assert order.moves[1] == Move("refund", Decimal("119.0"), "gift_card_1")
    balance = world.shoppers["ann"].methods["gift_card_1"].balance
    assert balance is not None
    assert balance.amount == Decimal("164.0")
    done(
        world, "modify_pending_order_items", order_id="#W1", item_ids=["11"], new_item_ids=["13"],
        payment_method_id="paypal_1",
    )  # fmt: skip
    order = world.orders["#W1"]
    assert order.status == ITEMS_CHANGED
    assert order.items == [Item("13", Decimal("61.2")), Item("21", Decimal("99.99"))]
    assert order.moves[1] == Move("payment", Decimal("20.7"), "paypal_1")
    done(world, "return_delivered_order_items", order_id="#W3", item_ids=["21", "11"], payment_method_id="gift_card_1")
    order = world.orders["#W3"]
    assert (order.status, order.back, order.settled_with) == (RETURN_REQUESTED, ["11", "21"], "gift_card_1")
    done(
        world, "exchange_delivered_order_items", order_id="#W4", item_ids=["11", "12"], new_item_ids=["12", "13"],
        payment_method_id="gift_card_1",
    )  # fmt: skip
    order = world.orders["#W4"]
    assert (order.status, order.sent, order.difference) == (EXCHANGE_REQUESTED, ["12", "13"], Decimal("20.7"))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("cancel_pending_order", {"order_id": "#W3", "reason": "no longer needed"}),
        ("cancel_pending_order", {"order_id": "#W1", "reason": "bored"}),
        ("cancel_pending_order", {"order_id": "#W9", "reason": "no longer needed"}),
        ("cancel_pending_order", {"order_id": "#W1"}),
        ("modify_pending_order_payment", {"order_id": "#W1", "payment_method_id": "credit_card_1"}),
        ("modify_pending_order_payment", {"order_id": "#W1", "payment_method_id": "gift_card_1"}),
        ("modify_pending_order_payment", {"order_id": "#W1", "payment_method_id": "paypal_2"}),
        ("modify_pending_order_address", {"order_id": "#W1", "city": "Salem"}),
        ("modify_user_address", {"user_id": "zoe", **OTHER}),
        (
            "return_delivered_order_items",
            {"order_id": "#W3", "item_ids": ["11", "11"], "payment_method_id": "paypal_1"},
        ),
        ("return_delivered_order_items", {"order_id": "#W3", "item_ids": ["11"], "payment_method_id": "credit_card_1"}),
        (
            "exchange_delivered_order_items",
            {"order_id": "#W3", "item_ids": ["11"], "new_item_ids": ["14"], "payment_method_id": "paypal_1"},
        ),
        (
            "exchange_delivered_order_items",
            {"order_id": "#W3", "item_ids": ["11"], "new_item_ids": ["22"], "payment_method_id": "paypal_1"},
        ),
        (
            "modify_pending_order_items",
            {"order_id": "#W1", "item_ids": ["11"], "new_item_ids": ["12", "13"], "payment_method_id": "paypal_1"},
        ),
    ],
)
def test_what_breaks_a_rule_changes_nothing_here_or_there(
    world: RetailWorld, tmp_path: Path, name: str, values: dict[str, Any]
) -> None:
    with pytest.raises(BrokenRule):
        act(world, name, values)
    assert list(differences(world, read_world(tmp_path))) == []
    task = RetailTask(id="t", user_id="ann", actions=(Action(name=name, kwargs=values),))
    assert replay(world, [task])[0].differing == ()


items = st.lists(st.sampled_from(["11", "12", "13", "14", "21", "22"]), min_size=1, max_size=3)
orders = st.sampled_from([f"#W{number}" for number in range(1, 7)])
methods = st.sampled_from(["credit_card_1", "paypal_1", "gift_card_1", "paypal_2"])
reasons = st.sampled_from(["no longer needed", "ordered by mistake", "bored"])


def action(name: str, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[Action]:
    return st.builds(lambda **given: Action(name=name, kwargs=given), **values)


actions = st.one_of(
    action("cancel_pending_order", order_id=orders, reason=reasons),
    action("modify_pending_order_address", order_id=orders, **{name: st.just(value) for name, value in OTHER.items()}),
    action("modify_user_address", user_id=st.just("ann"), **{name: st.just(value) for name, value in OTHER.items()}),
    action("modify_pending_order_payment", order_id=orders, payment_method_id=methods),
    action("return_delivered_order_items", order_id=orders, item_ids=items, payment_method_id=methods),
    action("get_order_details", order_id=orders),
    action("think", thought=st.text(max_size=5)),
    *(
        action(name, order_id=orders, item_ids=items, new_item_ids=items, payment_method_id=methods)
        for name in ("modify_pending_order_items", "exchange_delivered_order_items")
    ),
)


def refunds_twice(task: RetailTask) -> bool:
    """The world refunds a refund when an order is cancelled after its payment was changed; our actions never do."""
    changed: set[Any] = set()
    for each in task.actions:
        if each.name == "modify_pending_order_payment":
            changed.add(each.values["order_id"])
        elif each.name == "cancel_pending_order" and each.values["order_id"] in changed:
            return True
    return False


tasks = st.builds(
    RetailTask, id=st.just("t"), user_id=st.just("ann"), actions=st.lists(actions, min_size=1, max_size=5).map(tuple)
)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(tasks.filter(lambda task: not refunds_twice(task)), min_size=60, max_size=60))
def test_our_actions_end_where_the_worlds_rules_do(tmp_path: Path, drawn: list[RetailTask]) -> None:
    world = read_world(write_world(tmp_path))
    assert {each.task.actions: each.differing for each in replay(world, drawn) if each.differing} == {}


def test_a_world_that_ends_otherwise_is_named(
    world: RetailWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_tasks(
        tmp_path / "tasks.jsonl",
        ("ann", [("cancel_pending_order", {"order_id": "#W2", "reason": "no longer needed"})]),
        ("ann", [("get_order_details", {"order_id": "#W2"})]),
        ("ben", [("cancel_pending_order", {"order_id": "#W2", "reason": "no longer needed"})]),
        ("ann", [("modify_weather", {})]),
    )
    drawn = list(read_tasks(path))
    assert [task.id for task in drawn] == ["tasks:1", "tasks:2", "tasks:3", "tasks:4"]
    found = [each.differing for each in replay(world, drawn)]
    assert found == [(), (), ("#W2", "ann"), ("unknown action modify_weather",)], "nobody cancels another's order"
    monkeypatch.setattr(replay_module, "perform", lambda *_: None)
    assert [bool(each.differing) for each in replay(world, drawn)] == [True, False, True, True]


def test_other_peoples_records_are_watched(world: RetailWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def perform(backend: Any, user_id: str, action: Action, key: str) -> None:
        cancelled = Action(name="cancel_pending_order", kwargs={"order_id": "#W7", "reason": "no longer needed"})
        original(backend, "ben", cancelled, key)

    original = replay_module.perform
    monkeypatch.setattr(replay_module, "perform", perform)
    task = RetailTask(id="t", user_id="ann", actions=(Action(name="think", kwargs={}),))
    assert replay(world, [task])[0].differing == ("ben",)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\x1f\x8b\x08", json.dumps({**WORLD, "users": {"ann": {}}}).encode()]
)
def test_a_file_that_is_no_world_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "db.json").write_bytes(content)
    with pytest.raises(FeedError, match="is not the retail world"):
        read_world(tmp_path)
    with pytest.raises(FeedError, match=r"holds no db\.json"):
        read_world(tmp_path / "nowhere")


@pytest.mark.parametrize("line", ["{", "[]", '{"user_id": "ann"}', '{"actions": []}', '{"user_id": 1, "actions": []}'])
def test_a_bad_task_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(f'{{"user_id": "ann", "actions": []}}\n\n{line}\n')
    with pytest.raises(FeedError, match="line 3 is no task"):
        list(read_tasks(path))


def test_tasks_may_be_packed_and_may_have_ids(tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl.gz"
    path.write_bytes(
        gzip.compress(b'{"id": 7, "user_id": "ann", "actions": [{"name": "think", "arguments": {"x": 1}}]}\n')
    )
    (task,) = read_tasks(path)
    assert (task.id, task.actions[0].values) == ("7", {"x": 1})


def run(*arguments: object) -> Any:
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments], catch_exceptions=False)


def test_import_and_evaluate_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder, home = write_world(tmp_path), tmp_path / "home"
    path = write_tasks(
        tmp_path / "tasks.jsonl",
        ("ann", [("cancel_pending_order", {"order_id": "#W2", "reason": "no longer needed"})]),
        ("ben", [("cancel_pending_order", {"order_id": "#W2", "reason": "no longer needed"})]),
    )
    assert "orders: 7 added, 0 changed, 0 unchanged" in run("import", "retail", folder, "--home", home).output
    assert "orders: 0 added, 0 changed, 7 unchanged" in run("import", "retail", folder, "--home", home).output
    (home / "policy.md").write_text("---\n---\n")
    assert "exists and stays" in run("import", "retail", folder, "--home", home).output
    expected = {
        "mode": "replay",
        "tasks": 2,
        "matched": 1,
        "differ": ["tasks:2"],
        "details": {"tasks:2": ["#W2", "ann"]},
    }
    for db in (folder, folder / "db.json.gz", home / "aisle.db", f"sqlite:///{home / 'aisle.db'}"):
        found = run("evaluate", "retail", "--db", db, "--tasks", path, "--mode", "replay", "--json")
        assert json.loads(found.stdout) == expected
    assert (
        "1 of 2 tasks end as by the world's own rules."
        in run("evaluate", "retail", "--db", folder, "--tasks", path).output
    )
    assert open_world(str(home / "aisle.db")) == read_world(folder), "an evaluation changed the database it was given"
