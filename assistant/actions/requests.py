"""Requests: what a customer wants changed, typed. A backend turns one into a Proposal, or says why it cannot be.

Products of an order are named by their ids, and an order by its number in any spelling.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from assistant.actions.address import Address

Identity = Annotated[str, Field(min_length=1, max_length=200)]
Quantity = Annotated[int, Field(ge=1, le=10_000)]
Said = Annotated[str, Field(max_length=500)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pieces(_Request):
    """`quantity` pieces of a product."""

    product_id: Identity
    quantity: Quantity = 1


class Swap(Pieces):
    """Pieces of an order that become another product; with no `new_product_id` they are taken out."""

    new_product_id: Annotated[str, Field(max_length=200)] = ""


class Cancel(_Request):
    """Cancel the whole order."""

    kind: Literal["cancel"] = "cancel"
    order: Identity
    reason: Said = ""


class ChangeAddress(_Request):
    """Send the order to another address."""

    kind: Literal["change_address"] = "change_address"
    order: Identity
    address: Address


class ChangeDefaultAddress(_Request):
    """Change the address of the customer's account, for orders to come."""

    kind: Literal["change_default_address"] = "change_default_address"
    address: Address


class ChangeItems(_Request):
    """Swap, take out and add items. The difference is paid with, or refunded to, `payment_method`; empty is the order's."""

    kind: Literal["change_items"] = "change_items"
    order: Identity
    swaps: tuple[Swap, ...] = ()
    added: tuple[Pieces, ...] = ()
    payment_method: Annotated[str, Field(max_length=200)] = ""


class ChangePayment(_Request):
    """Pay for the order with another of the customer's payment methods."""

    kind: Literal["change_payment"] = "change_payment"
    order: Identity
    payment_method: Identity


class Return(_Request):
    """Send items back for money, to `refund_to`; empty is what the order was paid with."""

    kind: Literal["return"] = "return"
    order: Identity
    items: tuple[Pieces, ...]
    refund_to: Annotated[str, Field(max_length=200)] = ""
    reason: Said = ""


class Exchange(_Request):
    """Send items back for other variants of the same products."""

    kind: Literal["exchange"] = "exchange"
    order: Identity
    swaps: tuple[Swap, ...]
    payment_method: Annotated[str, Field(max_length=200)] = ""
    reason: Said = ""


class ReturnLabel(_Request):
    """Make the label for the parcel of an order's latest return or exchange."""

    kind: Literal["return_label"] = "return_label"
    order: Identity


class AddToCart(_Request):
    """Put pieces of a product into the cart."""

    kind: Literal["add_to_cart"] = "add_to_cart"
    product_id: Identity
    quantity: Quantity = 1


class SetInCart(_Request):
    """Change how many pieces of a product the cart holds."""

    kind: Literal["set_in_cart"] = "set_in_cart"
    product_id: Identity
    quantity: Quantity


class RemoveFromCart(_Request):
    """Take a product out of the cart."""

    kind: Literal["remove_from_cart"] = "remove_from_cart"
    product_id: Identity


OrderRequest = Cancel | ChangeAddress | ChangeItems | ChangePayment | Return | Exchange | ReturnLabel
CartRequest = AddToCart | SetInCart | RemoveFromCart
Request = Annotated[OrderRequest | ChangeDefaultAddress | CartRequest, Field(discriminator="kind")]

REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
"""Reads and writes any request as JSON, known by its `kind`."""
