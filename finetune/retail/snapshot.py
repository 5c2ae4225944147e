"""Snapshot: the retail world as a database holds it, and how two worlds differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple
from decimal import Decimal

from sqlalchemy import Connection, Engine, RowMapping, select

from assistant.actions.address import Address
from assistant.actions.order_record import MoneyState, OrderRecord, ReturnKind
from assistant.actions.order_rows import address_in, method_in, records_of
from assistant.actions.payment_method import PaymentMethod
from assistant.actions.retail_import import STATUSES
from assistant.actions.retail_world import Item, Move, RetailWorld, Shopper, WorldOrder
from assistant.order_tables import AddressRow, OrderRow, PaymentMethodRow
from finetune.retail.rules import EXCHANGE_REQUESTED, ITEMS_CHANGED, RETURN_REQUESTED
from retrieval.store.database import Base, reading, table_of
from retrieval.store.rows import customer_of, product_of
from retrieval.store.tables import CustomerRow, ProductRow

_TABLES: Mapping[str, int | None] = {
    "customers": 0, "orders": 0, "order_lines": 0, "shipments": 0, "payments": 0, "refunds": 0, "returns": 0,
    "return_lines": 0, "payment_methods": 0, "addresses": 1, "products": None, "faqs": None,
}  # fmt: skip
"""The tables of the world, and which column of each names its customer or order."""
_WORDS = {status: word for word, status in STATUSES.items()}


def snapshot(engine: Engine, customers: Collection[str] | None = None) -> RetailWorld:
    """The world in the database of `engine`, or what belongs to some of its customers.

    Raises StoreError, and KeyError if it holds something other than the world.
    """
    with reading(engine) as connection:
        products = connection.execute(select(table_of(ProductRow))).mappings() if customers is None else ()
        query = select(table_of(OrderRow))
        if customers is not None:
            query = query.where(OrderRow.customer_id.in_(customers))
        rows = connection.execute(query).mappings().all()
        return RetailWorld(
            {product.id: product for product in map(product_of, products)},
            _shoppers(connection, customers),
            {record.order.id: _order(record) for record in records_of(connection, rows, ())},
        )


def part_of(world: RetailWorld, customers: Collection[str]) -> RetailWorld:
    """What belongs to some customers of a world."""
    shoppers = {identity: shopper for identity, shopper in world.shoppers.items() if identity in customers}
    orders = {identity: order for identity, order in world.orders.items() if order.customer_id in customers}
    return RetailWorld({}, shoppers, orders)


class Rows:
    """All rows of the world's tables in a SQLite file, to see whose have changed."""

    def __init__(self, engine: Engine) -> None:
        with engine.connect() as connection:
            self._rows = {
                table: set(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}")))  # noqa: S608 - our names  # nosec B608
                for table in _TABLES
            }
            self._owners = {
                row.id: row.customer_id for row in connection.exec_driver_sql("SELECT id, customer_id FROM orders")
            }

    def changed(self, before: Rows) -> set[str]:
        """The customers whose rows are not as they were `before`; the name of a table in which others have changed."""
        found = set()
        for table, place in _TABLES.items():
            for row in self._rows[table] ^ before._rows[table]:
                found.add(table if place is None else self._owners.get(row[place], row[place]))
        return found


def differences(one: RetailWorld, other: RetailWorld) -> Iterator[str]:
    """The customers and orders that differ. Neither the sequence of items nor that of payments counts, nor money of 0."""
    for identity in one.shoppers.keys() | other.shoppers.keys():
        if one.shoppers.get(identity) != other.shoppers.get(identity):
            yield identity
    for identity in one.orders.keys() | other.orders.keys():
        mine, theirs = one.orders.get(identity), other.orders.get(identity)
        if mine is None or theirs is None or _comparable(mine) != _comparable(theirs):
            yield identity


def _comparable(order: WorldOrder) -> tuple[object, ...]:
    moves = sorted(move for move in order.moves if move.amount)
    return (
        order.customer_id,
        order.status,
        astuple(order.address),
        sorted(order.items),
        moves,
        order.tracking,
        order.cancel_reason,
        order.back,
        order.sent,
        order.settled_with,
        order.difference,
    )


def _shoppers(connection: Connection, customers: Collection[str] | None) -> dict[str, Shopper]:
    def rows(table: type[Base], column: str) -> Iterator[RowMapping]:
        columns = table_of(table)
        query = select(columns)
        if customers is not None:
            query = query.where(columns.c[column].in_(customers))
        yield from connection.execute(query).mappings()

    methods: dict[str, dict[str, PaymentMethod]] = {}
    for row in rows(PaymentMethodRow, "customer_id"):
        methods.setdefault(row["customer_id"], {})[row["id"]] = method_in(row)
    addresses = {row["customer_id"]: address_in(row) for row in rows(AddressRow, "customer_id") if row["is_default"]}
    found = [customer_of(row) for row in rows(CustomerRow, "id")]
    return {each.id: Shopper(each, addresses[each.id], methods.get(each.id, {})) for each in found}


def _order(record: OrderRecord) -> WorldOrder:
    order = record.order
    made = WorldOrder(
        order.customer_id,
        ITEMS_CHANGED if record.item_changes else _WORDS[order.status],
        order.address or Address("", "", "", ""),
        [Item(line.product_id, line.unit_price.amount) for line in order.lines for _ in range(line.quantity)],
        [*_moves(record)],
        order.tracking,
        record.cancel_reason,
    )
    for each in record.returns:
        is_exchange = each.kind is ReturnKind.EXCHANGE
        made.status = EXCHANGE_REQUESTED if is_exchange else RETURN_REQUESTED
        made.back = sorted(line.product_id for line in each.lines for _ in range(line.quantity))
        made.sent = sorted(line.new_product_id for line in each.lines for _ in range(line.quantity) if is_exchange)
        made.settled_with, made.difference = each.method_id, each.difference if is_exchange else Decimal(0)
    return made


def _moves(record: OrderRecord) -> Iterator[Move]:
    """What has moved; the world does not record money that waits for goods to come back."""
    for payment in record.payments:
        if payment.state is not MoneyState.AFTER_RETURN:
            yield Move("payment", payment.amount.amount, payment.method_id)
    for refund in record.refunds:
        if refund.state is not MoneyState.AFTER_RETURN:
            yield Move("refund", refund.amount.amount, refund.method_id)
