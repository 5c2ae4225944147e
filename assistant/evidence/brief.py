"""Brief: everything that one reply may speak of, and how the language model reads it.

    p1 #1 Alder 2 Tent | tent | $189.00 | in stock | 4.6 out of 5 | colors green and orange
    o1 FF-20102 | delayed | expected May 25
    l1 + p1 Review, 5 of 5 stars: Sat out a night of sideways rain in it and woke up dry.
    l2 ! Returns Worn boots cannot be returned.
    s1 total $412.00
    not stated

The model sees the values, so that it can choose and compare; what it writes are references to them ("{p1.price}"), and those are
single tokens of its vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.evidence.change_result import ChangeResult, Closed, State
from assistant.evidence.evidence import Fact
from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from assistant.reference import ORDER_SLOTS as ORDER_SLOTS

PRODUCT_SLOTS = ("p1", "p2", "p3", "p4", "p5", "p6")
LINE_SLOTS = tuple(f"l{number}" for number in range(1, 9))
SUM_SLOTS = ("s1", "s2", "s3", "s4")
PRODUCT_FIELDS = (
    "name", "price", "old_price", "saving", "stock", "quantity", "rating", "reviews", "brand", "kind", "color", "colors",
    "size", "sizes", "material",
)  # fmt: skip
ORDER_FIELDS = (
    "id", "status", "placed", "expected", "delivered", "refunded", "items", "total", "carrier", "tracking", "window",
)  # fmt: skip
SHOP_KEYS = ("shop.name", "shop.email", "shop.phone", "shop.hours")
WRITTEN_FIELDS = ("sale_end", "size_colors", "color_sizes")
"""Fields of a product to which only replies written by code refer; no language model has learned them."""
KEYS: tuple[str, ...] = (
    *(f"{slot}.{field}" for slot in PRODUCT_SLOTS for field in PRODUCT_FIELDS),
    *(f"{slot}.{field}" for slot in ORDER_SLOTS for field in ORDER_FIELDS),
    *LINE_SLOTS,
    *(f"{slot}.value" for slot in LINE_SLOTS),
    *SUM_SLOTS,
    *SHOP_KEYS,
    "customer.name",
)
"""Every key that a reply can refer to. Their spelled forms are added to the model's vocabulary in this order."""


CHANGE_LINE = re.compile(r"c\d")
"""Keys of the sentences of a change, which only code writes."""


class Note(StrEnum):
    """An outcome that no record shows."""

    NOTHING_FOUND = "nothing found"
    NOT_STATED = "not stated"
    OTHER_KIND, HARDLY_ALIKE = "not of the kind that was named", "hardly like what was asked for"
    SIGNED_OUT = "not signed in"
    NO_ORDER = "no such order"
    NO_ORDERS, NONE_BEFORE, NONE_IN_TIME = "no orders yet", "no order before that", "no orders in that time"
    NOTHING_SPENT, NOT_BOUGHT, BOUGHT = "nothing spent in that time", "in none of the orders", "in these orders"
    MORE_ORDERS = "there are more orders"
    NONE_RETURNABLE = "none of the orders can be sent back"
    IN_TIME = "of the time that was named"
    LARGEST, SMALLEST, EQUAL_TOTALS = "the largest total", "the smallest total", "equal totals"
    LARGEST_FIRST, SMALLEST_FIRST = "the largest total first", "the smallest total first"
    CURRENCIES_DIFFER = "totals in different currencies, not compared"
    OVER_BUDGET = "over budget"
    LIMIT_NOT_MET = "nothing meets every limit"
    NO_FIGURES = "the records have no figures to rank by"
    HAS_COLOR, NO_SUCH_COLOR = "comes in that color", "does not come in that color"
    HAS_SIZE, NO_SUCH_SIZE = "comes in that size", "does not come in that size"
    WITHIN_SIZE, WITHIN_COLOR = "colors of that size", "sizes of that color"
    SIZE_FOR_HEIGHT = "the size for that height"
    FOREIGN_LIMIT = "limit in another currency, not applied"
    OTHER_CURRENCY = "asked in another currency, not converted"
    ARRIVES_FIRST = "arrives first of the open orders"
    CAN_CANCEL, CAN_CHANGE_ITEMS = "can still be cancelled", "its items can still be changed"
    CAN_CHANGE_ADDRESS, CAN_CHANGE_PAYMENT = "its address can still be changed", "its payment can still be changed"
    NOT_CHANGED_ANY_MORE = "can no longer be changed or cancelled"
    HANDED_OVER = "handed over"
    PERSON_OFFERED = "a person was offered"
    MESSAGE_CUT = "not all of the message was read"


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A line of a record and what it means for what was asked; "l1", "l2" … in a reply.

    `steps` are the places of the plan's steps that it answers, where several were run. With `is_guess` the line is
    only the nearest one found: it may not answer, and the reply says so.
    """

    verdict: Verdict
    line: Line
    steps: tuple[int, ...] = field(default=(), compare=False)
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """The evidence of one turn. `products` and `orders` are ids in the order of their slots.

    `numbers` are the products' numbers in the conversation, `facts` every value a reply may refer to, by its key. `change` is what came
    of a change of an order or the cart, `closed` an earlier one that this message has ended.
    """

    products: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    orders: tuple[str, ...] = ()
    lines: tuple[BriefLine, ...] = ()
    notes: tuple[Note, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    change: ChangeResult | None = None
    closed: Closed | None = None

    @property
    def ran(self) -> str:
        """The kind of the change that this turn has made, "" if it has made none."""
        return self.change.kind.value if self.change and self.change.kind and self.change.state is State.DONE else ""

    def as_text(self) -> str:
        """The brief as the model reads it; "nothing" if there is none."""
        return "\n".join(self._rows()) or "nothing"

    def _rows(self) -> Iterator[str]:
        for slot, number in zip(PRODUCT_SLOTS, self.numbers, strict=False):
            values = (self._value(slot, field) for field in ("kind", "price", "stock", "rating"))
            extra = (
                self._reduction(slot),
                f"colors {colors}" if " and " in (colors := self._value(slot, "colors")) else "",
                f"sizes {sizes}" if " and " in (sizes := self._value(slot, "sizes")) else "",
            )
            yield " | ".join(filter(None, [f"{slot} #{number} {self._value(slot, 'name')}", *values, *extra]))
        for slot, id in zip(ORDER_SLOTS, self.orders, strict=False):
            told = (f"{field} {value}" for field in ORDER_FIELDS[2:] if (value := self._value(slot, field)))
            yield " | ".join([f"{slot} {id}", self._value(slot, "status"), *told])
        slots = dict(zip(self.products, PRODUCT_SLOTS, strict=False))
        for slot, told_line in zip(LINE_SLOTS, self.lines, strict=False):
            line = told_line.line
            source = slots.get(line.record, "") if line.kind is not LineKind.POLICY else line.title
            yield f"{slot} {told_line.verdict.mark} {source or line.title}: {line.text}"
        yield from (f"{slot} {fact.hint} {fact.text}" for slot in SUM_SLOTS if (fact := self.facts.get(slot)))
        yield from (note.value for note in self.notes)
        if self.change is not None:
            yield f"change {self.change.state.value}"
            yield from (f"{key} {fact.text}" for key, fact in self.facts.items() if CHANGE_LINE.fullmatch(key))

    def _reduction(self, slot: str) -> str:
        """The price before a sale, with the variant that is on sale if others are not."""
        price, before = self.facts.get(f"{slot}.price"), self._value(slot, "old_price")
        variant = price.variant if price and before else None
        return f"{variant.name} {variant.text} was {before}".strip() if variant else before and f"was {before}"

    def _value(self, slot: str, field: str) -> str:
        fact = self.facts.get(f"{slot}.{field}")
        return fact.text if fact else ""
