"""Retail import: puts the retail world into a database, and says what its policy allows as a `policy.md`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.order_import import add_address, add_method, add_money, import_orders
from assistant.actions.order_record import MoneyState
from assistant.actions.orders import order_key
from assistant.actions.retail_world import RetailWorld, WorldOrder
from assistant.order_tables import OrderRow, PaymentRow, RefundRow
from retrieval.catalog.money import Money
from retrieval.store.database import writing
from retrieval.store.records import Records
from retrieval.store.upsert import Outcome
from retrieval.store.versions import Kind, raise_version

STATUSES = {
    "pending": OrderStatus.PROCESSING,
    "processed": OrderStatus.SHIPPED,
    "delivered": OrderStatus.DELIVERED,
    "cancelled": OrderStatus.CANCELLED,
}
"""What each state of the world is called here."""
NO_DATE = datetime(2024, 1, 1, tzinfo=UTC)
"""When every order was placed: the world has no dates, and orders need one."""

RULES = """cancel:
  when: [processing]
  reasons: [no longer needed, ordered by mistake]
change_address:
  when: [processing]
change_default_address:
  allowed: true
change_items:
  when: [processing]
  only_options: true
  times: 1
  final: true
  refund_to: [any]
change_payment:
  when: [processing]
  times: 1
return:
  when: [delivered]
  days: unlimited
  one: true
  refund_to: [original, gift_card]
exchange:
  when: [delivered]
  days: unlimited
  one: true
  refund_to: [any]
refunds:
  days: [5, 7]
"""
"""The world's rules, as front matter of a policy."""


def retail_policy(folder: Path | None = None) -> str:
    """The text of a `policy.md` for the world: its rules, and what the policy in `folder` says, if there is one."""
    text = folder / "policy.md" if folder else None
    told = text.read_text(encoding="utf-8") if text and text.is_file() else ""
    return f"---\n{RULES}---\n{told}"


def import_world(engine: Engine, world: RetailWorld) -> dict[Kind, Outcome]:
    """Stores customers, products and orders; a second time changes nothing. Raises StoreError."""
    records = Records(engine)
    outcomes = {
        Kind.PRODUCTS: records.upsert_products(world.products.values()),
        Kind.CUSTOMERS: records.upsert_customers(shopper.customer for shopper in world.shoppers.values()),
    }
    with writing(engine) as connection:
        _add_accounts(connection, world)
        known = set(connection.scalars(select(OrderRow.id)))
        made = (_order(identity, order, world) for identity, order in world.orders.items())
        outcomes[Kind.ORDERS] = import_orders(connection, made, order_key)
        for identity, order in world.orders.items():
            if identity not in known:
                _add_later_money(connection, identity, order)
        if outcomes[Kind.ORDERS].has_changes:
            raise_version(connection, Kind.ORDERS)
    return outcomes


def _add_accounts(connection: Connection, world: RetailWorld) -> None:
    for identity, shopper in world.shoppers.items():
        add_address(connection, identity, shopper.address, is_default=True)
        for method in shopper.methods.values():
            add_method(connection, identity, method, "USD")


def _order(identity: str, order: WorldOrder, world: RetailWorld) -> Order:
    first = order.moves[0]
    return Order(
        id=identity,
        customer_id=order.customer_id,
        status=STATUSES[order.status],
        placed=NO_DATE,
        lines=tuple(
            OrderLine(item.product_id, _title(item.product_id, world), 1, Money(item.price)) for item in order.items
        ),
        total=Money(first.amount),
        tracking=order.tracking,
        address=order.address,
        payment=world.shoppers[order.customer_id].methods[first.method_id],
    )


def _add_later_money(connection: Connection, identity: str, order: WorldOrder) -> None:
    """What moved after the first payment."""
    for move in order.moves[1:]:
        money = (identity, move.amount, move.method_id, MoneyState.DONE, "before", NO_DATE)
        if move.kind == "payment":
            add_money(connection, PaymentRow, *money)
        else:
            add_money(connection, RefundRow, *money, paid=NO_DATE.date())


def _title(product_id: str, world: RetailWorld) -> str:
    """The name of the product with all its options: orders hold variants that differ in any of them."""
    product = world.products[product_id]
    options = [product.color, product.size, product.material, product.brand, *product.attributes.values()]
    return f"{product.title} ({', '.join(filter(None, options))})"
