"""Reading: what the grammar found in a piece of a message."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.understanding.grammar.comparatives import Comparative
from assistant.understanding.grammar.references import Pointing
from retrieval.catalog.filter import Condition, Operator, Sort


@dataclass(frozen=True, slots=True)
class Reading:
    """What the grammar found in a piece of a message.

    `conditions` are new demands, `sort` and `sort_field` a wanted order; `dropped` fields are given up ("*" is all).
    `types` are the product types named. `pointing` says which products are meant, `comparative` that something is
    wanted other than those shown. `about` is the property asked of a product, `about_own` whether its record has it.
    `has_foreign_money` says that an amount is in another currency than the shop's prices; it sets no bound.
    `words` counts the words of the text, `known` those of the query that the catalogue has.
    """

    conditions: tuple[Condition, ...] = ()
    sort: Sort = Sort.RELEVANCE
    sort_field: str = ""
    dropped: tuple[str, ...] = ()
    types: tuple[Condition, ...] = ()
    pointing: Pointing | None = None
    comparative: Comparative | None = None
    about: str = ""
    about_own: bool = False
    order_id: str = ""
    quantity: int | None = None
    has_foreign_money: bool = False
    query: str = ""
    words: int = 0
    known: int = 0

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The products pointed at."""
        return self.pointing.product_ids if self.pointing else ()

    @property
    def names_type(self) -> bool:
        """Whether a product type is wanted by name."""
        return any(condition.operator is Operator.IN for condition in self.types)

    @property
    def demands(self) -> bool:
        """Whether anything is said that a search can use."""
        return bool(self.conditions or self.types or self.sort is not Sort.RELEVANCE or self.comparative)
