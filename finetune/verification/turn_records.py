"""TurnRecords: the records that have a part in one turn, and what they say; everything else of the shop is no evidence for its reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property

from assistant.actions.order import Order
from assistant.reading.lines import Line
from finetune.corpora.shop import CorpusShop
from finetune.verification.finished_turn import FinishedTurn
from finetune.verification.numerals import numbers
from retrieval.catalog.product import Offer, Product


@dataclass(frozen=True)
class TurnRecords:
    """The products, orders and lines of one turn in one shop, and the customer's own words."""

    shop: CorpusShop
    turn: FinishedTurn
    products: tuple[Product, ...] = field(init=False)
    orders: tuple[Order, ...] = field(init=False)

    def __post_init__(self) -> None:
        products, orders = self.shop.catalog.products, self.shop.orders
        object.__setattr__(self, "products", tuple(products[id] for id in self.turn.products))
        object.__setattr__(self, "orders", tuple(orders[id] for id in self.turn.orders if self._is_own(orders[id])))

    def _is_own(self, order: Order) -> bool:
        return bool(self.turn.customer) and order.customer_id == self.turn.customer

    @cached_property
    def earlier(self) -> tuple[Product, ...]:
        """The products that came up earlier in the conversation."""
        return tuple(self.shop.catalog.products[id] for id in self.turn.earlier)

    @cached_property
    def heard(self) -> str:
        """Everything that the customer has written, case folded."""
        return " ".join(self.turn.heard).casefold()

    @cached_property
    def heard_numbers(self) -> frozenset[str]:
        """The numbers among that."""
        return numbers(self.heard)

    @cached_property
    def lines_text(self) -> str:
        """The words of every line of this turn, case folded."""
        return " ".join(line.text for line in self.turn.lines).casefold()

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles that a reply may name: of this turn's products, and of what its orders hold."""
        ordered = (line.title for order in self.orders for line in order.lines)
        return frozenset([*(product.title for product in self.products), *ordered])

    def offer(self, product: Product) -> Offer:
        """What a product costs and whether it can be had at noon of the day on which the shop's records stand still."""
        return product.offer_at(datetime.combine(self.shop.card.today, time(12), UTC))

    def price(self, product: Product) -> Decimal:
        """What a customer pays for a product."""
        return self.offer(product).price.amount

    def named(self, title: str) -> list[Product]:
        """The products of this turn with this title; several if it has variants."""
        return [product for product in self.products if product.title == title]

    def variants(self, products: Iterable[Product]) -> Iterator[Product]:
        """Every variant of these products."""
        for product in products:
            yield from self.shop.catalog.variants(product)

    def lines_of(self, products: Sequence[Product] | None) -> list[Line]:
        """The lines that may be said of these products: their own, their variants' and those of no product of the turn.

        All lines if it is None.
        """
        if products is None:
            return list(self.turn.lines)
        others = {each.id for each in self.variants(self.products)} - {each.id for each in self.variants(products)}
        return [line for line in self.turn.lines if line.record not in others]

    def dates(self, order: Order) -> dict[str, date]:
        """The days of an order by what happened on them."""
        until = order.return_until(self.shop.card.return_days)
        days = {
            "placed": order.placed.date(), "expected": order.expected, "delivered": order.delivered,
            "refunded": order.refunded, "window": until,
        }  # fmt: skip
        return {name: day for name, day in days.items() if day is not None}
