"""FinishedTurn: one reply as the customer sees it, with the ids of what ran for it and what the customer has said so far."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assistant.dialogue.need import Need
from assistant.evidence.brief import SUM_SLOTS, Brief
from assistant.planning.plan import Step
from assistant.reading.lines import Line
from assistant.reading.verdict import Verdict

_AT_MOST = re.compile(
    r"\b(?:under|below|max|at most|up to|less than|not over|no more than|within)\D{0,8}(\d[\d,]*(?:\.\d+)?)"
)
RECOMMENDING = frozenset({"find", "bundle", "choose"})
"""Tools whose products a reply recommends."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the customer has ruled out by exact values: more than `budget`, another `color`, another `size`."""

    budget: Decimal | None = None
    color: str = ""
    size: str = ""

    @classmethod
    def of(cls, need: Need) -> Limits:
        """The limits of a need; a budget that is no upper bound ("about 200") is none."""
        found = _AT_MOST.search(need.budget.casefold())
        return cls(Decimal(found[1].replace(",", "")) if found else None, need.color.casefold(), need.size.casefold())


@dataclass(frozen=True, slots=True)
class FinishedTurn:
    """What the verifier sees of one turn.

    `heard` is everything the customer has written so far, this message last. `products` and `orders` are ids, `earlier`
    those of products that came up in earlier turns, `lines` the record lines
    that a reply may rest on, `conditions` those of a policy that limit the answer, `sums` what kinds of sums were worked out, and
    `tools` the names of the tools that ran. `customer` is the id of who is signed in.
    """

    reply: str
    heard: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    conditions: tuple[Line, ...] = ()
    sums: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    customer: str = ""
    limits: Limits = Limits()

    @classmethod
    def of(
        cls,
        reply: str,
        heard: Iterable[str],
        brief: Brief,
        steps: Iterable[Step],
        customer: str,
        limits: Limits,
        earlier: Iterable[str] = (),
    ) -> FinishedTurn:
        """The turn that a brief and the steps of a plan led to. Of the brief only ids, lines and kinds of sums are taken, no values."""
        return cls(
            reply=reply,
            heard=tuple(heard),
            products=brief.products,
            orders=brief.orders,
            earlier=tuple(earlier),
            lines=tuple(told.line for told in brief.lines if told.verdict is not Verdict.SILENT),
            conditions=tuple(told.line for told in brief.lines if told.verdict is Verdict.LIMITS),
            sums=tuple(brief.facts[slot].hint for slot in SUM_SLOTS if slot in brief.facts),
            tools=tuple(step.tool for step in steps),
            customer=customer,
            limits=limits,
        )


class FaultKind(StrEnum):
    """What is wrong with a reply."""

    NAME = "name"  # a product, brand, carrier or person that has no part in this turn
    AMOUNT = "amount"  # money that no record of this turn says, or that belongs to another product
    NUMBER = "number"  # any other number
    RATING = "rating"
    DATE = "date"
    CODE = "code"  # an order number, a tracking number, an address
    STOCK = "stock"
    STATUS = "status"  # where an order stands
    VALUE = "value"  # a color, size or property of another product
    QUOTE = "quote"  # a sentence of the shop's records that is altered, or has no part in this turn
    COMPARISON = "comparison"
    LIMIT = "limit"  # a product that is recommended against an exact limit
    PROMISE = "promise"  # an act that did not run
    CONDITION = "condition"  # the answer of a policy without the condition that limits it


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a reply, the words that say it, and their sentence."""

    kind: FaultKind
    said: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.said!r} in {self.sentence!r}"
