"""Pairing: values and sentences that are true of one record of the turn and said of another.

The reply has the right values, each from a record of its turn, and puts them together wrongly: a property with the value of another, the
stock of one color with the name of another, what a line says of one product with the title of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from assistant.reading.lines import Line, LineKind
from finetune.verification.amounts import MONEY, amount
from finetune.verification.finished_turn import FaultKind
from finetune.verification.marked_reply import MARK, MarkedReply
from finetune.verification.stock import STOCK, is_stock
from finetune.verification.turn_records import TurnRecords
from retrieval.catalog.product import Product

Said = tuple[FaultKind, str]
_REPEATED = re.compile(
    r"(?<![\w.,$€£])([^,;:.\s](?:[^,;:]|,(?=\d))*?) (?:against|and|or|instead of|versus|to|while|than) (?:the |a |an |in )?\1(?![\w]|[.,]\d)"
)
_CLAUSE = re.compile(r"[;:()]|,(?!\d)|\b(?:and|but|while|whereas)\b", re.IGNORECASE)
_TELLING = re.compile(r"[a-z]{4,}")
_FEWEST_SHARED = 3
"""Telling words that a clause shares with a line from which it is taken to say what the line says."""
_EVERYDAY = frozenset(
    word[:5]
    for word in re.findall(
        r"\w+",
        """with that this they them their there have from your into only also than then when what which were will would could about after
        before does more most much very well over such even just like make made makes come comes take takes need needs want says said
        review stars customer product page both each other another while where without enough every these those""",
    )
)
"""Words that clauses share whatever they are about."""
_BARE = frozenset({"yes", "no", "none"})
_WHOLE = 0.75
"""Share of a clause's telling words that make it a line said in few words."""
_MEANS = {
    "weight": "weigh heavy light", "width": "wide", "height": "high tall", "length": "long", "depth": "deep", "runtime": "runs lasts",
    "battery": "runs lasts charge", "capacity": "holds", "volume": "holds", "diameter": "across", "age": "years months", "warranty": "guarantee",
}  # fmt: skip
"""Words by which customers are told a property, besides its name."""


class PairingClaims:
    """Finds what a sentence says of the wrong record."""

    def __init__(self, records: TurnRecords, marked: MarkedReply) -> None:
        self._records = records
        self._marked = marked

    def faults(self, sentence: str) -> Iterator[Said]:
        """What is wrong in one sentence of the reply."""
        yield from self._repeats(sentence)
        yield from self._variants(sentence)
        yield from self._properties(MARK.sub(" ", sentence))
        yield from self._lines(sentence)
        yield from self._items(sentence)

    def _repeats(self, sentence: str) -> Iterator[Said]:
        """The same value or name on both sides of "and" or "against"."""
        named = self._marked.spelled_titles(sentence)
        for found in _REPEATED.finditer(named):
            if re.search(r"[\d\ue000-\uf8ff]", found[1]):
                yield FaultKind.COMPARISON, found[0]

    def _variants(self, sentence: str) -> Iterator[Said]:
        """A color or size with the price or the stock of another variant."""
        for clause in _CLAUSE.split(sentence):
            values = [amount(found) for found in MONEY.finditer(clause)]
            stocks = [found[1].casefold() for found in STOCK.finditer(clause)]
            if (not values and not stocks) or re.search(r"\b(?:not|no|n't|if|whether|instead|than)\b", clause):
                continue
            for variants in self._groups:
                options = [each for each in variants if self._is_option(each, clause, variants)]
                if options and not any(self._fits(each, values, stocks, variants) for each in options):
                    yield FaultKind.VALUE, clause.strip()

    @cached_property
    def _groups(self) -> list[list[Product]]:
        """The variants of each product of the turn that has any."""
        catalog = self._records.shop.catalog
        groups = {each.item_group_id or each.id: list(catalog.variants(each)) for each in self._records.products}
        return [group for group in groups.values() if len(group) > 1]

    def _is_option(self, product: Product, clause: str, variants: Sequence[Product]) -> bool:
        """True if the clause names what makes this variant another than the rest, and nothing that makes it a different one."""
        parts = [(product.color, {each.color for each in variants}), (product.size, {each.size for each in variants})]
        named = [
            (value, [other for other in values if _has(clause, other)]) for value, values in parts if len(values) > 1
        ]
        return any(found for _, found in named) and all(value in found for value, found in named if found)

    def _fits(
        self, product: Product, values: Sequence[object], stocks: Sequence[str], variants: Sequence[Product]
    ) -> bool:
        prices = {amount for each in variants for amount in (self._records.price(each), each.price.amount)}
        told = [value for value in values if value in prices]
        own = {self._records.price(product), product.price.amount}
        return all(value in own for value in told) and all(
            is_stock(said, product, self._records.offer(product)) for said in stocks
        )

    def _properties(self, bare: str) -> Iterator[Said]:
        """The value of one property of a product with the words of another."""
        low = bare.casefold()
        lines = [line for line in self._records.turn.lines if line.kind is LineKind.ATTRIBUTE]
        lines = [line for line in lines if line.value.partition(",")[0].casefold() not in _BARE]
        stated = [line for line in lines if len(line.value) > 1 and _has(low, line.value.casefold())]
        for line in stated:
            if _names(line) & _words(low):
                continue
            for other in lines:
                is_other = other.record == line.record and other.value != line.value
                if is_other and other not in stated and _names(other) - _names(line) & _words(low):
                    yield FaultKind.VALUE, f"{line.value} as {other.text}"

    def _lines(self, sentence: str) -> Iterator[Said]:
        """What a line says of one product, said of another that the clause names."""
        names = self._marked.names(sentence)
        for place, (at, title) in enumerate(names):
            end = names[place + 1][0] if place + 1 < len(names) else len(sentence)
            start = 0 if place == 0 else at
            said = _telling(MARK.sub(" ", sentence[start:end]))
            own = {each.id for each in self._records.variants(self._records.named(title))}
            if not own:
                continue
            best = {True: 0, False: 0}
            for line in self._product_lines:
                shared = len(said & _telling(line.text))
                best[line.record in own] = max(best[line.record in own], shared)
            is_whole = best[True] == 0 and best[False] >= max(2, _WHOLE * len(said))
            if is_whole or (best[False] >= _FEWEST_SHARED and best[False] > best[True] + 1):
                yield FaultKind.VALUE, self._marked.plain(sentence[start:end]).strip()

    @cached_property
    def _product_lines(self) -> list[Line]:
        products = self._records.shop.catalog.products
        return [line for line in self._records.turn.lines if line.record in products]

    def _items(self, sentence: str) -> Iterator[Said]:
        """A product after the number of an order that does not hold it."""
        shown = {each.title for each in self._records.products}
        for at, title in self._marked.names(sentence):
            before = [order for order in self._records.orders if order.id in sentence[:at]]
            if title in shown or not before or len(self._records.orders) < 2:
                continue
            order = max(before, key=lambda each: sentence[:at].rfind(each.id))
            if title not in {line.title for line in order.lines}:
                yield FaultKind.VALUE, f"{title} in {order.id}"


def _has(text: str, value: str) -> bool:
    return bool(value) and bool(re.search(rf"(?<![\w.,]){re.escape(value)}(?![\w]|[.,]\d)", text, re.IGNORECASE))


def _names(line: Line) -> frozenset[str]:
    """The words by which a property is spoken of, as stems."""
    name = line.text.partition(":")[0].casefold()
    words = f"{name} {' '.join(_MEANS.get(word, '') for word in name.split())}"
    return frozenset(word[:5] for word in re.findall(r"[a-z]{3,}", words))


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:5] for word in re.findall(r"[a-z]{3,}", text))


def _telling(text: str) -> frozenset[str]:
    """The longer words of a text by their first letters."""
    return frozenset(word[:5] for word in _TELLING.findall(text.casefold())) - _EVERYDAY
