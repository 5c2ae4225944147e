"""Stock: what availability a reply states, and whether a product has it."""

from __future__ import annotations

import re

from retrieval.catalog.product import Availability, Offer, Product

STOCK = re.compile(
    r"\b(nearly sold out|almost sold out|sold out|(?:back )?in stock|out of stock|no longer available|available to (?:pre|back)-order)\b",
    re.IGNORECASE,
)
_FEW = 5
"""Pieces up to which a product is nearly sold out."""


def is_stock(said: str, product: Product, offer: Offer) -> bool:
    """True if `said`, words that `STOCK` finds, case folded, holds for a product with this offer."""
    is_few = product.quantity is not None and product.quantity <= _FEW
    if said == "no longer available":
        return offer.is_over
    if said in ("nearly sold out", "almost sold out"):
        return offer.is_available and is_few
    if said in ("in stock", "back in stock"):
        return offer.is_available
    if said == "available to pre-order":
        return offer.availability is Availability.PREORDER
    if said == "available to back-order":
        return offer.availability is Availability.BACKORDER
    return not offer.is_available and not offer.can_be_ordered_later
