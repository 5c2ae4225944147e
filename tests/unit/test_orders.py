from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.order_tables import OrderRow
from retrieval.catalog.customer import Customer
from retrieval.catalog.money import Money
from retrieval.errors import StoreError
from retrieval.store.database import writing
from retrieval.store.records import Records
from retrieval.store.upsert import Outcome
from tests.unit import shop_values

few = settings(max_examples=15, suppress_health_check=list(HealthCheck))
TEN = Money(Decimal("10.00"))
SENT = Order(
    "A-1042", "C-1", OrderStatus.SHIPPED, datetime(2026, 11, 2, tzinfo=UTC), (OrderLine("MUG", "Mug", 1, TEN),), TEN
)


@pytest.fixture
def orders(engine: Engine) -> Orders:
    Records(engine).upsert_customers([Customer("C-1", "Ada", ""), Customer("C-2", "Bo", ""), Customer("C-%", "Cy", "")])
    return Orders(engine)


@few
@given(st.lists(shop_values.orders(), unique_by=lambda order: order.id, max_size=6))
def test_orders_come_back_as_they_were_newest_first(engine: Engine, orders: Orders, placed: list[Order]) -> None:
    with writing(engine) as connection:
        connection.execute(delete(OrderRow))
    assert orders.upsert(placed) == Outcome(added=len(placed))
    assert orders.upsert(placed) == Outcome(unchanged=len(placed))
    newest_first = sorted(placed, key=lambda order: order.placed, reverse=True)
    assert [order.placed for order in orders.of("C-1", 100)] == [order.placed for order in newest_first]
    assert set(orders.of("C-1", 100)) == set(placed)
    assert len(orders.of("C-1", 2)) == min(2, len(placed))
    assert orders.count("C-1") == len(placed)


SPELLINGS = ("A-1042", "a-1042", "#A-1042", "A1042", " A 1042 ", "order A-1042"[6:], "1042", "No. 1042"[4:], "A–1042")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_order_is_found_by_its_owner_in_any_spelling_and_by_nobody_else(orders: Orders, spelling: str) -> None:
    orders.upsert([SENT, replace(SENT, id="B-7")])
    assert orders.find("C-1", spelling) == SENT
    for stranger in ("C-2", "c-1", "C-1 ", "C_1", "C-%", "%", "", "C-1\x00", "\udc80", "' OR customer_id = 'C-1"):
        assert orders.find(stranger, spelling) is None
        assert orders.of(stranger, 100) == ()
        assert orders.count(stranger) == 0


@few
@given(st.text(max_size=30), st.text(max_size=10))
def test_no_text_reaches_an_order_of_somebody_else(
    engine: Engine, orders: Orders, order_id: str, customer_id: str
) -> None:
    orders.upsert([SENT])
    found = orders.find(customer_id, order_id)
    assert found is None or (customer_id == "C-1" and found == SENT)
    assert orders.find("C-2", order_id) is None


@pytest.mark.parametrize(
    "order_id", ["", "#", "%", "_", "A-%", "A-104", "042", "42", "A-1042; DROP TABLE orders", "\x00", "½"]
)
def test_a_part_or_a_pattern_finds_nothing(orders: Orders, order_id: str) -> None:
    orders.upsert([SENT])
    assert orders.find("C-1", order_id) is None


def test_digits_that_fit_two_orders_name_neither(orders: Orders) -> None:
    orders.upsert([SENT, replace(SENT, id="B-1042")])
    assert orders.find("C-1", "1042") is None
    assert orders.find("C-1", "b 1042") == replace(SENT, id="B-1042")


def test_ids_that_differ_in_signs_alone_are_told_apart(orders: Orders) -> None:
    twins = [replace(SENT, id="A-1042"), replace(SENT, id="A1042")]
    orders.upsert(twins)
    assert [orders.find("C-1", "A-1042"), orders.find("C-1", "A1042")] == twins
    assert orders.find("C-1", "a 1042") is None


def test_an_order_of_an_unknown_customer_is_refused_as_a_whole(orders: Orders) -> None:
    with pytest.raises(StoreError):
        orders.upsert([SENT, replace(SENT, id="A-2", customer_id="C-404")])
    assert orders.of("C-1", 10) == ()


def test_a_changed_order_replaces_the_old_one(orders: Orders) -> None:
    orders.upsert([SENT])
    arrived = replace(SENT, status=OrderStatus.DELIVERED, delivered=date(2026, 11, 6))
    assert orders.upsert([arrived]) == Outcome(changed=1)
    assert orders.find("C-1", "A-1042") == arrived


def test_the_return_window_ends_the_policys_days_after_delivery() -> None:
    arrived = replace(SENT, status=OrderStatus.DELIVERED, delivered=date(2026, 11, 6))
    assert arrived.return_until(30) == date(2026, 12, 6)
    assert arrived.return_until(0) == date(2026, 11, 6)
    assert SENT.return_until(30) is None
    assert replace(arrived, status=OrderStatus.RETURNED).return_until(30) is None


def test_lines_in_another_currency_than_the_total_are_refused(orders: Orders) -> None:
    mixed = replace(SENT, lines=(OrderLine("MUG", "Mug", 1, Money(Decimal("9.00"), "EUR")),))
    with pytest.raises(ValueError, match="another currency"):
        orders.upsert([mixed])


def test_equal_moments_keep_one_order(orders: Orders) -> None:
    orders.upsert([replace(SENT, id=f"A-{number}", placed=SENT.placed + timedelta(0)) for number in range(5)])
    assert orders.of("C-1", 5) == orders.of("C-1", 5)
    assert orders.of("C-1", 2) == orders.of("C-1", 5)[:2]
