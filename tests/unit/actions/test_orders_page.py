"""docs/orders.md: its code, its settings, its file and its commands work."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from assistant.actions.backend import OrderBackend
from assistant.actions.order import Order, OrderStatus
from assistant.actions.order_feed import read_orders
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.policy import Rules
from assistant.actions.policy_file import read_policy
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import Cancel, ReturnLabel
from assistant.cli import build_app
from retrieval.feeds.intake import Intake
from retrieval.feeds.source import Source
from tests.unit.actions.order_desk import ADA, BO, ORDERS
from tests.unit.retail.small_world import write_tasks, write_world

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "orders.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


class ShopRecords(dict[str, OrderRecord]):
    """What the page calls the shop's own code."""

    cancelled = 0

    def cancel(self, identity: str) -> None:
        record = self[identity]
        order = replace(record.order, status=OrderStatus.CANCELLED)
        self[identity] = replace(record, order=order, version=record.version + 1)
        self.cancelled += 1


@pytest.fixture
def records() -> ShopRecords:
    return ShopRecords({each.id: OrderRecord(each) for each in ORDERS})


@pytest.fixture
def backend(records: ShopRecords) -> OrderBackend:
    names: dict[str, Any] = {}
    exec(compile(block("python"), "docs/orders.md", "exec"), names)
    made: OrderBackend = names["DictionaryBackend"](records)
    return made


def reason(found: object) -> Reason:
    assert isinstance(found, Refusal)
    return found.reason


def test_the_backend_of_the_page_is_as_short_as_it_says() -> None:
    lines = block("python").partition("class ")[2].splitlines()
    assert len([line for line in lines if line.strip()]) <= 40
    assert max(map(len, lines)) <= 130


def test_the_backend_of_the_page_keeps_what_the_protocol_asks(backend: OrderBackend, records: ShopRecords) -> None:
    assert [each.order.id for each in backend.find(ADA)] == ["A-1", "A-2", "A-3", "A-4"]
    assert [each.order.id for each in backend.find(ADA, "A-2")] == ["A-2"]
    assert backend.find(ADA, "B-1") == backend.find(Owner(visitor_id="v")) == ()
    assert [each.order.id for each in backend.find(Owner(customer_id="C-1", order_id="A-1"))] == ["A-1"]
    for request in (Cancel(order="A-2"), Cancel(order="B-1"), ReturnLabel(order="A-1")):
        assert reason(backend.propose(ADA, request)) is Reason.WRONG_STATE
    first, second = backend.propose(ADA, Cancel(order="A-4")), backend.propose(ADA, Cancel(order="A-1"))
    assert isinstance(first, Proposal)
    assert isinstance(second, Proposal)
    assert second.cancels == first.id
    assert reason(backend.execute(BO, second.id, "k")) is Reason.NO_SUCH_PROPOSAL
    done = backend.execute(ADA, second.id, "k")
    assert isinstance(done, Done)
    assert done.lines()[0] == "Order A-1 is cancelled."
    assert backend.execute(ADA, second.id, "k") == done.model_copy(update={"repeated": True})
    assert reason(backend.execute(ADA, second.id, "other")) is Reason.NO_SUCH_PROPOSAL
    assert (records.cancelled, backend.find(ADA, "A-1")[0].order.status) == (1, OrderStatus.CANCELLED)
    third = backend.propose(ADA, Cancel(order="A-4"))
    assert isinstance(third, Proposal)
    backend.withdraw(ADA, third.id)
    assert reason(backend.execute(ADA, third.id, "k2")) is Reason.NO_SUCH_PROPOSAL
    fourth = backend.propose(ADA, Cancel(order="A-4"))
    assert isinstance(fourth, Proposal)
    records["A-4"] = replace(records["A-4"], version=7)
    assert reason(backend.execute(ADA, fourth.id, "k3")) is Reason.STALE


def test_the_settings_of_the_page_are_a_policy_and_all_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text(f"---\n{block('yaml')}---\n## Cancelling\nUntil it is packed.\n", encoding="utf-8")
    read_policy(path)
    shown: Mapping[str, Mapping[str, Any]] = yaml.safe_load(block("yaml"))
    fields = {field.alias or name: field for name, field in Rules.model_fields.items()}
    assert shown.keys() == fields.keys()
    told = {key for part in shown.values() for key in part}
    known = {key for field in fields.values() for key in field.annotation.model_fields}  # type: ignore[union-attr]
    assert told == known


def test_the_order_of_the_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_text(block("json"), encoding="utf-8")
    (order,) = read_orders(Source.open(path), Intake(), {"C-1"})
    assert isinstance(order, Order)
    assert order.address is not None
    assert order.payment is not None


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "DIR").mkdir()
    write_world(tmp_path / "DIR")
    write_tasks(
        tmp_path / "TASKS", ("ann", [("cancel_pending_order", {"order_id": "#W1", "reason": "ordered by mistake"})])
    )
    commands = re.findall(r"^aisle (.+)$", PAGE, re.MULTILINE)
    said = [CliRunner().invoke(build_app(), each.split(), catch_exceptions=False) for each in commands]
    assert [each.exit_code for each in said] == [0, 0, 0]
    assert json.loads(said[1].stdout) == {"mode": "replay", "tasks": 1, "matched": 1, "differ": [], "details": {}}
    assert "doing nothing" in said[2].stdout
