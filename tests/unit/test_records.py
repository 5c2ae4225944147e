from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, delete

from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.errors import StoreError
from retrieval.store.database import writing
from retrieval.store.records import Records
from retrieval.store.tables import CustomerRow, EventRow, FaqRow, ProductRow
from retrieval.store.upsert import Outcome
from tests.unit.shop_values import customers, events, faqs, products

few = settings(max_examples=15, suppress_health_check=list(HealthCheck))
MUG = Product("MUG", "Mug", Money(Decimal("14.00")), color="Blue")
HAT = Product("HAT", "Hat", Money(Decimal("24.00")), sale_price=Money(Decimal("19.00")))
SOCK = Product("SOCK", "Sock", Money(Decimal("9.90")))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _empty(engine: Engine) -> Records:
    with writing(engine) as connection:
        for row in (ProductRow, FaqRow, EventRow, CustomerRow):
            connection.execute(delete(row))
    return Records(engine)


@few
@given(st.lists(products(), unique_by=lambda product: product.id, max_size=8))
def test_products_come_back_as_they_were_in_their_order(engine: Engine, listed: list[Product]) -> None:
    records = _empty(engine)
    assert records.upsert_products(listed) == Outcome(added=len(listed))
    assert list(records.catalog().products.values()) == listed
    assert records.upsert_products(listed) == Outcome(unchanged=len(listed))


@few
@given(
    st.lists(faqs, unique_by=lambda faq: faq.id, max_size=5),
    st.lists(customers, unique_by=lambda customer: customer.id, max_size=5),
    st.lists(events, unique_by=lambda event: (event.customer_id, event.product_id, event.kind, event.time), max_size=5),
)
def test_other_records_come_back_as_they_were(
    engine: Engine, pages: list[Faq], people: list[Customer], acts: list[Event]
) -> None:
    records = _empty(engine)
    for _ in range(2):
        records.upsert_faqs(pages)
        records.upsert_customers(people)
        records.upsert_events(acts)
    assert list(records.catalog().faqs.values()) == pages
    assert [records.customer(person.id) for person in people] == people
    assert records.customer_ids() == {person.id for person in people}
    assert set(records.events()) == set(acts)


def test_importing_twice_changes_nothing_and_only_differences_are_written(engine: Engine) -> None:
    records = Records(engine)
    assert records.upsert_products([MUG, HAT]) == Outcome(added=2)
    version = records.catalog().version
    assert records.upsert_products([MUG, HAT]) == Outcome(unchanged=2)
    assert records.catalog().version == version
    dearer = replace(MUG, price=Money(Decimal("15.00")))
    assert records.upsert_products([dearer, HAT, SOCK]) == Outcome(added=1, changed=1, unchanged=1)
    assert list(records.catalog().products.values()) == [dearer, HAT, SOCK]


def test_replace_removes_what_is_gone(engine: Engine) -> None:
    records = Records(engine)
    records.upsert_products([MUG, HAT, SOCK])
    assert records.upsert_products([HAT], replace=True) == Outcome(unchanged=1, removed=2)
    assert list(records.catalog().products) == ["HAT"]
    assert records.upsert_faqs([Faq("a", "A", "x"), Faq("b", "B", "y")]) == Outcome(added=2)
    assert records.upsert_faqs([Faq("b", "B", "y")], replace=True) == Outcome(unchanged=1, removed=1)


def test_many_records_in_one_call(engine: Engine) -> None:
    records = Records(engine)
    many = [replace(MUG, id=f"M-{number}") for number in range(1_001)]
    assert records.upsert_products(many) == Outcome(added=1_001)
    assert records.upsert_products(many[::2], replace=True) == Outcome(unchanged=501, removed=500)


def test_a_failing_upsert_stores_nothing(engine: Engine) -> None:
    records = Records(engine)
    broken = replace(HAT, sale_price=Money(Decimal("1.00"), "EUR"))
    with pytest.raises(ValueError, match="USD but is on sale in EUR"):
        records.upsert_products([*(replace(MUG, id=str(number)) for number in range(500)), broken])
    assert not records.catalog().products


def test_events_since_a_moment_are_oldest_first(engine: Engine) -> None:
    records = Records(engine)
    acts = [Event("C-1", f"P-{number}", EventKind.VIEW, NOON + timedelta(minutes=number)) for number in (3, 1, 2)]
    records.upsert_events(acts)
    assert [event.product_id for event in records.events()] == ["P-1", "P-2", "P-3"]
    assert [event.product_id for event in records.events(NOON + timedelta(minutes=2))] == ["P-2", "P-3"]


@pytest.mark.parametrize("customer_id", ["", "c-1", "C-1 ", "C-1\x00", "\ud800", "C-1' OR '1'='1", "%", "x" * 100_000])
def test_only_the_exact_customer_id_finds_a_customer(engine: Engine, customer_id: str) -> None:
    records = Records(engine)
    records.upsert_customers([Customer("C-1", "Ada", "ada@example.com")])
    assert records.customer(customer_id) is None
    assert records.customer("C-1") == Customer("C-1", "Ada", "ada@example.com")


def test_a_lost_database_is_a_store_error() -> None:
    lost = create_engine("sqlite:////dev/null/lost.db")
    with pytest.raises(StoreError, match="cannot be used"):
        Records(lost).catalog()
