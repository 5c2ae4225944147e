"""Order rows: reads orders and all that belongs to them. Every function takes the customer whose orders they must be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from assistant.actions.address import Address
from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.order_record import (
    MoneyState,
    OrderRecord,
    Payment,
    Refund,
    Return,
    ReturnedLine,
    ReturnKind,
    Shipment,
)
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.order_tables import (
    AddressRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
    RefundRow,
    ReturnLineRow,
    ReturnRow,
    ShipmentRow,
)
from retrieval.catalog.money import Money
from retrieval.store.database import Base, storable, table_of

_BATCH = 200  # ids per statement: both databases limit the parameters of one
_ADDRESS = ("line1", "city", "postal_code", "country", "line2", "region", "name")


def owned_records(
    connection: Connection,
    customer_id: str,
    condition: ColumnElement[bool] | None = None,
    limit: int | None = None,
    lock: bool = False,
) -> tuple[OrderRecord, ...]:
    """The customer's orders, newest first; `lock` keeps other transactions from changing them (PostgreSQL)."""
    if not storable(customer_id):
        return ()
    query = select(table_of(OrderRow)).where(OrderRow.customer_id == customer_id)
    if condition is not None:
        query = query.where(condition)
    query = query.order_by(OrderRow.placed.desc(), OrderRow.id.desc()).limit(limit)
    rows = connection.execute(query.with_for_update() if lock else query).mappings().all()
    return records_of(connection, rows, payment_methods(connection, customer_id, lock))


def records_of(
    connection: Connection, rows: Sequence[RowMapping], methods: Sequence[PaymentMethod]
) -> tuple[OrderRecord, ...]:
    """The orders in `rows` of the table `orders`, with all that belongs to them. `methods` are those of their customer."""
    ids = [row["id"] for row in rows]
    children = {
        table: _children(connection, table, ids)
        for table in (OrderLineRow, ShipmentRow, PaymentRow, RefundRow, ReturnRow, ReturnLineRow)
    }
    addresses = _addresses(connection, [row["address_id"] for row in rows if row["address_id"]])
    return tuple(
        _record(row, {table: found.get(row["id"], []) for table, found in children.items()}, methods, addresses)
        for row in rows
    )


def payment_methods(connection: Connection, customer_id: str, lock: bool = False) -> tuple[PaymentMethod, ...]:
    """How this customer can pay."""
    query = select(table_of(PaymentMethodRow)).where(PaymentMethodRow.customer_id == customer_id)
    query = query.order_by(PaymentMethodRow.id)
    rows = connection.execute(query.with_for_update() if lock else query).mappings()
    return tuple(map(method_in, rows))


def method_in(row: RowMapping) -> PaymentMethod:
    """The payment method in a row of `payment_methods`."""
    balance = None if row["balance"] is None else Money(row["balance"], row["currency"])
    return PaymentMethod(row["id"], PaymentKind(row["kind"]), row["label"], balance)


def default_address(connection: Connection, customer_id: str) -> Address | None:
    """The address that this customer's account has."""
    query = select(table_of(AddressRow)).where(AddressRow.customer_id == customer_id, AddressRow.is_default)
    row = connection.execute(query).mappings().first()
    return None if row is None else address_in(row)


def address_id(customer_id: str, address: Address) -> str:
    """The key of an address: the same address of the same customer is stored once."""
    return hashlib.sha256("\x1f".join((customer_id, *astuple(address))).encode()).hexdigest()[:32]


def address_values(customer_id: str, address: Address) -> dict[str, object]:
    """The columns of an address, but for `is_default`."""
    values: dict[str, object] = {name: getattr(address, name) for name in _ADDRESS}
    return values | {"id": address_id(customer_id, address), "customer_id": customer_id}


def _children(connection: Connection, table: type[Base], ids: Sequence[str]) -> dict[str, list[RowMapping]]:
    rows = table_of(table)
    found: dict[str, list[RowMapping]] = {}
    for start in range(0, len(ids), _BATCH):
        query = select(rows).where(rows.c.order_id.in_(ids[start : start + _BATCH])).order_by(*rows.primary_key)
        for row in connection.execute(query).mappings():
            found.setdefault(row["order_id"], []).append(row)
    return found


def _addresses(connection: Connection, ids: Sequence[str]) -> dict[str, Address]:
    found: dict[str, Address] = {}
    for start in range(0, len(ids), _BATCH):
        query = select(table_of(AddressRow)).where(AddressRow.id.in_(ids[start : start + _BATCH]))
        found |= {row["id"]: address_in(row) for row in connection.execute(query).mappings()}
    return found


def address_in(row: RowMapping) -> Address:
    """The address in a row of `addresses`."""
    return Address(**{name: row[name] for name in _ADDRESS})


def _record(
    row: RowMapping,
    children: dict[type[Base], list[RowMapping]],
    methods: Sequence[PaymentMethod],
    addresses: dict[str, Address],
) -> OrderRecord:
    currency = row["currency"]
    shipments = tuple(
        Shipment(each["carrier"], each["tracking"], each["expected"], each["delivered"])
        for each in children[ShipmentRow]
    )
    payments = tuple(
        Payment(Money(p["amount"], currency), p["method_id"], MoneyState(p["state"]), p["reason"], p["time"])
        for p in children[PaymentRow]
    )
    refunds = tuple(
        Refund(Money(r["amount"], currency), r["method_id"], MoneyState(r["state"]), r["reason"], r["time"], r["paid"])
        for r in children[RefundRow]
    )
    last = shipments[-1] if shipments else Shipment()
    first_method = payments[0].method_id if payments else ""
    order = Order(
        id=row["id"],
        customer_id=row["customer_id"],
        status=OrderStatus(row["status"]),
        placed=row["placed"],
        lines=tuple(
            OrderLine(line["product_id"], line["title"], line["quantity"], Money(line["unit_price"], currency))
            for line in children[OrderLineRow]
        ),
        total=Money(row["total"], currency),
        shipping=None if row["shipping"] is None else Money(row["shipping"], currency),
        refunded=max((refund.paid for refund in refunds if refund.paid), default=None),
        expected=last.expected,
        delivered=last.delivered,
        carrier=last.carrier,
        tracking=last.tracking,
        address=addresses.get(row["address_id"]),
        payment=next((method for method in methods if method.id == first_method), None),
    )
    return OrderRecord(
        order,
        payments,
        refunds,
        shipments,
        tuple(_return(each, children[ReturnLineRow], currency) for each in children[ReturnRow]),
        tuple(methods),
        row["cancel_reason"],
        row["item_changes"],
        row["version"],
    )


def _return(row: RowMapping, lines: Iterable[RowMapping], currency: str) -> Return:
    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, currency)

    return Return(
        row["number"],
        ReturnKind(row["kind"]),
        row["state"],
        row["reason"],
        row["method_id"],
        row["difference"],
        row["requested"],
        tuple(
            ReturnedLine(
                line["line"],
                line["product_id"],
                line["title"],
                line["quantity"],
                Money(line["unit_price"], currency),
                line["new_product_id"],
                line["new_title"],
                money(line["new_unit_price"]),
            )
            for line in lines
            if line["return_number"] == row["number"]
        ),
        row["label_made"],
    )
