"""Order import: puts orders of the shop's own file into the tables. What the file says wins over what was changed here.

A file that says the same of an order as last time changes nothing, so that it does not undo a change made here since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
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
from retrieval.store.database import Base, table_of
from retrieval.store.upsert import Outcome, upsert

_JSON = TypeAdapter(Order)
_BY_THE_SHOP = "said by the shop's file"
_BATCH = 200  # orders per statement: both databases limit the parameters of one
_PARCEL = ("carrier", "tracking", "expected", "delivered")


@dataclass(frozen=True, slots=True)
class _Known:
    version: int
    feed: str


def import_orders(connection: Connection, orders: Iterable[Order], key: Callable[[str], str]) -> Outcome:
    """Adds new orders and changes known ones; `key` is how an id is compared.

    Raises ValueError if an order's lines have another currency than its total.
    """
    outcome, rest = Outcome(), iter(orders)
    while batch := {order.id: order for order in islice(rest, _BATCH)}:
        known = _known(connection, batch)
        new = {identity: order for identity, order in batch.items() if identity not in known}
        _add_new(connection, new, key)
        outcome += Outcome(added=len(new))
        for identity, row in known.items():
            outcome += _change(connection, batch[identity], key, row)
    return outcome


def _change(connection: Connection, order: Order, key: Callable[[str], str], known: _Known) -> Outcome:
    """Change a known order, unless the file says of it what it said last time."""
    if known.feed == _hash(order):
        return Outcome(unchanged=1)
    _check(order)
    for child in (OrderLineRow, ShipmentRow):
        connection.execute(delete(child).where(table_of(child).c.order_id == order.id))
    _write_orders(connection, {order.id: order}, key, known.version + 1)
    _settle(connection, order)
    return Outcome(changed=1)


def _add_new(connection: Connection, orders: Mapping[str, Order], key: Callable[[str], str]) -> None:
    for order in orders.values():
        _check(order)
    _write_orders(connection, orders, key, 0)
    paid = [
        _money(order.id, 1, order.total.amount, _method_of(order), MoneyState.DONE, "order", order.placed)
        for order in orders.values()
    ]
    back = [
        _money(
            order.id, 1, order.total.amount, _method_of(order), MoneyState.DONE, _BY_THE_SHOP, _midnight(order.refunded)
        )
        | {"paid": order.refunded}
        for order in orders.values()
        if order.refunded is not None
    ]
    _insert(connection, PaymentRow, paid)
    _insert(connection, RefundRow, back)


def _write_orders(connection: Connection, orders: Mapping[str, Order], key: Callable[[str], str], version: int) -> None:
    """Write the rows of orders, with their addresses, payment methods, lines and parcels."""
    for order in orders.values():
        if order.payment:
            add_method(connection, order.customer_id, order.payment, order.total.currency)
        if order.address:
            add_address(connection, order.customer_id, order.address)
    if orders:
        upsert(connection, table_of(OrderRow), ("id",), [_order_row(each, key, version) for each in orders.values()])
    _insert(connection, OrderLineRow, [row for order in orders.values() for row in _line_rows(order)])
    parcels = (order for order in orders.values() if any(getattr(order, name) for name in _PARCEL))
    _insert(
        connection,
        ShipmentRow,
        [{"order_id": o.id, "number": 1, **{name: getattr(o, name) for name in _PARCEL}} for o in parcels],
    )


def _order_row(order: Order, key: Callable[[str], str], version: int) -> dict[str, Any]:
    return {
        "id": order.id,
        "key": key(order.id),
        "customer_id": order.customer_id,
        "status": order.status.value,
        "placed": order.placed,
        "currency": order.total.currency,
        "shipping": None if order.shipping is None else order.shipping.amount,
        "total": order.total.amount,
        "address_id": address_id(order.customer_id, order.address) if order.address else None,
        "cancel_reason": "",
        "item_changes": 0,
        "version": version,
        "feed": _hash(order),
    }


def _line_rows(order: Order) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(order.lines, 1):
        yield {
            "order_id": order.id,
            "number": number,
            "product_id": line.product_id,
            "title": line.title,
            "quantity": line.quantity,
            "unit_price": line.unit_price.amount,
        }


def _check(order: Order) -> None:
    if any(line.unit_price.currency != order.total.currency for line in order.lines):
        raise ValueError(f"order {order.id!r} has lines in another currency than its total, {order.total.currency}")


def _hash(order: Order) -> str:
    return hashlib.sha256(_JSON.dump_json(order)).hexdigest()


def _method_of(order: Order) -> str:
    return order.payment.id if order.payment else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _insert(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table_of(table)), rows)


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


def _known(connection: Connection, ids: Iterable[str]) -> dict[str, _Known]:
    query = select(OrderRow.id, OrderRow.version, OrderRow.feed).where(OrderRow.id.in_(list(ids))).with_for_update()
    return {identity: _Known(version, feed) for identity, version, feed in connection.execute(query)}


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


def _settle(connection: Connection, order: Order) -> None:
    """Make the money that moved agree with what the file now says of a known order."""
    method = _method_of(order)
    row = connection.execute(select(table_of(OrderRow)).where(OrderRow.id == order.id)).mappings().all()
    (record,) = records_of(connection, row, ())
    if order.refunded is not None:
        _mark_refunded(connection, record, order.refunded)
    elif order.status not in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        missing = order.total.amount - record.paid + _refunded_without_return(record)
        if missing:  # the file does not say how it moved, and a gift card whose balance is kept here did not take part
            named = "" if order.payment and order.payment.kind is PaymentKind.GIFT_CARD else method
            table = PaymentRow if missing > 0 else RefundRow
            add_money(connection, table, order.id, abs(missing), named, MoneyState.DONE, _BY_THE_SHOP, order.placed)


def _mark_refunded(connection: Connection, record: OrderRecord, day: date) -> None:
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
        if amount > 0:
            money = (order_id, amount, method, MoneyState.DONE, _BY_THE_SHOP, _midnight(day))
            add_money(connection, RefundRow, *money, paid=day)
            change_balance(connection, customer_id, method, amount)
            left -= amount


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
    row = _money(order_id, max(numbers, default=0) + 1, amount, method_id, state, reason, moment) | more
    connection.execute(insert(table_of(table)).values(row))


def _money(
    order_id: str, number: int, amount: Decimal, method_id: str, state: MoneyState, reason: str, moment: datetime
) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "number": number,
        "amount": amount,
        "method_id": method_id,
        "state": state.value,
        "reason": reason,
        "time": moment,
    }
