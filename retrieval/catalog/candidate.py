"""Candidate: a product that a search found, its score, and the true reasons for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from retrieval.catalog.product import Product


class ReasonKind(StrEnum):
    """The inputs of the recommendation head that a reply may name."""

    MATCHES_REQUEST = "matches_request"
    LIKE_VIEWED = "like_viewed"
    LIKE_BOUGHT = "like_bought"
    POPULAR = "popular"
    WELL_RATED = "well_rated"
    GOOD_PRICE = "good_price"
    IN_STOCK = "in_stock"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate scores as it does: without this input its score is lower by `contribution` (> 0).

    `text` is a short phrase from the shop's records that a card or a reply may show.
    """

    kind: ReasonKind
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product with its score (higher is better) and reasons (strongest first)."""

    product: Product
    score: float
    reasons: tuple[Reason, ...] = ()
