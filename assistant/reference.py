"""References: the only way in which a reply names a fact, "{p1.price}".

The set is closed, so that each reference is one token of the embedded model's vocabulary and
decoding can be held to those that exist in this turn.
"""

from __future__ import annotations

import re

PRODUCT_SLOTS = ("p1", "p2", "p3", "p4", "p5", "p6")
ORDER_SLOTS = ("o1", "o2", "o3")
ANSWER_SLOTS = ("a1", "a2")

PRODUCT_FIELDS = (
    "name",
    "price",  # current price
    "old_price",  # price before the sale
    "saving",  # old price less current price
    "stock",  # "in stock", "only a few left", "sold out"
    "quantity",  # number left
    "rating",  # "4.6 out of 5"
    "reviews",  # number of ratings
    "quote",  # one sentence of a review
    "brand",
    "kind",  # product type, singular and in lower case: "kettle"
    "color",
    "size",
    "material",
    "colors",  # all colours of the group
    "sizes",  # all sizes of the group
    "feature",  # one true phrase from the record
    "reason",  # why this one, from the recommendation head
    "detail",  # what the record says on ask.about
)
ORDER_FIELDS = (
    "id", "status", "placed", "expected", "delivered", "items", "total", "carrier", "tracking", "window",
)  # fmt: skip
ANSWER_FIELDS = ("text", "title", "duration", "amount")
OTHER = (
    "item.name",  # the product that the customer pointed at
    "search.query",  # what was looked for, in the customer's words
    "search.kind",  # the product type looked for, plural: "tents"
    "search.filters",  # the conditions, in words: "under $60, not leather"
    "search.dropped",  # the conditions given up
    "search.count",
    "compare.cheaper",  # name of the cheaper one
    "compare.difference",  # by how much money
    "compare.better_rated",  # name of the better rated one
    "compare.common",  # what both share
    "ask.about",  # the property asked about: "weight"
    "order.count",
    "customer.name",
    "customer.email",
    "customer.phone",
    "customer.address",
    "shop.name",
    "shop.email",
    "shop.phone",
    "shop.hours",
    "shop.offers",  # the kinds of product the shop sells, in words
    "time.1",  # a date, hour or duration of the conversation, in training text
    "time.2",
    "money.1",
    "money.2",
    "number.1",
    "number.2",
    "code.1",
    "person.1",
)

REFERENCES: tuple[str, ...] = (
    *(f"{slot}.{field}" for slot in PRODUCT_SLOTS for field in PRODUCT_FIELDS),
    *(f"{slot}.{field}" for slot in ORDER_SLOTS for field in ORDER_FIELDS),
    *(f"{slot}.{field}" for slot in ANSWER_SLOTS for field in ANSWER_FIELDS),
    *OTHER,
)
"""Every key a fact may have, in the order of the embedded model's vocabulary."""

REFERENCE_PATTERN = re.compile(r"\{([a-z][a-z0-9_]*\.[a-z0-9_]+)\}")
"""Matches a reference in text; group 1 is the key."""


def spell(key: str) -> str:
    """The text form of the reference to `key`."""
    return f"{{{key}}}"
