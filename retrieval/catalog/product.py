"""Product: one sellable thing, with the field names of the Google Merchant feed.

Field reference: https://support.google.com/merchants/answer/7052112
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from retrieval.catalog.money import Money


class Availability(StrEnum):
    """The four values of the Merchant feed."""

    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    BACKORDER = "backorder"


@dataclass(frozen=True, slots=True)
class Review:
    """One customer's review of a product. `rating` is 1 to 5."""

    rating: int
    text: str


@dataclass(frozen=True, slots=True)
class Product:
    """One variant that can be bought; variants of one thing share `item_group_id`.

    `product_type` is the shop's own category path, "Camping > Tents". `quantity` is the number in
    stock where the shop tells it. `rating` is the mean of 1 to 5 over `rating_count` ratings.
    `attributes` holds whatever else the feed says ("capacity": "2 l"), names in snake_case.
    """

    id: str
    title: str
    price: Money
    description: str = ""
    link: str = ""
    image_link: str = ""
    sale_price: Money | None = None
    availability: Availability = Availability.IN_STOCK
    quantity: int | None = None
    brand: str = ""
    product_type: str = ""
    item_group_id: str = ""
    color: str = ""
    size: str = ""
    material: str = ""
    gtin: str = ""
    rating: float | None = None
    rating_count: int = 0
    reviews: tuple[Review, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def current_price(self) -> Money:
        """What the customer pays now: the sale price where there is one."""
        return self.sale_price if self.sale_price is not None else self.price

    @property
    def category_path(self) -> tuple[str, ...]:
        """`product_type` split at ">", outermost first."""
        return tuple(part.strip() for part in self.product_type.split(">") if part.strip())

    @property
    def can_be_ordered_later(self) -> bool:
        """True if it can be ordered now and is sent later: on pre-order or back order."""
        return self.availability in (Availability.PREORDER, Availability.BACKORDER)

    @property
    def is_available(self) -> bool:
        """Whether it can be ordered and sent now."""
        return self.availability is Availability.IN_STOCK and self.quantity != 0
