"""Reading: what the grammar found in a text."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.planning.grammar.comparatives import Comparative
from retrieval.catalog.filter import Condition, Sort


@dataclass(frozen=True, slots=True)
class Reading:
    """What the grammar found in a text.

    `conditions` are demands, `types` the product types named, `sort` and `sort_field` a wanted order. `comparative` says that
    something is wanted other than those shown ("cheaper"). `order_id` is an order number as written. `has_foreign_money` says that an amount is in
    another currency than the shop's prices; it sets no bound. `rest` are the words that say more than all this, in their stems.
    """

    conditions: tuple[Condition, ...] = ()
    types: tuple[Condition, ...] = ()
    sort: Sort = Sort.RELEVANCE
    sort_field: str = ""
    comparative: Comparative | None = None
    order_id: str = ""
    has_foreign_money: bool = False
    rest: tuple[str, ...] = ()
