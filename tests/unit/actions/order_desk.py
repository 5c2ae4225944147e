"""A small shop with two customers, for tests of changes: orders in every state, cards with and without a balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine

from assistant.actions.address import Address
from assistant.actions.database_backend import DatabaseBackend
from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.actions.policy import Policy
from assistant.actions.policy_file import read_policy
from retrieval.catalog.customer import Customer
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.store.records import Records

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA, BO = Owner(customer_id="C-1"), Owner(customer_id="C-2")
HOME = Address("12 Mill Lane", "Bath", "BA1 1AA", "UK")
WORK = Address("1 High Street", "Leeds", "LS1 1AA", "UK", line2="Floor 3")
CARD = PaymentMethod("card-1", PaymentKind.CARD, "Visa ending in 4242")
GIFT = PaymentMethod("gift-1", PaymentKind.GIFT_CARD, "Gift card", Money(Decimal("30.00")))
POLICY = """---
cancel:
  when: [processing]
  person_for: [fraud]
  section: Cancelling
change_address:
  when: [processing]
change_default_address:
  allowed: true
change_items:
  when: [processing]
  only_options: false
  refund_to: [original, gift_card]
change_payment:
  when: [processing]
return:
  when: [delivered]
  days: 30
  refund_to: [original, gift_card]
  refund_shipping: true
  never: [Underwear]
  person_for: [broken]
exchange:
  when: [delivered]
  days: 30
return_label:
  to: Returns, 9 Dock Road, Hull, UK
  link: https://shop.example/label/{order}/{number}
cart:
  most: 10
  checkout: https://shop.example/cart/{items}
---
## Cancelling
You can cancel until we have packed.
"""


def usd(amount: str) -> Money:
    """`amount` in dollars."""
    return Money(Decimal(amount))


def _shirt(color: str, price: str, **more: object) -> Product:
    return Product(
        f"shirt-{color}", "Shirt", usd(price), item_group_id="shirt", color=color, product_type="Clothing > Shirts",
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


PRODUCTS = (
    _shirt("red", "20.00"),
    _shirt("blue", "26.00"),
    _shirt("green", "12.50"),
    _shirt("grey", "20.00", availability=Availability.OUT_OF_STOCK),
    _shirt("white", "20.00", quantity=1),
    Product("mug", "Mug", usd("10.00"), product_type="Kitchen > Mugs"),
    Product("socks", "Socks", usd("5.00"), product_type="Clothing > Underwear > Socks"),
    Product("yen", "Yen", Money(Decimal(900), "JPY")),
)
LINES = (
    OrderLine("shirt-red", "Shirt, red", 2, usd("20.00")),
    OrderLine("mug", "Mug", 1, usd("10.00")),
    OrderLine("socks", "Socks", 1, usd("5.00")),
)


def order(identity: str, status: OrderStatus, customer_id: str = "C-1", **more: object) -> Order:
    """An order of 55.00 and 4.00 for shipping, paid with the card."""
    values: dict[str, object] = {
        "total": usd("59.00"), "shipping": usd("4.00"), "address": HOME, "payment": CARD,
        "delivered": date(2026, 11, 10) if status is OrderStatus.DELIVERED else None,
    }  # fmt: skip
    return Order(
        id=identity, customer_id=customer_id, status=status,
        **{**values, "placed": datetime(2026, 11, 1, tzinfo=UTC), "lines": LINES, **more},  # type: ignore[arg-type]
    )  # fmt: skip


ORDERS = (
    order("A-1", OrderStatus.PROCESSING),
    order("A-2", OrderStatus.SHIPPED),
    order("A-3", OrderStatus.DELIVERED),
    order("A-4", OrderStatus.PROCESSING, payment=GIFT),
    order("B-1", OrderStatus.PROCESSING, "C-2"),
    order("B-2", OrderStatus.DELIVERED, "C-2"),
)


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def policy(folder: Path, text: str = POLICY) -> Policy:
    """The policy that `text` says."""
    path = folder / "policy.md"
    path.write_text(text, encoding="utf-8")
    return read_policy(path)


def fill(engine: Engine) -> None:
    """Put the shop's records into an empty database."""
    records = Records(engine)
    records.upsert_products(PRODUCTS)
    records.upsert_customers([Customer("C-1", "Ada", "ada@example.com"), Customer("C-2", "Bo", "bo@example.com")])
    Orders(engine).upsert(ORDERS)


def desk(engine: Engine, rules: Policy, clock: Clock) -> DatabaseBackend:
    """A backend on the filled database."""
    fill(engine)
    return DatabaseBackend(engine, rules, clock)
