"""Change writer: puts a Change into the tables, in the transaction of its caller. Every statement names the owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from assistant.actions.change import CartLine, Change, Direction, MoneyMove
from assistant.actions.changes.money import difference
from assistant.actions.changes.payment import PAYMENT_CHANGED
from assistant.actions.order import OrderLine
from assistant.actions.order_import import add_address, add_money, change_balance
from assistant.actions.order_record import MoneyState, OrderRecord, ReturnKind
from assistant.actions.owner import Owner
from assistant.order_tables import (
    CartLineRow,
    OrderLineRow,
    OrderRow,
    PaymentRow,
    RefundRow,
    ReturnLineRow,
    ReturnRow,
)
from retrieval.store.database import table_of


def write_change(
    connection: Connection, owner: Owner, record: OrderRecord | None, change: Change, now: datetime, today: date
) -> None:
    """Writes all parts of `change`; `record` is the order that it was worked out from, None where it is about none."""
    if change.cart is not None:
        _write_cart(connection, owner, change.cart, now)
    if record is None:
        if change.address is not None:
            add_address(connection, owner.customer_id, change.address, is_default=True)
        return
    _write_order(connection, owner, record, change)
    if change.items and change.coming_back is None:
        _write_lines(connection, record.order.id, changed_lines(record.order.lines, change))
    if change.coming_back is not None:
        _write_return(connection, record, change, change.coming_back, now)
    for move in change.money:
        _write_money(connection, owner, record.order.id, change, move, now, today)
    if change.label is not None:
        this_return = (ReturnRow.order_id == record.order.id) & (ReturnRow.number == change.label.number)
        connection.execute(update(ReturnRow).where(this_return).values(label_made=now))


def changed_lines(lines: Sequence[OrderLine], change: Change) -> Iterator[OrderLine]:
    """The lines of an order after its items were changed; what is swapped stays in its place."""
    for number, line in enumerate(lines, 1):
        moves = [move for move in change.items if move.line == number]
        left = line.quantity - sum(move.quantity for move in moves)
        if left:
            yield OrderLine(line.product_id, line.title, left, line.unit_price)
        yield from (
            OrderLine(m.after.product_id, m.after.title, m.quantity, m.after.unit_price) for m in moves if m.after
        )
    added = (move for move in change.items if move.before is None)
    yield from (OrderLine(m.after.product_id, m.after.title, m.quantity, m.after.unit_price) for m in added if m.after)


def _write_order(connection: Connection, owner: Owner, record: OrderRecord, change: Change) -> None:
    values: dict[str, object] = {"version": record.version + 1}
    if change.status is not None:
        values |= {"status": change.status.value, "cancel_reason": change.reason}
    if change.address is not None:
        values["address_id"] = add_address(connection, owner.customer_id, change.address)
    if change.items and change.coming_back is None:
        values["item_changes"] = record.item_changes + 1
    if change.total_after is not None:
        values["total"] = change.total_after.amount
    this_order = (
        (OrderRow.id == record.order.id)
        & (OrderRow.customer_id == owner.customer_id)
        & (OrderRow.version == record.version)
    )
    if connection.execute(update(OrderRow).where(this_order).values(values)).rowcount != 1:
        raise RuntimeError(f"order {record.order.id} was changed within the transaction that changes it")


def _write_lines(connection: Connection, order_id: str, lines: Iterable[OrderLine]) -> None:
    connection.execute(delete(OrderLineRow).where(OrderLineRow.order_id == order_id))
    rows = [
        {
            "order_id": order_id,
            "number": number,
            "product_id": line.product_id,
            "title": line.title,
            "quantity": line.quantity,
            "unit_price": line.unit_price.amount,
        }
        for number, line in enumerate(lines, 1)
    ]
    connection.execute(insert(table_of(OrderLineRow)), rows)


def _write_return(connection: Connection, record: OrderRecord, change: Change, kind: ReturnKind, now: datetime) -> None:
    number = max((each.number for each in record.returns), default=0) + 1
    head = {
        "order_id": record.order.id,
        "number": number,
        "kind": kind.value,
        "state": "requested",
        "reason": change.reason,
        "method_id": change.method_id or next((move.method_id for move in change.money), ""),
        "difference": difference(change.items) if kind is ReturnKind.EXCHANGE else 0,
        "requested": now,
    }
    connection.execute(insert(table_of(ReturnRow)).values(head))
    rows = [
        {
            "order_id": record.order.id,
            "return_number": number,
            "number": place,
            "line": move.line,
            "product_id": move.before.product_id,
            "title": move.before.title,
            "quantity": move.quantity,
            "unit_price": move.before.unit_price.amount,
            "new_product_id": move.after.product_id if move.after else "",
            "new_title": move.after.title if move.after else "",
            "new_unit_price": move.after.unit_price.amount if move.after else None,
        }
        for place, move in enumerate(change.items, 1)
        if move.before is not None
    ]
    connection.execute(insert(table_of(ReturnLineRow)), rows)


def _write_money(
    connection: Connection,
    owner: Owner,
    order_id: str,
    change: Change,
    move: MoneyMove,
    now: datetime,
    today: date,
) -> None:
    """A gift card's balance changes at once; other methods are charged and refunded by the shop, from these rows."""
    is_charge, is_done = move.direction is Direction.CHARGE, move.state is MoneyState.DONE
    reason = PAYMENT_CHANGED if change.kind == "change_payment" else change.kind
    money = (order_id, move.amount.amount, move.method_id, move.state, reason, now)
    if is_charge:
        add_money(connection, PaymentRow, *money)
    else:
        add_money(connection, RefundRow, *money, paid=today if is_done else None)
    if is_done:
        amount = -move.amount.amount if is_charge else move.amount.amount
        change_balance(connection, owner.customer_id, move.method_id, amount)


def _write_cart(connection: Connection, owner: Owner, lines: Iterable[CartLine], now: datetime) -> None:
    owned = CartLineRow.owner == owner.key
    since = dict(connection.execute(select(CartLineRow.product_id, CartLineRow.added).where(owned)).all())
    connection.execute(delete(CartLineRow).where(owned))
    rows = [
        {
            "owner": owner.key,
            "product_id": line.product_id,
            "quantity": line.quantity,
            "added": since.get(line.product_id, now),
        }
        for line in lines
    ]
    if rows:
        connection.execute(insert(table_of(CartLineRow)), rows)
