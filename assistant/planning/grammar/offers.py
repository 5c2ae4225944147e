"""Offers: "on sale" and "in stock" as conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.planning.grammar.text import Span, Text
from retrieval.catalog.filter import Condition, Operator

_ON_SALE = re.compile(
    r"\bon (?:sale|offer|special|discount)\b|\b(?:discounted|reduced|marked down|clearance|"
    r"sale items?|sale price[sd]?|(?:black friday|cyber monday)(?: deals?)?|deals?|bargains?)\b"
)
_IN_STOCK = re.compile(
    r"\b(?:only |just )?(?:the )?(?:ones? |those |things |items )?(?:that (?:is|are) |which "
    r"are )?(?:in stock|available (?:now|today|right now|immediately)|ready to ship|you (?:actually )?have in "
    r"stock)\b"
)
_MEANINGS = (
    (_ON_SALE, Condition("discount", Operator.AT_LEAST, number=Decimal("0.01"))),
    (_IN_STOCK, Condition("availability", Operator.IN, ("in_stock",))),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One condition and where it was read."""

    condition: Condition
    span: Span


def offers(text: Text) -> tuple[Offer, ...]:
    """What `text` says of reduced prices and of stock."""
    found = ((pattern.search(text.lower), condition) for pattern, condition in _MEANINGS)
    return tuple(Offer(condition, match.span()) for match, condition in found if match)
