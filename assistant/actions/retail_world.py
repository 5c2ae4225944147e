"""RetailWorld: the public retail world of tau-bench, customers, products and orders, as this program's records.

Source: https://github.com/sierra-research/tau2-bench, data/tau2/domains/retail/db.json (MIT). The file stays where its user
has it; `aisle import retail DIR` loads it, and `aisle evaluate retail` replays the tasks that were recorded in it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.actions.address import Address
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from retrieval.catalog.customer import Customer
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.errors import FeedError

FILE_NAMES = ("db.json.gz", "db.json")
_OWN_FIELDS = ("color", "size", "material", "brand")
"""Options that products have fields for."""


class Item(NamedTuple):
    """One piece of an order, at the price that it was ordered for."""

    product_id: str
    price: Decimal


class Move(NamedTuple):
    """Money that moved: a payment, or a refund."""

    kind: Literal["payment", "refund"]
    amount: Decimal
    method_id: str


@dataclass(slots=True)
class Shopper:
    """A customer, with the address of the account and the payment methods by their ids."""

    customer: Customer
    address: Address
    methods: dict[str, PaymentMethod]


@dataclass(slots=True)
class WorldOrder:
    """An order in the world's own words: `status` is "pending", "processed", "delivered", "cancelled" and so on.

    `back` and `sent` are the products that come back and that are sent instead, `settled_with` the method for that, and
    `difference` what an exchange costs.
    """

    customer_id: str
    status: str
    address: Address
    items: list[Item]
    moves: list[Move]
    tracking: str = ""
    cancel_reason: str = ""
    back: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    settled_with: str = ""
    difference: Decimal = Decimal(0)


@dataclass(slots=True)
class RetailWorld:
    """All of it, by id."""

    products: dict[str, Product]
    shoppers: dict[str, Shopper]
    orders: dict[str, WorldOrder]


def read_world(path: Path) -> RetailWorld:
    """The world in a folder with db.json or db.json.gz, or in such a file. Raises FeedError."""
    file = next((path / name for name in FILE_NAMES if (path / name).is_file()), path)
    if not file.is_file():
        raise FeedError(f"{path} holds no {' or '.join(FILE_NAMES)}.", "Name the folder of the retail world.")
    try:
        content = file.read_bytes()
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        found = _World.model_validate(json.loads(text, parse_float=Decimal))
    except (OSError, EOFError, ValueError, ValidationError) as error:
        told = str(error).strip().splitlines()[0]
        raise FeedError(f"{file} is not the retail world: {told}", "It has products, users and orders.") from error
    return found.world()


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Address(_Part):
    address1: str
    address2: str
    city: str
    country: str
    state: str
    zip: str


class _Variant(_Part):
    item_id: str
    options: dict[str, str]
    available: bool
    price: Decimal


class _Product(_Part):
    name: str
    product_id: str
    variants: dict[str, _Variant]

    def products(self) -> dict[str, Product]:
        return {identity: self._product(variant) for identity, variant in self.variants.items()}

    def _product(self, variant: _Variant) -> Product:
        options = {re.sub(r"\W+", "_", name.strip().lower()): value for name, value in variant.options.items()}
        return Product(
            id=variant.item_id,
            title=self.name,
            price=Money(variant.price),
            availability=Availability.IN_STOCK if variant.available else Availability.OUT_OF_STOCK,
            product_type=self.name,
            item_group_id=self.product_id,
            attributes={name: value for name, value in options.items() if name not in _OWN_FIELDS},
            color=options.get("color", ""),
            size=options.get("size", ""),
            material=options.get("material", ""),
            brand=options.get("brand", ""),
        )


class _Method(_Part):
    source: Literal["credit_card", "paypal", "gift_card"]
    id: str
    brand: str = ""
    last_four: str = ""
    balance: Decimal | None = None

    def method(self) -> PaymentMethod:
        kinds: Mapping[str, tuple[PaymentKind, str]] = {
            "credit_card": (PaymentKind.CARD, f"{self.brand.title()} ending in {self.last_four}"),
            "paypal": (PaymentKind.PAYPAL, "PayPal"),
            "gift_card": (PaymentKind.GIFT_CARD, "Gift card"),
        }
        kind, label = kinds[self.source]
        return PaymentMethod(self.id, kind, label, None if self.balance is None else Money(self.balance))


class _Name(_Part):
    first_name: str
    last_name: str


class _User(_Part):
    user_id: str
    name: _Name
    address: _Address
    email: str
    payment_methods: dict[str, _Method]

    def shopper(self) -> Shopper:
        customer = Customer(self.user_id, f"{self.name.first_name} {self.name.last_name}", self.email)
        methods = {identity: method.method() for identity, method in self.payment_methods.items()}
        return Shopper(customer, address_of(self.address.model_dump()), methods)


class _Item(_Part):
    item_id: str
    price: Decimal


class _Transaction(_Part):
    transaction_type: Literal["payment", "refund"]
    amount: Decimal
    payment_method_id: str


class _Fulfillment(_Part):
    tracking_id: list[str] = []


class _Order(_Part):
    order_id: str
    user_id: str
    address: _Address
    items: list[_Item]
    status: Literal["pending", "processed", "delivered", "cancelled"]
    fulfillments: list[_Fulfillment]
    payment_history: list[_Transaction]

    def order(self) -> WorldOrder:
        return WorldOrder(
            self.user_id,
            self.status,
            address_of(self.address.model_dump()),
            [Item(item.item_id, item.price) for item in self.items],
            [Move(move.transaction_type, move.amount, move.payment_method_id) for move in self.payment_history],
            ", ".join(number for parcel in self.fulfillments for number in parcel.tracking_id),
        )


class _World(_Part):
    products: dict[str, _Product]
    users: dict[str, _User]
    orders: dict[str, _Order]

    def world(self) -> RetailWorld:
        products = {identity: each for found in self.products.values() for identity, each in found.products().items()}
        shoppers = {identity: user.shopper() for identity, user in self.users.items()}
        return RetailWorld(products, shoppers, {identity: order.order() for identity, order in self.orders.items()})


def address_of(values: Mapping[str, Any]) -> Address:
    """The address that the world writes as address1, address2, city, state, country and zip. Raises KeyError."""
    return Address(
        line1=values["address1"],
        line2=values["address2"],
        city=values["city"],
        region=values["state"],
        country=values["country"],
        postal_code=values["zip"],
    )
