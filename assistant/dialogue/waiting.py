"""Waiting: what a conversation waits for: a detail of a change that is not known yet, or a yes to one that was shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.actions.address import Address


class Kind(StrEnum):
    """What may be changed; each value is the `kind` of a request in `assistant/actions/requests.py`."""

    CANCEL = "cancel"
    CHANGE_ADDRESS = "change_address"
    CHANGE_DEFAULT_ADDRESS = "change_default_address"
    CHANGE_ITEMS = "change_items"
    CHANGE_PAYMENT = "change_payment"
    RETURN = "return"
    EXCHANGE = "exchange"
    RETURN_LABEL = "return_label"
    ADD_TO_CART = "add_to_cart"
    SET_IN_CART = "set_in_cart"
    REMOVE_FROM_CART = "remove_from_cart"

    @property
    def is_cart(self) -> bool:
        """Whether it changes the cart, which visitors have too."""
        return self in (Kind.ADD_TO_CART, Kind.SET_IN_CART, Kind.REMOVE_FROM_CART)


class Detail(StrEnum):
    """One thing that a change needs to know, and that the customer is asked for."""

    ORDER = "order"
    ITEM = "item"
    HOW = "how"
    """What becomes of an item: another variant, or out."""
    VARIANT = "variant"
    COLOR = "color"
    SIZE = "size"
    REASON = "reason"
    ADDRESS = "address"
    STREET = "street"
    CITY = "city"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    PAYMENT = "payment"
    PRODUCT = "product"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that were offered: `text` is what the customer reads and may send back, `id` the record it means.

    `number` is how many pieces of the thing there are, `also` holds other words that it goes by.
    """

    id: str
    text: str
    number: int = 1
    also: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a change. Products are ids; `quantity` is 0 where nobody has said how many.

    `swaps` are those of `items` of which it is known what takes their place, each with that product's id, or "" if nothing does. `to` is a
    product that is added. `color` and `size` narrow down which variant is meant, `payment` is the method that pays or is refunded.
    """

    kind: Kind
    order: str = ""
    items: tuple[str, ...] = ()
    quantity: int = 0
    swaps: tuple[tuple[str, str], ...] = ()
    to: str = ""
    color: str = ""
    size: str = ""
    reason: str = ""
    address: Address | None = None
    payment: str = ""

    @property
    def open_item(self) -> str:
        """The first item of which it is not known yet what takes its place; "" if there is none."""
        known = dict(self.swaps)
        return next((item for item in self.items if item not in known), "")

    def with_swap(self, to: str) -> Draft:
        """This draft with `to` in the place of the open item."""
        return replace(self, swaps=(*self.swaps, (self.open_item, to)))


@dataclass(frozen=True, slots=True)
class Later:
    """Something that the customer wants in the cart after what is being added: its `name`, and how many; 0 if no number was said."""

    name: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """`detail` was asked for, with these `choices` if there are any; or else `proposal` waits for a yes until `expires`.

    `shown` is the proposal in the words that the customer saw, `heading` its first line. `later` is offered for the cart once it is settled.
    """

    draft: Draft
    detail: Detail | None = None
    choices: tuple[Choice, ...] = ()
    proposal: str = ""
    heading: str = ""
    shown: str = ""
    expires: datetime | None = field(default=None)
    later: tuple[Later, ...] = ()


class Press(BaseModel):
    """A button that was pressed on a card. `id` is that of a proposal, or of a product for the cart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Literal["confirm", "cancel", "add_to_cart"]
    id: str = Field(min_length=1, max_length=200)
