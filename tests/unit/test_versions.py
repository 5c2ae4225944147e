"""The version of the data: it rises with every change, in the transaction of the change, and with nothing else."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from assistant.actions.order import OrderStatus
from assistant.actions.orders import Orders
from retrieval.catalog.customer import Event, EventKind
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.store.database import reading
from retrieval.store.records import Records
from retrieval.store.versions import DataVersion, read_version
from tests.unit.small_home import MAYA, ORDER

MUG = Product("MUG", "Mug", Money(Decimal("14.00")))
PAGE = Faq("returns", "Returns", "Within 30 days.")
VIEW = Event("C-1", "MUG", EventKind.VIEW, datetime(2026, 11, 22, tzinfo=UTC))


def test_each_kind_is_counted_and_equal_records_are_not(engine: Engine) -> None:
    records, orders = Records(engine), Orders(engine)
    assert records.version() == DataVersion()
    for _ in range(2):
        records.upsert_products([MUG])
        records.upsert_faqs([PAGE])
        records.upsert_customers([MAYA])
        records.upsert_events([VIEW])
        orders.upsert([ORDER])
    assert records.version() == DataVersion(products=1, faqs=1, customers=1, orders=1, events=1)
    orders.upsert([replace(ORDER, status=OrderStatus.DELIVERED)])
    records.upsert_products([], replace=True)
    assert records.version() == DataVersion(products=2, faqs=1, customers=1, orders=2, events=1)
    assert records.version().number == 7


def test_what_a_server_keeps_in_memory_does_not_change_with_orders_and_customers() -> None:
    version = DataVersion(products=3, faqs=2, events=5)
    assert replace(version, orders=9, customers=9).in_memory == version.in_memory
    for kind in ("products", "faqs", "events"):
        assert replace(version, **{kind: 9}).in_memory != version.in_memory


def test_a_failing_import_leaves_the_version(engine: Engine) -> None:
    records = Records(engine)
    with pytest.raises(ValueError, match="on sale in EUR"):
        records.upsert_products([MUG, replace(MUG, id="HAT", sale_price=Money(Decimal(1), "EUR"))])
    assert records.version() == DataVersion()


def test_imports_at_once_are_all_counted(engine: Engine) -> None:
    def put(number: int) -> None:
        Records(engine).upsert_products([replace(MUG, id=f"M-{number}")])

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Records(engine).version() == DataVersion(products=8)


def test_a_reader_sees_records_and_version_of_one_moment(engine: Engine) -> None:
    """An import that is committed between two statements of one reader is not seen by the second one."""
    records = Records(engine)
    records.upsert_products([MUG])
    with reading(engine) as connection:
        before = read_version(connection)
        records.upsert_products([replace(MUG, price=Money(Decimal("15.00")))])
        assert read_version(connection) == before
    assert records.version() != before


def test_a_snapshot_never_mixes_two_imports(engine: Engine) -> None:
    """Price and answer change together, product first: a snapshot with the new answer must have the new price."""
    records = Records(engine)
    steps, done = 40, threading.Event()

    def change() -> None:
        for step in range(1, steps):
            records.upsert_products([replace(MUG, price=Money(Decimal(step)))])
            records.upsert_faqs([replace(PAGE, answer=f"Day {step}.")])
        done.set()

    records.upsert_products([MUG])
    records.upsert_faqs([PAGE])
    thread = threading.Thread(target=change)
    thread.start()
    seen = 0
    while not done.is_set():
        snapshot = records.snapshot()
        price = snapshot.catalog.products["MUG"].price.amount
        answer = snapshot.catalog.faqs["returns"].answer
        step = snapshot.version.products - 1
        assert price == (Decimal("14.00") if step == 0 else step)
        assert answer == ("Within 30 days." if snapshot.version.faqs == 1 else f"Day {snapshot.version.faqs - 1}.")
        seen += 1
    thread.join()
    assert seen > 1
