"""Vocabulary: words of a shop's records that a reply may only use if a record of its turn has them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from assistant.reading.lines import Line, LineKind
from finetune.corpora.shop import CorpusShop

_UNTELLING = frozenset({"yes", "no", "none", "all", "other", "one", "any"})
_WORD = re.compile(r"\w+")
_FEWEST_WORDS = 5
"""A sentence of fewer words is too short to be a quote."""
_SHORTEST_WHOLE = 3
"""Words from which a sentence that is a line word for word is taken for one."""
_NEAR = 0.7


class ShopVocabulary:
    """Titles, brands, colors, properties, carriers and people of one shop, and its lines by their words."""

    def __init__(self, shop: CorpusShop) -> None:
        products = list(shop.catalog.products.values())
        self._shop = shop
        self.titles = sorted({product.title for product in products}, key=len, reverse=True)
        self.brands = frozenset(product.brand for product in products if len(product.brand) > 2)
        self.colors = frozenset(_parts(product.color for product in products))
        self.named_sizes = frozenset(p.size for p in products if re.search(r"[a-z]{3,}", p.size, re.IGNORECASE))
        self.carriers = frozenset(order.carrier for order in shop.orders.values() if order.carrier)
        self.people = frozenset(each.name.split()[0] for each in shop.customers.values() if each.name.strip())

    @cached_property
    def properties(self) -> Mapping[str, frozenset[str]]:
        """The values that each property has in this shop, case folded, by the property's name."""
        found: dict[str, set[str]] = defaultdict(set)
        for lines in self._shop.lines.values():
            for line in lines:
                if line.kind is LineKind.ATTRIBUTE and line.value.casefold() not in _UNTELLING:
                    found[line.text.partition(":")[0].casefold()].add(line.value.casefold())
        return {name: frozenset(values) for name, values in found.items()}

    def nearest_lines(self, sentence: str) -> list[Line]:
        """The lines of the shop that have nearly the same words as `sentence`, in whatever order."""
        if whole := self._whole.get(sentence.casefold().rstrip(".")):
            return whole
        words = frozenset(_WORD.findall(sentence.casefold()))
        if len(words) < _FEWEST_WORDS:
            return []
        return [line for line, own in self._bags if len(words & own) >= _NEAR * len(words | own)]

    def stated(self, text: str) -> list[tuple[str, str]]:
        """Where `text` states a property as a record does, "Weight: 2.1 kg": its name and what follows, case folded."""
        return [(found[1].casefold(), found[2].casefold()) for found in self._statement.finditer(text)]

    @cached_property
    def _statement(self) -> re.Pattern[str]:
        names = {line.text.partition(":")[0] for lines in self._shop.lines.values() for line in lines if line.value}
        return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(names, key=len, reverse=True))) or '(?!)'}): (.+)")

    @cached_property
    def _whole(self) -> Mapping[str, list[Line]]:
        found: dict[str, list[Line]] = defaultdict(list)
        for lines in self._shop.lines.values():
            for line in lines:
                if len(line.text.split()) >= _SHORTEST_WHOLE:
                    found[line.text.casefold().rstrip(".")].append(line)
        return found

    @cached_property
    def _bags(self) -> list[tuple[Line, frozenset[str]]]:
        lines = (line for lines in self._shop.lines.values() for line in lines if line.kind is not LineKind.ATTRIBUTE)
        return [(line, frozenset(_WORD.findall(line.text.casefold()))) for line in lines]


def _parts(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from (part.strip().casefold() for part in value.split("/") if part.strip())
