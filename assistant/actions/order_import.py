"""Order import: puts orders of the shop's own file into the tables. What the file says wins over what was changed here.

A file that says the same of an order as last time changes nothing, so that it does not undo a change made here since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from assistant.actions.order import Order, OrderStatus
from assistant.actions.order_record import MoneyState, OrderRecord
from assistant.actions.order_rows import address_id, address_values, records_of
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.order_tables import (
    AddressRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
    RefundRow,
    ReturnRow,
    ShipmentRow,
)
from retrieval.store.database import table_of
from retrieval.store.upsert import Outcome, upsert

_JSON = TypeAdapter(Order)
_BY_THE_SHOP = "said by the shop's file"


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    feed: str


def import_order(connection: Connection, order: Order, key: str) -> Outcome:
    """Adds `order`, or changes the known one with its id. Raises ValueError if its lines have another currency."""
    if any(line.unit_price.currency != order.total.currency for line in order.lines):
        raise ValueError(f"order {order.id!r} has lines in another currency than its total, {order.total.currency}")
    feed = hashlib.sha256(_JSON.dump_json(order)).hexdigest()
    known = _known(connection, order.id)
    if known and known.feed == feed:
        return Outcome(unchanged=1)
    if order.payment:
        add_method(connection, order.customer_id, order.payment, order.total.currency)
    _write(connection, order, key, feed, known)
    _settle(connection, order, is_new=known is None)
    return Outcome(changed=1) if known else Outcome(added=1)


def add_address(connection: Connection, customer_id: str, address: Any, is_default: bool = False) -> str:
    """Stores an address of this customer once, and returns its id. A default one takes the place of the one before."""
    rows, identity = table_of(AddressRow), address_id(customer_id, address)
    owned = rows.c.customer_id == customer_id
    if is_default:
        connection.execute(update(rows).where(owned).values(is_default=False))
    known = connection.scalar(select(rows.c.id).where(owned, rows.c.id == identity))
    if known is None:
        connection.execute(insert(rows).values(**address_values(customer_id, address), is_default=is_default))
    elif is_default:
        connection.execute(update(rows).where(owned, rows.c.id == identity).values(is_default=True))
    return identity


def _known(connection: Connection, order_id: str) -> _Known | None:
    query = select(OrderRow.version, OrderRow.feed).where(OrderRow.id == order_id).with_for_update()
    row = connection.execute(query).first()
    return None if row is None else _Known(row[0], row[1])


def add_method(connection: Connection, customer_id: str, method: PaymentMethod, currency: str) -> None:
    """Stores how a customer can pay. A known method keeps its balance: what was paid with it since the file was written is known here alone."""
    rows = table_of(PaymentMethodRow)
    named = (rows.c.customer_id == customer_id) & (rows.c.id == method.id)
    if connection.scalar(select(rows.c.id).where(named)) is not None:
        connection.execute(update(rows).where(named).values(label=method.label))
        return
    balance = method.balance.amount if method.balance else None
    connection.execute(
        insert(rows).values(
            customer_id=customer_id,
            id=method.id,
            kind=method.kind.value,
            label=method.label,
            balance=balance,
            currency=method.balance.currency if method.balance else currency,
        )
    )


def _write(connection: Connection, order: Order, key: str, feed: str, known: _Known | None) -> None:
    address = add_address(connection, order.customer_id, order.address) if order.address else None
    row = {
        "id": order.id, "key": key, "customer_id": order.customer_id, "status": order.status.value,
        "placed": order.placed, "currency": order.total.currency,
        "shipping": None if order.shipping is None else order.shipping.amount, "total": order.total.amount,
        "address_id": address, "cancel_reason": "", "item_changes": 0,
        "version": known.version + 1 if known else 0, "feed": feed,
    }  # fmt: skip
    upsert(connection, table_of(OrderRow), ("id",), [row])
    for child in (OrderLineRow, ShipmentRow):
        connection.execute(delete(child).where(table_of(child).c.order_id == order.id))
    lines: Iterable[dict[str, Any]] = (
        {
            "order_id": order.id, "number": number, "product_id": line.product_id, "title": line.title,
            "quantity": line.quantity, "unit_price": line.unit_price.amount,
        }
        for number, line in enumerate(order.lines, 1)
    )  # fmt: skip
    connection.execute(insert(OrderLineRow), list(lines))
    if order.carrier or order.tracking or order.expected or order.delivered:
        parcel = {name: getattr(order, name) for name in ("carrier", "tracking", "expected", "delivered")}
        connection.execute(insert(ShipmentRow).values(order_id=order.id, number=1, **parcel))


def _settle(connection: Connection, order: Order, is_new: bool) -> None:
    """Make the money that moved agree with what the file says."""
    method = order.payment.id if order.payment else ""
    if is_new:
        add_money(connection, PaymentRow, order.id, order.total.amount, method, MoneyState.DONE, "order", order.placed)
    row = connection.execute(select(table_of(OrderRow)).where(OrderRow.id == order.id)).mappings().all()
    (record,) = records_of(connection, row, ())
    if order.refunded is not None:
        _mark_refunded(connection, record, order.refunded, is_new)
    elif order.status not in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        missing = order.total.amount - record.paid + _refunded_without_return(record)
        if missing:  # the file does not say how it moved, and a gift card whose balance is kept here did not take part
            named = "" if order.payment and order.payment.kind is PaymentKind.GIFT_CARD else method
            table = PaymentRow if missing > 0 else RefundRow
            add_money(connection, table, order.id, abs(missing), named, MoneyState.DONE, _BY_THE_SHOP, order.placed)


def _mark_refunded(connection: Connection, record: OrderRecord, day: date, is_new: bool) -> None:
    """Refunds that were waiting have been paid; if there were none, all that is left has been."""
    order_id, customer_id = record.order.id, record.order.customer_id
    waiting = [refund for refund in record.refunds if refund.state is not MoneyState.DONE]
    if waiting:
        rows = (RefundRow.order_id == order_id) & (RefundRow.state != MoneyState.DONE.value)
        connection.execute(update(RefundRow).where(rows).values(state=MoneyState.DONE.value, paid=day))
        connection.execute(update(ReturnRow).where(ReturnRow.order_id == order_id).values(state="closed"))
        for refund in waiting:
            change_balance(connection, customer_id, refund.method_id, refund.amount.amount)
        return
    left = record.left
    for method, net in record.net_by_method.items():
        amount = min(net, left)
        if amount > 0 or is_new:
            moment = datetime.combine(day, time(), UTC)
            add_money(connection, RefundRow, order_id, amount, method, MoneyState.DONE, _BY_THE_SHOP, moment, paid=day)
            left -= amount
            if not is_new:  # the balance in a file that brings an order for the first time has its refund in it
                change_balance(connection, customer_id, method, amount)


def change_balance(connection: Connection, customer_id: str, method_id: str, amount: Decimal) -> None:
    """Add `amount`, which may be negative, to the balance of a gift card; other methods have none to change."""
    card = (PaymentMethodRow.customer_id == customer_id) & (PaymentMethodRow.id == method_id)
    balance = connection.scalar(select(PaymentMethodRow.balance).where(card).with_for_update())
    if balance is not None:
        connection.execute(update(PaymentMethodRow).where(card).values(balance=balance + amount))


def _refunded_without_return(record: OrderRecord) -> Decimal:
    amounts = (refund.amount.amount for refund in record.refunds if refund.state is not MoneyState.AFTER_RETURN)
    return sum(amounts, Decimal(0))


def add_money(
    connection: Connection,
    table: type[PaymentRow] | type[RefundRow],
    order_id: str,
    amount: Decimal,
    method_id: str,
    state: MoneyState,
    reason: str,
    moment: datetime,
    **more: Any,
) -> None:
    """Adds a payment or a refund to an order, under the next number."""
    numbers = connection.scalars(select(table.number).where(table.order_id == order_id))
    row = {
        "order_id": order_id, "number": max(numbers, default=0) + 1, "amount": amount, "method_id": method_id,
        "state": state.value, "reason": reason, "time": moment, **more,
    }  # fmt: skip
    connection.execute(insert(table_of(table)).values(row))
