"""Orders: what is known of customers' orders. Every query names the owner, so that no other order can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Engine, RowMapping, func, select

from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.tables import OrderRow
from retrieval.catalog.money import Money
from retrieval.store.database import reading, storable, table_of, writing
from retrieval.store.upsert import Outcome, upsert
from retrieval.store.versions import Kind, raise_version


class Orders:
    """All orders in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, customer_id: str, limit: int) -> tuple[Order, ...]:
        """The newest `limit` orders of this customer, newest first."""
        return self._owned(customer_id, limit=limit)

    def count(self, customer_id: str) -> int:
        """How many orders this customer has placed."""
        if not storable(customer_id):
            return 0
        with reading(self._engine) as connection:
            query = select(func.count()).select_from(OrderRow).where(OrderRow.customer_id == customer_id)
            return connection.scalar(query) or 0

    def find(self, customer_id: str, order_id: str) -> Order | None:
        """The order of this customer that `order_id` names: "A-1042", "#a1042" and "1042" are the same.

        None when the customer has no such order, or when digits alone fit several.
        """
        key = order_key(order_id)
        if not key:
            return None
        found = self._owned(customer_id, OrderRow.key == key)
        found = tuple(order for order in found if order.id == order_id.strip()) or found
        if not found and key.isdecimal():
            ending = self._owned(customer_id, OrderRow.key.endswith(key))
            found = tuple(order for order in ending if re.sub("[^0-9]", "", order.id) == key)
        return found[0] if len(found) == 1 else None

    def upsert(self, orders: Iterable[Order]) -> Outcome:
        """Adds new orders and changes known ones. Stores nothing where an order's customer is not known."""
        with writing(self._engine) as connection:
            outcome = upsert(connection, table_of(OrderRow), ("id",), map(_values, orders))
            if outcome.has_changes:
                raise_version(connection, Kind.ORDERS)
        return outcome

    def _owned(
        self, customer_id: str, condition: ColumnElement[bool] | None = None, limit: int | None = None
    ) -> tuple[Order, ...]:
        if not storable(customer_id):
            return ()
        query = select(table_of(OrderRow)).where(OrderRow.customer_id == customer_id)
        if condition is not None:
            query = query.where(condition)
        query = query.order_by(OrderRow.placed.desc(), OrderRow.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return tuple(map(_order, connection.execute(query).mappings()))


def order_key(order_id: str) -> str:
    """`order_id` as it is compared: letters A to Z and digits alone, in lower case."""
    return re.sub("[^a-z0-9]", "", order_id.lower())


def _values(order: Order) -> dict[str, Any]:
    if any(line.unit_price.currency != order.total.currency for line in order.lines):
        raise ValueError(f"order {order.id!r} has lines in another currency than its total, {order.total.currency}")
    return {
        **{name: getattr(order, name) for name in _PLAIN},
        "key": order_key(order.id),
        "status": order.status.value,
        "lines": [
            {
                "product_id": line.product_id,
                "title": line.title,
                "quantity": line.quantity,
                "unit_price": f"{line.unit_price.amount:f}",
            }
            for line in order.lines
        ],
        "currency": order.total.currency,
        "shipping": None if order.shipping is None else order.shipping.amount,
        "total": order.total.amount,
    }


def _order(row: RowMapping) -> Order:
    currency = row["currency"]
    lines = tuple(
        OrderLine(line["product_id"], line["title"], line["quantity"], Money(Decimal(line["unit_price"]), currency))
        for line in row["lines"]
    )
    return Order(
        status=OrderStatus(row["status"]),
        lines=lines,
        shipping=None if row["shipping"] is None else Money(row["shipping"], currency),
        total=Money(row["total"], currency),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = ("id", "customer_id", "placed", "expected", "delivered", "refunded", "carrier", "tracking")
