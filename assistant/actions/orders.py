"""Orders: what is known of customers' orders. Every query names the owner, so that no other order can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from assistant.actions.order import Order
from assistant.actions.order_import import import_orders
from assistant.actions.order_record import OrderRecord
from assistant.actions.order_rows import owned_records
from assistant.order_tables import OrderRow
from retrieval.store.database import reading, storable, writing
from retrieval.store.upsert import Outcome
from retrieval.store.versions import Kind, raise_version


class Orders:
    """All orders in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, customer_id: str, limit: int) -> tuple[Order, ...]:
        """The newest `limit` orders of this customer, newest first."""
        with reading(self._engine) as connection:
            return tuple(record.order for record in owned_records(connection, customer_id, limit=limit))

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
        with reading(self._engine) as connection:
            found = named_record(connection, customer_id, order_id)
        return None if found is None else found.order

    def upsert(self, orders: Iterable[Order]) -> Outcome:
        """Adds new orders and changes known ones. Stores nothing where an order's customer is not known.

        An order that the file gives as it did last time stays as it is now, with what was changed here since.
        """
        latest = {order.id: order for order in orders}
        with writing(self._engine) as connection:
            outcome = import_orders(connection, latest.values(), order_key)
            if outcome.has_changes:
                raise_version(connection, Kind.ORDERS)
        return outcome


def named_record(connection: Connection, customer_id: str, order_id: str, lock: bool = False) -> OrderRecord | None:
    """The order of this customer that `order_id` names, however it is spelled; None if none or several fit."""
    key = order_key(order_id)
    if not key:
        return None

    def owned(condition: ColumnElement[bool]) -> tuple[OrderRecord, ...]:
        return owned_records(connection, customer_id, condition, lock=lock)

    found = owned(OrderRow.key == key)
    found = tuple(record for record in found if record.order.id == order_id.strip()) or found
    if not found and key.isdecimal():
        ending = owned(OrderRow.key.endswith(key))
        found = tuple(record for record in ending if re.sub("[^0-9]", "", record.order.id) == key)
    return found[0] if len(found) == 1 else None


def order_key(order_id: str) -> str:
    """`order_id` as it is compared: letters A to Z and digits alone, in lower case."""
    return re.sub("[^a-z0-9]", "", order_id.lower())
