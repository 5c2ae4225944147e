"""Actions: orders of the shop's own system and carts of Aisle's database, together."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.actions.actions import Actions
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.owner import Owner
from assistant.actions.proposal import Done, Proposal
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import AddToCart, Cancel
from assistant.settings import load_settings
from retrieval.store.database import open_database
from tests.unit.actions.order_desk import ADA, BO, Clock, desk, policy


@pytest.fixture
def actions(tmp_path: Path) -> Actions:
    """Orders in one database, which stands for the shop's own system, and carts in another."""
    clock, rules = Clock(), policy(tmp_path)
    carts = open_database(f"sqlite:///{tmp_path / 'carts.db'}")
    orders = desk(open_database(f"sqlite:///{tmp_path / 'orders.db'}"), rules, clock)
    return Actions(orders, desk(carts, rules, clock), None, rules, clock=clock)


def proposal(actions: Actions, request: Cancel | AddToCart) -> Proposal:
    found = actions.propose(ADA, request)
    assert isinstance(found, Proposal)
    return found


def test_each_change_runs_where_it_was_proposed_and_once(actions: Actions) -> None:
    cart, cancel = proposal(actions, AddToCart(product_id="mug")), proposal(actions, Cancel(order="A-1"))
    for each in (cart, cancel):
        first, second = actions.execute(ADA, each.id), actions.execute(ADA, each.id)
        assert isinstance(first, Done)
        assert isinstance(second, Done)
        assert (first.repeated, second.repeated) == (False, True)
    assert [line.product_id for line in actions.cart(ADA)] == ["mug"]
    assert actions.find(ADA, "A-1")[0].order.status.value == "cancelled"
    assert actions.withdraw(ADA, cancel.id) is not None


def test_made_up_ids_confirm_nothing(actions: Actions) -> None:
    mine = proposal(actions, Cancel(order="A-1"))
    for owner, id in ((BO, mine.id), (ADA, "none"), (ADA, "a\x00b"), (Owner(visitor_id="v"), mine.id)):
        refused = actions.execute(owner, id)
        assert isinstance(refused, Refusal)
        assert refused.reason in (Reason.NO_SUCH_PROPOSAL, Reason.NOT_SIGNED_IN)
    assert actions.find(ADA, "A-1")[0].order.status.value == "processing"


def test_the_policy_says_beforehand_what_cannot_be(tmp_path: Path, actions: Actions) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'own.db'}")
    clock, rules = Clock(), policy(tmp_path)
    desk(engine, rules, clock)
    own = Actions.of_database(engine, rules, clock=clock)
    processing, shipped, delivered = (own.find(ADA, id)[0] for id in ("A-1", "A-2", "A-3"))
    assert own.why_not("cancel", processing) is None
    refusal = own.why_not("cancel", shipped)
    assert refusal is not None
    assert refusal.reason is Reason.WRONG_STATE
    assert own.why_not("return", delivered) is None
    clock.wait(days=40)
    late = own.why_not("return", delivered)
    assert late is not None
    assert late.reason is Reason.WINDOW_OVER
    assert actions.why_not("cancel", shipped) is None  # only the shop's own system knows


def test_the_settings_choose_where_orders_are(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    assert isinstance(Actions.open(load_settings(home=tmp_path), engine)._orders, DatabaseBackend)
    settings = load_settings(home=tmp_path, orders_url="https://orders.example/", orders_token="secret")
    elsewhere = Actions.open(settings, engine)
    assert not isinstance(elsewhere._orders, DatabaseBackend)
    assert elsewhere.policy is None
