"""Policy: what a shop lets Aisle do with orders and carts. `policy_file.py` reads it from `policy.md`.

What a policy does not name is not done: without a policy, carts work and orders are only read.
"""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, field_validator

from assistant.actions.order import OrderStatus
from assistant.hours import Hours

UNLIMITED = "unlimited"
_MOST_DAYS = 3650

Days = Annotated[int, Field(ge=0, le=_MOST_DAYS, strict=True)]


def _return_days(value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS
    if not is_number and value not in (None, UNLIMITED):
        raise ValueError(f"it should be a whole number up to {_MOST_DAYS}, or {UNLIMITED}")
    return value


ReturnDays = Annotated[int | Literal["unlimited"] | None, PlainValidator(_return_days)]
Fee = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3)]
Text = Annotated[str, Field(max_length=200)]


class _Part(BaseModel):
    """Settings of one thing; a key that does not exist is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MoneyGoesTo(StrEnum):
    """Where money may go back to."""

    ORIGINAL = "original"
    """What paid for the order."""
    GIFT_CARD = "gift_card"
    """A gift card that the customer has."""
    ANY = "any"
    """Any payment method of the customer."""


class Rule(_Part):
    """When something may be done: `when` lists the states of an order, empty for never.

    `person_for` lists reasons that a person looks at instead, `section` names the heading of the text that says all this.
    """

    when: tuple[OrderStatus, ...] = ()
    person_for: tuple[Text, ...] = ()
    section: Text = ""


class Cancel(Rule):
    """Cancelling. With `reasons`, one of them must be given; `fee` is kept from the refund."""

    reasons: tuple[Text, ...] = ()
    fee: Fee = Decimal(0)


class ChangeItems(Rule):
    """Changing items of an order. With `only_options`, items are swapped for other variants of the same product alone.

    `times` limits how often; `final` closes the order to every other change afterwards. `refund_to` is for what gets cheaper.
    """

    only_options: bool = True
    times: Annotated[int, Field(ge=1, strict=True)] | None = None
    final: bool = False
    refund_to: tuple[MoneyGoesTo, ...] = (MoneyGoesTo.ORIGINAL,)


class ChangePayment(Rule):
    """Paying with something else. `times` limits how often."""

    times: Annotated[int, Field(ge=1, strict=True)] | None = None


class ChangeDefaultAddress(_Part):
    """Changing the address of a customer's account; orders keep theirs."""

    allowed: bool = False
    section: Text = ""


class GiveBack(Rule):
    """What returns and exchanges share: `days` after delivery, and whether an order has only `one`.

    Without `days`, those of the shop's settings count. With `reasons`, one of them must be given. `never` lists product types that do not come back.
    """

    days: ReturnDays = None
    reasons: tuple[Text, ...] = ()
    one: bool = False
    never: tuple[Text, ...] = ()
    refund_to: tuple[MoneyGoesTo, ...] = (MoneyGoesTo.ORIGINAL,)


class Return(GiveBack):
    """Returning for money. `fee` is kept from the refund; `refund_shipping` pays shipping back if the whole order returns."""

    fee: Fee = Decimal(0)
    refund_shipping: bool = False


class Exchange(GiveBack):
    """Exchanging for other variants of the same product."""


class ReturnLabel(_Part):
    """Labels for parcels that come back: the address `to` which they go, and a `link` with {order} and {number} in it."""

    to: Annotated[str, Field(max_length=500)] = ""
    link: Text = ""
    section: Text = ""


class Cart(_Part):
    """The cart: how many pieces `most` of one product, and the `checkout` link with {items} in it: "mug:2,lamp:1"."""

    most: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 99
    checkout: Annotated[str, Field(max_length=500)] = ""

    @field_validator("checkout")
    @classmethod
    def _has_items(cls, value: str) -> str:
        if value and ("{items}" not in value or not value.startswith(("https://", "http://", "/"))):
            raise ValueError("it must be a web address with {items} in it, such as https://shop.example/cart/{items}")
        return value


class Refunds(_Part):
    """How long money takes to arrive, in business days the fewest and the most; a gift card is credited at once."""

    days: tuple[Days, Days] = (5, 7)

    @field_validator("days")
    @classmethod
    def _in_order(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] > value[1]:
            raise ValueError("the first number is larger than the second")
        return value


class People(_Part):
    """When people of the shop answer in the chat. Without `hours` there is no hand-over: replies name the shop's contacts.

    `closed` are days on which nobody answers. `email_within` says how soon an e-mail is answered, in the shop's own words
    ("within one business day"); without it nothing is promised. `most` is how often one conversation can be handed over.
    """

    hours: Text = ""
    closed: tuple[date, ...] = ()
    email_within: Text = ""
    most: Annotated[int, Field(ge=1, le=100, strict=True)] = 5
    section: Text = ""

    @field_validator("hours")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        Hours.parse(value, UTC)
        return value


class Section(_Part):
    """A heading of the policy's text and what stands below it, for replies to cite. `line` counts from 1."""

    title: str
    text: str
    line: int


class Rules(_Part):
    """The front matter of `policy.md`."""

    cancel: Cancel = Cancel()
    change_address: Rule = Rule()
    change_default_address: ChangeDefaultAddress = ChangeDefaultAddress()
    change_items: ChangeItems = ChangeItems()
    change_payment: ChangePayment = ChangePayment()
    return_: Annotated[Return, Field(alias="return")] = Return()
    exchange: Exchange = Exchange()
    return_label: ReturnLabel = ReturnLabel()
    cart: Cart = Cart()
    refunds: Refunds = Refunds()
    people: People = People()


class Policy(_Part):
    """The rules and the text of a shop's policy. `currency` is that of its fees."""

    rules: Rules = Rules()
    sections: tuple[Section, ...] = ()
    currency: str = "USD"

    def section(self, title: str) -> Section | None:
        """The section with this heading."""
        return next((section for section in self.sections if section.title == title), None)
