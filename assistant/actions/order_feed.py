"""Orders of a shop's own files, JSONL or JSON, one object for each order:

{"id": "A-1042", "customer_id": "C-1", "status": "shipped", "placed": "2026-11-02T10:00:00Z", "expected": "2026-11-09",
 "carrier": "Parcelway", "tracking": "PW17", "currency": "USD", "shipping": "0.00", "total": "33.60",
 "lines": [{"product_id": "T-100", "title": "Tarn Tent", "quantity": 1, "unit_price": "33.60"}],
 "address": {"line1": "12 Mill Lane", "city": "Bath", "postal_code": "BA1 1AA", "country": "UK"},
 "payment": {"id": "pm-7", "kind": "card", "label": "Visa ending in 4242"}}

`address` and `payment` may be left out. A gift card may give its `balance`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, PlainValidator, ValidationInfo, model_validator

from assistant.actions.address import Address
from assistant.actions.order import Order, OrderLine, OrderStatus
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from retrieval.catalog.money import Money
from retrieval.feeds.amount import read_amount
from retrieval.feeds.checked import checked
from retrieval.feeds.intake import Intake
from retrieval.feeds.named_values import NamedValues, named_values
from retrieval.feeds.report import FeedRow, RowError, of_one_row
from retrieval.feeds.source import Source
from retrieval.feeds.values import read_count, read_date, read_id, read_line, read_moment, shown

_ALIASES = {
    "pending": OrderStatus.PROCESSING,
    "placed": OrderStatus.PROCESSING,
    "paid": OrderStatus.PROCESSING,
    "on_hold": OrderStatus.PROCESSING,
    "in_transit": OrderStatus.SHIPPED,
    "out_for_delivery": OrderStatus.SHIPPED,
    "completed": OrderStatus.DELIVERED,
    "canceled": OrderStatus.CANCELLED,
    "refunded": OrderStatus.RETURNED,
}


def read_orders(source: Source, intake: Intake, customers: Collection[str]) -> Iterator[FeedRow[Order]]:
    """Every order of a file; of two with one id the first stays. An order needs one of the known `customers`."""
    for row in named_values(source, ("id",), ("lines",)):
        yield from [row] if isinstance(row, RowError) else _order(row, intake, customers)


def _order(row: NamedValues, intake: Intake, customers: Collection[str]) -> Iterator[Order | RowError]:
    code = str(row.values.get("currency") or "").strip().upper()
    currency = code if re.fullmatch("[A-Z]{3}", code) else intake.currency
    found = checked(_Order, row.file, row.line, row.values, row.names, currency)
    if isinstance(found, list):
        yield from found
        return
    faults = dict(_contradictions(found, customers))
    if before := intake.first_place(Order, found.id, row.file, row.line):
        faults["id"] = f"{shown(found.id)} was seen before on {before}"
    if faults:
        yield from of_one_row(
            RowError(row.file, row.line, row.names.get(name, name), reason) for name, reason in faults.items()
        )
    else:
        yield found.order()


def _contradictions(found: _Order, customers: Collection[str]) -> Iterator[tuple[str, str]]:
    if found.customer_id not in customers:
        yield "customer_id", f"no customer has the id {shown(found.customer_id)}; import the customers first"
    balance = found.payment.balance if found.payment else None
    currencies = {money.currency for money in (found.total, found.shipping, balance) if money is not None}
    if len(currencies | {line.unit_price.currency for line in found.lines}) > 1:
        yield "total", "and the prices of the lines are in different currencies"
    if found.delivered is not None and found.delivered < found.placed.date():
        yield "delivered", f"{found.delivered} is before the order was placed"


def _status(value: object) -> OrderStatus:
    word = re.sub(r"[\W_]+", "_", str(value).strip().lower())
    if word in _ALIASES:
        return _ALIASES[word]
    if word not in list(OrderStatus):
        raise ValueError(f"{shown(value)} is none of {', '.join(OrderStatus)}")
    return OrderStatus(word)


def _money(value: object, info: ValidationInfo) -> Money:
    return read_amount(value, info.context["currency"] if info.context else "USD")


def _quantity(value: object) -> int:
    quantity = read_count(value)
    if not quantity:
        raise ValueError("is 0")
    return quantity


_Id = Annotated[str, PlainValidator(read_id)]
_Line = Annotated[str, PlainValidator(read_line)]
_Day = Annotated[date | None, PlainValidator(read_date)]


class _OrderLine(BaseModel):
    product_id: _Id
    title: _Line
    quantity: Annotated[int, PlainValidator(_quantity)]
    unit_price: Annotated[Money, PlainValidator(_money)]


class _Address(BaseModel):
    line1: _Id
    city: _Id
    postal_code: _Id
    country: _Id
    line2: _Line = ""
    region: _Line = ""
    name: _Line = ""

    def address(self) -> Address:
        """The address."""
        return Address(**self.model_dump())


class _Payment(BaseModel):
    id: _Id
    kind: PaymentKind
    label: _Id
    balance: Annotated[Money | None, PlainValidator(_money)] = None

    @model_validator(mode="after")
    def _is_a_method(self) -> _Payment:
        self.method("USD")
        return self

    def method(self, currency: str) -> PaymentMethod:
        """The payment method; a gift card of unknown balance has none left. Raises ValueError for a label with a number."""
        balance = self.balance
        if self.kind is PaymentKind.GIFT_CARD and balance is None:
            balance = Money(Decimal(0), currency)
        return PaymentMethod(self.id, self.kind, self.label, balance)


class _Order(BaseModel):
    id: _Id
    customer_id: _Id
    status: Annotated[OrderStatus, PlainValidator(_status)]
    placed: Annotated[datetime, PlainValidator(read_moment)]
    lines: list[_OrderLine]
    total: Annotated[Money | None, PlainValidator(_money)] = None
    shipping: Annotated[Money | None, PlainValidator(_money)] = None
    expected: _Day = None
    delivered: _Day = None
    refunded: _Day = None
    carrier: _Line = ""
    tracking: _Line = ""
    address: _Address | None = None
    payment: _Payment | None = None

    def order(self) -> Order:
        """The order; without a total of its own, that of its lines and shipping."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["lines"] = tuple(
            OrderLine(line.product_id, line.title, line.quantity, line.unit_price) for line in self.lines
        )
        values["address"] = self.address.address() if self.address else None
        values["payment"] = self.payment.method(self.lines[0].unit_price.currency) if self.payment else None
        if self.total is None:
            amount = sum((line.unit_price.amount * line.quantity for line in self.lines), Decimal(0))
            amount += self.shipping.amount if self.shipping else 0
            values["total"] = Money(amount, self.lines[0].unit_price.currency)
        return Order(**values)
