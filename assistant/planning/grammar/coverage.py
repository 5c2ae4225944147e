"""Coverage: which values of the catalogue occur together, answered with one bit per product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, reduce
from operator import and_

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Operator
from retrieval.catalog.product import Product
from retrieval.index.document import words

_ANY = "*"


class Coverage:
    """A bit set of products for each field and value."""

    def __init__(self, catalog: Catalog) -> None:
        bits: dict[tuple[str, str], int] = defaultdict(int)
        for position, product in enumerate(catalog.products.values()):
            bit = 1 << position
            for step in product.category_path:
                bits["product_type", step.casefold()] |= bit
            bits["age_group", product.age_group] |= bit
            for field in ("brand", "color", "size", "material"):
                value = getattr(product, field).casefold()
                for part in {value, *(part.strip() for part in value.replace("/", ",").split(","))}:
                    bits[field, part] |= bit
            for name, value in product.attributes.items():
                bits[name, value.casefold()] |= bit
                bits[name, _ANY] |= bit
        self._bits = dict(bits)
        self._products = tuple(catalog.products.values())
        self._all = (1 << len(self._products)) - 1

    def count(self, conditions: Iterable[Condition]) -> int:
        """How many products meet every IN and NOT_IN among `conditions`; bounds are not looked at."""
        return self._meeting(conditions).bit_count()

    def products(self, conditions: Iterable[Condition]) -> Iterator[Product]:
        """The products that meet every IN and NOT_IN among `conditions`; bounds are not looked at."""
        mask = self._meeting(conditions)
        while mask:
            yield self._products[(mask & -mask).bit_length() - 1]
            mask &= mask - 1

    def _meeting(self, conditions: Iterable[Condition]) -> int:
        return reduce(and_, (self._mask(condition) for condition in conditions), self._all)

    def allows(self, conditions: Iterable[Condition]) -> bool:
        """Whether any product meets every IN and NOT_IN among `conditions`."""
        return self.count(conditions) > 0

    def has(self, attribute: str, kinds: Iterable[Condition]) -> bool:
        """Whether any product that meets `kinds` says anything on `attribute`."""
        return self.allows([*kinds, Condition(attribute, Operator.IN, (_ANY,))])

    @property
    def has_colors(self) -> bool:
        """Whether the shop says of its products what colour they are."""
        return any(product.color for product in self._products)

    def speaks_of(self, word: str, conditions: Iterable[Condition] = ()) -> bool:
        """Whether the title or the description of any product that meets `conditions` has `word`."""
        return bool(self._spoken.get(word, 0) & self._meeting(conditions))

    @cached_property
    def _spoken(self) -> dict[str, int]:
        bits: dict[str, int] = defaultdict(int)
        for position, product in enumerate(self._products):
            for word in set(words(f"{product.title} {product.description}")):
                bits[word] |= 1 << position
        return dict(bits)

    def has_size(self, kinds: Iterable[Condition]) -> bool:
        """Whether any product that meets `kinds` comes in sizes."""
        return any(product.size for product in self.products(kinds))

    def _mask(self, condition: Condition) -> int:
        if condition.operator not in (Operator.IN, Operator.NOT_IN):
            return self._all
        mask = 0
        for value in condition.values:
            mask |= self._bits.get((condition.field, value.casefold()), 0)
        return mask if condition.operator is Operator.IN else self._all & ~mask
