"""Shelf: the products of one catalogue as arrays, row by row, in terms that mean the same in every shop.

No product id and no amount of money goes into the recommendation head: only embeddings, whether two values are equal,
and places within the shop's own range. A head trained on one shop therefore works in another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog.product import Offer, Product
from retrieval.index.encoder import Vectors

Floats = NDArray[np.float32]
Codes = NDArray[np.int32]
Rows = NDArray[np.intp]

TRAITS = ("group", "type", "department", "brand", "color", "material")
"""Fields by which two products are alike or not."""

USUAL_POPULARITY = 0.5
"""The popularity of a product of which nothing is known."""

_PRIOR_RATINGS = 10.0


@dataclass(frozen=True)
class Shelf:
    """Arrays of one row per product; `vectors` has shape (products, dimension).

    `traits` has shape (products, len(TRAITS)): equal codes are equal values, -1 is no value. `price_level` and
    `popularity` are 0 to 1, the place among the products of its type and of the shop; `rating` is the mean, drawn
    to the shop's mean where there are few ratings, less the shop's mean; `discount` the share taken off the price.
    `offers`, `price_level`, `discount` and `available` are those of `moment`; see `at`.
    `fresh` is 1 for what nobody has viewed or bought yet, in a shop that has events; its popularity is unknown, 0.5.
    """

    products: tuple[Product, ...]
    moment: datetime
    offers: tuple[Offer, ...]
    rows: Mapping[str, int]
    vectors: Vectors
    traits: Codes
    price_level: Floats
    rating: Floats
    popularity: Floats
    fresh: Floats
    discount: Floats
    available: Floats

    @classmethod
    def of(cls, products: Sequence[Product], vectors: Vectors, events: Mapping[str, float], moment: datetime) -> Shelf:
        """Arranges `products`, with their `vectors` in the same order and the weight of `events` per product id.

        Prices and stock are those of `moment`.
        """
        offers = tuple(product.offer_at(moment) for product in products)
        traits = np.stack([_codes([_trait(product, name) for product in products]) for name in TRAITS], axis=1)
        popularity, fresh = _popularity(products, traits[:, 0], events)
        return cls(
            products=tuple(products),
            moment=moment,
            offers=offers,
            rows={product.id: row for row, product in enumerate(products)},
            vectors=vectors,
            traits=traits,
            price_level=_price_levels(products, offers),
            rating=_ratings(products),
            popularity=popularity,
            fresh=fresh,
            discount=_discounts(offers),
            available=_available(offers),
        )

    def at(self, moment: datetime) -> Shelf:
        """The same products with the prices and stock of `moment`."""
        offers = tuple(product.offer_at(moment) for product in self.products)
        return replace(
            self,
            moment=moment,
            offers=offers,
            price_level=_price_levels(self.products, offers),
            discount=_discounts(offers),
            available=_available(offers),
        )


def _trait(product: Product, name: str) -> str:
    path = product.category_path
    values = {
        "group": product.item_group_id or product.id,
        "type": " > ".join(path),
        "department": path[0] if path else "",
        "brand": product.brand,
        "color": product.color,
        "material": product.material,
    }
    return values[name].casefold()


def _codes(values: Sequence[str]) -> Codes:
    numbers = {value: number for number, value in enumerate(dict.fromkeys(value for value in values if value))}
    return np.array([numbers.get(value, -1) for value in values], np.int32)


def _price_levels(products: Sequence[Product], offers: Sequence[Offer]) -> Floats:
    """Share of the products of the same type that cost less, counting equals half; 0.5 for the only one."""
    levels = np.zeros(len(products), np.float32)
    by_type: dict[str, list[int]] = defaultdict(list)
    for row, product in enumerate(products):
        by_type[product.product_type].append(row)
    for rows in by_type.values():
        levels[rows] = _places(np.array([float(offers[row].price.amount) for row in rows]))
    return levels


def _places(values: NDArray[np.float64]) -> Floats:
    """Place of each value among all, 0 to 1: the share below it and half of the share equal to it."""
    ordered = np.sort(values)
    below, upto = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return ((below + upto) / (2 * max(len(values), 1))).astype(np.float32)


def _ratings(products: Sequence[Product]) -> Floats:
    means = np.array([product.rating or 0.0 for product in products])
    counts = np.array([product.rating_count if product.rating is not None else 0 for product in products])
    shop = float((means * counts).sum() / counts.sum()) if counts.sum() else 0.0
    drawn = (means * counts + shop * _PRIOR_RATINGS) / (counts + _PRIOR_RATINGS)
    return np.where(counts > 0, drawn - shop, 0.0).astype(np.float32)


def _popularity(products: Sequence[Product], groups: Codes, events: Mapping[str, float]) -> tuple[Floats, Floats]:
    """`popularity` by the events of the item group, or by ratings in a shop without events, and `fresh`."""
    own = np.array([events.get(product.id, 0.0) for product in products], np.float64)
    if not own.any():
        ratings = np.array([float(product.rating_count) for product in products])
        return _places(ratings), np.zeros(len(products), np.float32)
    totals: NDArray[np.float64] = np.bincount(groups, weights=own).astype(np.float64)
    fresh = totals[groups] == 0
    return np.where(fresh, np.float32(USUAL_POPULARITY), _places(totals[groups])), fresh.astype(np.float32)


def _discounts(offers: Sequence[Offer]) -> Floats:
    return np.array([_discount(offer) for offer in offers], np.float32)


def _discount(offer: Offer) -> float:
    if offer.old_price is None or offer.old_price.amount <= 0:
        return 0.0
    return float(1 - offer.price.amount / offer.old_price.amount)


def _available(offers: Sequence[Offer]) -> Floats:
    return np.array([offer.is_available for offer in offers], np.float32)
