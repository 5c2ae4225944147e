"""Card: what a product card shows of one variant and its group at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.money import Money
from retrieval.catalog.product import Offer, Product


@dataclass(frozen=True, slots=True)
class Card:
    """`variant` names the one shown, "Navy, L", if there are others. `lowest` is the least that any of them costs, if not all cost the same."""

    product: Product
    offer: Offer
    variant: str = ""
    lowest: Money | None = None

    @classmethod
    def of(cls, product: Product, catalog: Catalog, moment: datetime) -> Card:
        """The card of `product` with the offers of `moment`; variants that cannot be had then do not count for `lowest`."""
        variants = catalog.variants(product) if product.id in catalog.products else (product,)
        offers = [variant.offer_at(moment) for variant in variants]
        prices = {offer.price for offer in offers if offer.is_available or offer.can_be_ordered_later}
        varying = [name for name in ("color", "size") if len({getattr(variant, name) for variant in variants}) > 1]
        return cls(
            product,
            product.offer_at(moment),
            ", ".join(value for name in varying if (value := getattr(product, name))),
            min(prices, key=lambda price: price.amount) if len(prices) > 1 else None,
        )
