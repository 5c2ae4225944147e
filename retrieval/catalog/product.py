"""Product: one sellable thing, with the field names of the Google Merchant feed.

Field reference: https://support.google.com/merchants/answer/7052112
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from retrieval.catalog.attribute_names import is_fact
from retrieval.catalog.money import Money
from retrieval.catalog.window import ALWAYS, Window


class Availability(StrEnum):
    """The four values of the Merchant feed."""

    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    BACKORDER = "backorder"


_LATER = (Availability.PREORDER, Availability.BACKORDER)
_CHILDRENS_GROUPS = frozenset({"newborn", "infant", "toddler", "kids"})
_CHILDRENS = re.compile(
    r"\b(?:kid'?s?'?|child(?:ren)?(?:['’]s)?|kids['’]|toddlers?|bab(?:y|ies)|infants?|junior|youth|boys?['’]?|girls?['’]?)\b",
    re.IGNORECASE,
)
_ANY_MOMENT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Review:
    """One customer's review of a product. `rating` is 1 to 5."""

    rating: int
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a product costs and whether it can be had at one moment; `Product.offer_at` makes it.

    `price` is what the customer pays, `old_price` the price before a sale, None if there is no sale. `ships_from` is when
    a pre-order or back order is sent, if that is known and still to come. `is_over` is true once the offer has expired.
    """

    price: Money
    availability: Availability
    is_available: bool
    old_price: Money | None = None
    ships_from: datetime | None = None
    is_over: bool = False

    @property
    def saving(self) -> Money | None:
        """What a sale takes off the price, or None without a sale."""
        return None if self.old_price is None else self.old_price - self.price

    @property
    def can_be_ordered_later(self) -> bool:
        """True if it can be ordered now and is sent later: on pre-order or back order."""
        return self.availability in _LATER


@dataclass(frozen=True, slots=True)
class Product:
    """One variant that can be bought; variants of one thing share `item_group_id`.

    `product_type` is the shop's own category path, "Camping > Tents". `quantity` is the number in
    stock where the shop tells it. `rating` is the mean of 1 to 5 over `rating_count` ratings.
    `attributes` holds whatever else the feed says ("capacity": "2 l"), names in snake_case.
    `sale_price` counts within `sale_price_effective_date` only, `availability_date` is when a pre-order or back order is
    sent, and from `expiration_date` on the product is not offered: `offer_at` puts them together.
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
    sale_price_effective_date: Window = ALWAYS
    availability_date: datetime | None = None
    expiration_date: datetime | None = None

    def offer_at(self, moment: datetime) -> Offer:
        """The offer at `moment`. Raises ValueError if `moment` has no time zone."""
        if moment.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")
        sale = self.sale_price
        on_sale = sale is not None and sale.amount < self.price.amount and self.sale_price_effective_date.holds(moment)
        is_over = self.expiration_date is not None and self.expiration_date <= moment
        availability = Availability.OUT_OF_STOCK if is_over else self.availability
        is_awaited = self.availability_date is not None and self.availability_date > moment
        return Offer(
            price=sale if on_sale and sale is not None else self.price,
            old_price=self.price if on_sale else None,
            availability=availability,
            is_available=availability is Availability.IN_STOCK and self.quantity != 0,
            ships_from=self.availability_date if is_awaited and availability in _LATER else None,
            is_over=is_over,
        )

    def changes(self) -> Iterator[datetime]:
        """The moments at which `offer_at` may answer differently than just before."""
        window = self.sale_price_effective_date
        moments = (window.start, window.end, self.availability_date, self.expiration_date)
        yield from (moment for moment in moments if moment is not None)

    @property
    def is_judged(self) -> bool:
        """Whether customers have rated or reviewed it."""
        return bool(self.reviews or self.rating_count or self.rating is not None)

    @property
    def listed_offer(self) -> Offer:
        """The offer as the record lists it, its sale on and not expired: for what is asked without a moment."""
        return replace(self, sale_price_effective_date=ALWAYS, expiration_date=None).offer_at(_ANY_MOMENT)

    @property
    def current_price(self) -> Money:
        """The price of `listed_offer`; what a customer pays at a moment is `offer_at`."""
        return self.sale_price if self.sale_price is not None else self.price

    @property
    def category_path(self) -> tuple[str, ...]:
        """`product_type` split at ">", outermost first."""
        return tuple(part.strip() for part in self.product_type.split(">") if part.strip())

    @property
    def facts(self) -> dict[str, str]:
        """The `attributes` that say something about the thing; the others, such as tags, only serve the search."""
        return {name: value for name, value in self.attributes.items() if is_fact(name, value)}

    @property
    def age_group(self) -> str:
        """ "kids" for what is made for children, as the feed's `age_group`, the title or the category says, else ""."""
        stated = self.attributes.get("age_group", "").casefold()
        if stated:
            return "kids" if stated in _CHILDRENS_GROUPS else ""
        return "kids" if _CHILDRENS.search(f"{self.title} {self.product_type}") else ""

    @property
    def can_be_ordered_later(self) -> bool:
        """True if it can be ordered now and is sent later: on pre-order or back order."""
        return self.availability in _LATER

    @property
    def is_available(self) -> bool:
        """Whether it can be ordered and sent now."""
        return self.availability is Availability.IN_STOCK and self.quantity != 0
