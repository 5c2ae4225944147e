"""What conversations searched for, joined with what their customers wanted of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.actions.actions import Actions
from assistant.actions.owner import Owner
from assistant.actions.requests import AddToCart
from assistant.conversation.conversation import Turn
from assistant.conversation.store import Store
from assistant.conversation.why import Why
from assistant.dialogue.thread import Thread
from assistant.privacy.known import Known
from assistant.privacy.masker import Masker
from assistant.shown import Card, Shown
from finetune.embeddings.customer_queries import customer_queries, read_interests, read_searches
from finetune.embeddings.queries import ShopTraits
from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import PRODUCTS, SMALL_SHOP

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAYA = Customer("C-1", "Maya Okafor", "maya@post.example")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    Records(engine).upsert_products(PRODUCTS)
    return engine


def search(engine: Engine, kind: str, want: str, cards: list[str], customer: str | None = "C-1") -> str:
    """One conversation with one turn that searched; its id."""
    store = Store(engine)
    shown = Shown(cards=tuple(Card.of(SMALL_SHOP.products[id], SMALL_SHOP, NOON) for id in cards))
    why = Why(plan=({"find": {"kind": kind, "want": want}},))
    turn = Turn("the message", "the reply", NOON, shown, why=why)
    return store.append(store.open(None, customer), turn, Thread()).id


def act(engine: Engine, product: str, kind: EventKind, hours: float, customer: str = "C-1") -> None:
    Records(engine).upsert_events([Event(customer, product, kind, NOON + timedelta(hours=hours))])


def wanted(engine: Engine) -> dict[str, dict[str, float]]:
    """The grades of the products by their ids, for each text."""
    shop = ShopTraits.of(SMALL_SHOP)
    found = read_interests(engine, Records(engine).events())
    queries = customer_queries(shop, read_searches(engine), found, Masker(Known.of([MAYA])))
    return {query.text: {shop.products[place].id: grade for place, grade in query.grades.items()} for query in queries}


def test_what_was_wanted_of_what_was_shown_answers_by_the_strongest_interest(engine: Engine) -> None:
    search(engine, "Tents", "for two", ["tent-green", "wren"])
    act(engine, "tent-orange", EventKind.VIEW, 1)
    act(engine, "tent-orange", EventKind.PURCHASE, 2)
    act(engine, "wren", EventKind.VIEW, 3)
    assert wanted(engine) == {"tents for two": {"tent-green": 3.0, "tent-orange": 3.0, "wren": 1.0}}


def test_what_came_too_late_too_early_from_others_or_was_not_shown_does_not_count(engine: Engine) -> None:
    search(engine, "tents", "", ["tent-green", "wren"])
    act(engine, "wren", EventKind.PURCHASE, 25)
    act(engine, "wren", EventKind.VIEW, -1)
    act(engine, "wren", EventKind.CART, 1, "C-2")
    act(engine, "mug-red", EventKind.CART, 1)
    act(engine, "tent-green", EventKind.RATING, 1)
    assert wanted(engine) == {}


def test_the_cart_of_a_visitor_counts(engine: Engine) -> None:
    visitor = Owner(visitor_id=search(engine, "mugs", "", ["mug-red"], None))
    actions = Actions.of_database(engine, clock=lambda: NOON + timedelta(minutes=5))
    proposal = actions.propose(visitor, AddToCart(product_id="mug-red"))
    actions.execute(visitor, proposal.id)
    assert wanted(engine) == {"mugs": {"mug-red": 2.0, "mug-blue": 2.0}}


def test_texts_with_personal_data_are_left_out(engine: Engine) -> None:
    search(engine, "boots", "send to maya@post.example", ["boots"])
    act(engine, "boots", EventKind.CART, 1)
    assert wanted(engine) == {}
