"""Orders as rows: what an import fills, what a second import leaves alone, and what an older database becomes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text, update

from assistant.actions.address import Address
from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.order_feed import read_orders
from assistant.actions.order_record import OrderRecord, Shipment
from assistant.actions.order_rows import owned_records
from assistant.actions.orders import Orders
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.order_tables import OrderRow, PaymentMethodRow
from retrieval.catalog.customer import Customer
from retrieval.catalog.money import Money
from retrieval.feeds.intake import Intake
from retrieval.feeds.report import RowError
from retrieval.feeds.source import Source
from retrieval.store.database import open_database, reading, writing
from retrieval.store.records import Records
from retrieval.store.upsert import Outcome

TEN = Money(Decimal("10.00"))
HOME = Address("12 Mill Lane", "Bath", "BA1 1AA", "UK")
CARD = PaymentMethod("pm-7", PaymentKind.CARD, "Visa ending in 4242")
GIFT = PaymentMethod("gc-1", PaymentKind.GIFT_CARD, "Gift card", Money(Decimal("25.00")))
ORDER = Order(
    "A-1", "C-1", OrderStatus.SHIPPED, datetime(2026, 11, 2, tzinfo=UTC), (OrderLine("MUG", "Mug", 1, TEN),), TEN,
    carrier="Parcelway", tracking="PW1", expected=date(2026, 11, 7), address=HOME, payment=CARD,
)  # fmt: skip


@pytest.fixture
def orders(engine: Engine) -> Orders:
    Records(engine).upsert_customers([Customer("C-1", "Ada", ""), Customer("C-2", "Bo", "")])
    return Orders(engine)


def record(engine: Engine, customer_id: str = "C-1") -> OrderRecord:
    with reading(engine) as connection:
        (found,) = owned_records(connection, customer_id)
    return found


def test_an_import_fills_address_payment_parcel_and_money(engine: Engine, orders: Orders) -> None:
    orders.upsert([ORDER])
    assert orders.find("C-1", "A-1") == ORDER
    found = record(engine)
    assert found.shipments == (Shipment("Parcelway", "PW1", date(2026, 11, 7)),)
    assert found.methods == (CARD,)
    assert (found.paid, found.left, found.net_by_method) == (Decimal(10), Decimal(10), {"pm-7": Decimal(10)})


def test_a_refund_in_the_file_leaves_nothing_to_refund(engine: Engine, orders: Orders) -> None:
    orders.upsert([replace(ORDER, status=OrderStatus.RETURNED, refunded=date(2026, 11, 9))])
    found = record(engine)
    assert (found.left, found.net_by_method["pm-7"], found.order.refunded) == (0, 0, date(2026, 11, 9))


def test_a_changed_total_in_the_file_moves_the_difference(engine: Engine, orders: Orders) -> None:
    orders.upsert([ORDER])
    for total in ("14.00", "9.50"):
        orders.upsert([replace(ORDER, total=Money(Decimal(total)))])
        assert record(engine).left == Decimal(total)
    orders.upsert([replace(ORDER, status=OrderStatus.RETURNED, refunded=date(2026, 11, 9))])
    assert record(engine).left == 0


def test_a_file_that_says_nothing_new_does_not_undo_a_change(engine: Engine, orders: Orders) -> None:
    orders.upsert([ORDER])
    with writing(engine) as connection:
        connection.execute(update(OrderRow).values(status="cancelled"))
    assert orders.upsert([ORDER]) == Outcome(unchanged=1)
    assert record(engine).order.status is OrderStatus.CANCELLED
    assert orders.upsert([replace(ORDER, status=OrderStatus.DELIVERED)]) == Outcome(changed=1)
    assert record(engine).order.status is OrderStatus.DELIVERED
    assert record(engine).version == 1


def test_a_known_gift_card_keeps_its_balance(engine: Engine, orders: Orders) -> None:
    orders.upsert([replace(ORDER, payment=GIFT)])
    with writing(engine) as connection:
        connection.execute(update(PaymentMethodRow).values(balance=Decimal("3.00")))
    orders.upsert([replace(ORDER, payment=GIFT, status=OrderStatus.DELIVERED)])
    assert record(engine).methods == (replace(GIFT, balance=Money(Decimal("3.00"))),)


def test_two_customers_with_one_address_and_one_method_id_share_nothing(engine: Engine, orders: Orders) -> None:
    orders.upsert([ORDER, replace(ORDER, id="A-2", customer_id="C-2", payment=replace(CARD, label="Other"))])
    assert record(engine, "C-1").methods[0].label == "Visa ending in 4242"
    assert record(engine, "C-2").methods[0].label == "Other"
    assert record(engine, "C-1").order.address == record(engine, "C-2").order.address == HOME


@pytest.mark.parametrize(
    "label",
    ["4242424242424242", "Visa 4242 4242 4242 4242", "4242-4242-4242-4242", "IBAN DE89370400440532013000", "x 1234567"],
)
def test_a_label_with_a_number_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="long number"):
        PaymentMethod("pm", PaymentKind.CARD, label)


@pytest.mark.parametrize("identity", ["4242424242424242", "4242-4242-4242-4242", "DE89370400440532013000"])
def test_an_id_that_is_an_account_number_is_refused(identity: str) -> None:
    with pytest.raises(ValueError, match="its id is the number"):
        PaymentMethod(identity, PaymentKind.CARD, "Card")


def test_labels_with_last_digits_and_years_are_fine() -> None:
    for label in ("Visa ending in 4242", "Mastercard ••1234, expires 12/2028", "PayPal", "Gift card of 2024"):
        assert PaymentMethod("credit_card_7815826", PaymentKind.CARD, label).label == label


ROW = {
    "id": "A-1", "customer_id": "C-1", "status": "paid", "placed": "2026-11-02",
    "lines": [{"product_id": "MUG", "title": "Mug", "quantity": 1, "unit_price": "10.00"}],
    "address": {"line1": "12 Mill Lane", "city": "Bath", "postal_code": "BA1 1AA", "country": "UK"},
    "payment": {"id": "gc-1", "kind": "gift_card", "label": "Gift card", "balance": "25.00"},
}  # fmt: skip


def read(folder: Path, row: dict[str, object]) -> Iterator[object]:
    path = folder / "orders.jsonl"
    path.write_text(json.dumps(row))
    return read_orders(Source.open(path), Intake(), {"C-1"})


def test_a_feed_gives_address_and_payment(tmp_path: Path) -> None:
    (found,) = read(tmp_path, ROW)
    assert isinstance(found, Order)
    assert (found.address, found.payment) == (HOME, GIFT)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payment": {"id": "x", "kind": "card", "label": "4242 4242 4242 4242"}}, "payment"),
        ({"payment": {"id": "x", "kind": "wallet", "label": "W"}}, "payment.kind"),
        ({"address": {"line1": "12 Mill Lane", "city": "Bath"}}, "address.postal_code"),
    ],
)
def test_a_feed_with_a_bad_address_or_payment_is_refused(tmp_path: Path, change: dict[str, object], field: str) -> None:
    error = next(iter(read(tmp_path, ROW | change)))
    assert isinstance(error, RowError)
    assert error.field == field


def test_orders_of_an_older_database_keep_lines_parcel_and_refund_there_and_back(database_url: str) -> None:
    made = open_database(database_url)
    engine = create_engine(made.url)
    made.dispose()
    config = Config(str(files("assistant.migrations") / "alembic.ini"))

    def migrate(step: str) -> None:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            (command.upgrade if step == "head" else command.downgrade)(config, step)

    migrate("0005")
    old = (
        "INSERT INTO orders (id, key, customer_id, status, placed, expected, delivered, refunded, carrier, tracking,"
        " lines, currency, shipping, total) VALUES ('A-1', 'a1', 'C-1', 'delivered', '2026-11-02 00:00:00.000000',"
        " '2026-11-07', '2026-11-06', '2026-11-09', 'Parcelway', 'PW1', '[{\"product_id\": \"MUG\", \"title\": \"Mug\","
        ' "quantity": 2, "unit_price": "5.50"}]\', \'USD\', NULL, \'11.00\')'
    )
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO customers (id, name, email) VALUES ('C-1', 'Ada', '')"))
        connection.exec_driver_sql(old)
    expected = Order(
        "A-1", "C-1", OrderStatus.DELIVERED, datetime(2026, 11, 2, tzinfo=UTC),
        (OrderLine("MUG", "Mug", 2, Money(Decimal("5.50"))),), Money(Decimal("11.00")), None, date(2026, 11, 7),
        date(2026, 11, 6), date(2026, 11, 9), "Parcelway", "PW1",
    )  # fmt: skip
    for step in ("head", "0005", "head"):
        migrate(step)
    engine.dispose()
    opened = open_database(database_url)
    assert Orders(opened).find("C-1", "A-1") == expected
    opened.dispose()
