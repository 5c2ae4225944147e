"""Change: exactly what a request would do: items, money and where it goes, address, state. Nothing else is ever written."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assistant.actions.address import Address
from assistant.actions.order import OrderStatus
from assistant.actions.order_record import MoneyState, ReturnKind
from retrieval.catalog.money import Money


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Direction(StrEnum):
    """Which way money moves, as the customer sees it."""

    CHARGE = "charge"
    REFUND = "refund"


class MoneyMove(_Part):
    """Money that a change moves, with or to the method called `label`.

    A `state` of DONE moves at once, DUE within `days` business days, AFTER_RETURN when the goods are back.
    """

    direction: Direction
    amount: Money
    method_id: str
    label: str
    state: MoneyState
    days: tuple[int, int] = (0, 0)


class Goods(_Part):
    """A product as a change names it."""

    product_id: str
    title: str
    unit_price: Money


class ItemMove(_Part):
    """`quantity` pieces of order line number `line`. Without `before` they are added, without `after` they go."""

    line: int
    quantity: int
    before: Goods | None = None
    after: Goods | None = None


class CartLine(_Part):
    """`quantity` pieces of a product in a cart, at today's price."""

    product_id: str
    title: str
    quantity: int
    unit_price: Money

    @property
    def amount(self) -> Decimal:
        """What they cost together."""
        return self.unit_price.amount * self.quantity


class Label(_Part):
    """What stands on the label of a return parcel; `link` is where the shop's carrier prints it, if it does."""

    number: int
    sender: str
    to: str
    link: str = ""


class Change(_Part):
    """All parts of one change; those that a request does not touch are empty. `kind` is that of the request.

    `order_version` is that of the order that was looked at, `coming_back` the kind of return that is opened, and
    `closes` says that the order can no longer be changed afterwards.
    """

    kind: str
    order_id: str = ""
    order_version: int = 0
    status: OrderStatus | None = None
    items: tuple[ItemMove, ...] = ()
    coming_back: ReturnKind | None = None
    money: tuple[MoneyMove, ...] = ()
    fee: Money | None = None
    total_after: Money | None = None
    address: Address | None = None
    address_before: Address | None = None
    method_id: str = ""
    method_label: str = ""
    label: Label | None = None
    cart: tuple[CartLine, ...] | None = None
    reason: str = ""
    closes: bool = False
    section: str = ""
