"""Rows: how products, FAQs, customers and events are laid out in their tables, and read back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from retrieval.catalog.customer import Customer, Event, EventKind
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product, Review
from retrieval.catalog.window import Window


def product_values(product: Product) -> dict[str, Any]:
    """The columns of `product`. Raises ValueError where its two prices are not in one currency."""
    sale = product.sale_price
    if sale is not None and sale.currency != product.price.currency:
        raise ValueError(f"product {product.id!r} costs {product.price.currency} but is on sale in {sale.currency}")
    plain = {name: getattr(product, name) for name in _PLAIN}
    return plain | {
        "currency": product.price.currency,
        "price": product.price.amount,
        "sale_price": None if sale is None else sale.amount,
        "availability": product.availability.value,
        "reviews": [asdict(review) for review in product.reviews],
        "attributes": dict(product.attributes),
        "sale_starts": product.sale_price_effective_date.start,
        "sale_ends": product.sale_price_effective_date.end,
    }


def product_of(row: RowMapping) -> Product:
    """The product in a row of `products`."""
    sale = row["sale_price"]
    return Product(
        price=Money(row["price"], row["currency"]),
        sale_price=None if sale is None else Money(sale, row["currency"]),
        availability=Availability(row["availability"]),
        reviews=tuple(Review(**review) for review in row["reviews"]),
        attributes=row["attributes"],
        sale_price_effective_date=Window(row["sale_starts"], row["sale_ends"]),
        **{name: row[name] for name in _PLAIN},
    )


def faq_values(faq: Faq) -> dict[str, Any]:
    """The columns of `faq`."""
    return asdict(faq) | {"intents": list(faq.intents)}


def faq_of(row: RowMapping) -> Faq:
    """The FAQ in a row of `faqs`."""
    return Faq(row["id"], row["title"], row["answer"], tuple(row["intents"]), row["link"])


def customer_of(row: RowMapping) -> Customer:
    """The customer in a row of `customers`."""
    return Customer(row["id"], row["name"], row["email"])


def event_values(event: Event) -> dict[str, Any]:
    """The columns of `event`."""
    return asdict(event) | {"kind": event.kind.value}


def event_of(row: RowMapping) -> Event:
    """The event in a row of `events`."""
    return Event(row["customer_id"], row["product_id"], EventKind(row["kind"]), row["time"], row["rating"])


_PLAIN = (
    "id", "title", "description", "link", "image_link", "quantity", "brand", "product_type", "item_group_id",
    "color", "size", "material", "gtin", "rating", "rating_count", "availability_date", "expiration_date",
)  # fmt: skip
