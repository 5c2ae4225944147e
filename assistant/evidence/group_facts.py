"""Group facts: price, stock and quantity of a product that comes in several variants, none of which was named.

A price belongs to a variant: of several prices a reply says the lowest, "from $79.00". What is sold out is said with what is not:
"in stock (sold out in yellow)". A sentence that names the variant says that variant's own values instead; see `assistant/writing/filling.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.evidence.evidence import Fact, OfVariant
from assistant.evidence.product_facts import LOW_QUANTITY, stock_words
from assistant.evidence.wording import in_words, lower
from retrieval.catalog.options import words_of
from retrieval.catalog.product import Offer, Product

FROM = "from "
_MOST_NAMED, _MOST_MISSING = 4, 3
"""How many colors or sizes a sentence can list that are in stock, and that are not."""
_BARE_SIZE = re.compile(r"[a-z]{1,4}|\d+(?:[.,]\d+)?", re.IGNORECASE)
"""A size that needs the word: "size 44", but "250 g"."""
_IN, _LOW, _OUT = "in stock", "nearly sold out", "sold out"


@dataclass(frozen=True)
class Group:
    """The variants that may be meant, `shown` among them, with their offers at one moment."""

    shown: Product
    variants: tuple[Product, ...]
    moment: datetime

    def facts(self, own: Sequence[Fact]) -> Iterator[Fact]:
        """`own`, the facts of the shown variant, with what is said of the group in place of what is only the variant's."""
        if len(self._offered) < 2 or self.shown not in self._offered:
            yield from own
            return
        alone = stock_words(self.shown, self._offer(self.shown))[1]
        stock = self._stock()
        said = {"price": self._price(), "stock": "" if stock == alone else stock, "quantity": self._quantity()}
        words = words_of(self.shown, self._offered)
        for fact in own:
            text = said.get(fact.key.partition(".")[2]) or fact.text
            changed = replace(fact, text=text, variant=OfVariant(fact.text, self.name, words))
            yield fact if text == fact.text else changed

    @property
    def name(self) -> str:
        """What sets the shown variant apart: "navy", "size L" or "navy in L"; "" if neither color nor size does."""
        return self._name(self.shown)

    @property
    def _offered(self) -> tuple[Product, ...]:
        return tuple(variant for variant in self.variants if not self._offer(variant).is_over)

    def _price(self) -> str:
        offers = [self._offer(variant) for variant in self._offered]
        had = [offer for offer in offers if offer.is_available or offer.can_be_ordered_later] or offers
        lowest = min((offer.price for offer in had), key=lambda price: price.amount)
        return f"{FROM}{lowest}" if len({offer.price for offer in had}) > 1 else ""

    def _stock(self) -> str:
        """How the group stands in stock, in words that fit after "it is"; what is not in stock is added in parentheses."""
        stands = {variant.id: stock_words(variant, self._offer(variant))[1] for variant in self._offered}
        total = self._sum()
        if total is not None and total > LOW_QUANTITY and _IN not in stands.values():
            stands = {id: _IN if words == _LOW else words for id, words in stands.items()}
        own = stands[self.shown.id]
        best = next((words for words in (_IN, _LOW) if words in stands.values()), own)
        if len(set(stands.values())) < 2 or best not in (_IN, _LOW):
            return own
        if not self.name:
            return own if own == best else f"{best} in some variants"
        called = self._axis(stands)
        listed = {words: _unique(called[id] for id in stands if stands[id] == words) for words in stands.values()}
        told = [words for words in dict.fromkeys((own, _OUT)) if words != best and words in listed]
        notes = [f"{words} in {_joined(listed[words])}" for words in told if len(listed[words]) <= _MOST_MISSING]
        head = best if own == best and len(notes) == len(told) else f"{best} in {self._several(listed[best])}"
        return f"{head} ({', '.join(notes)})" if notes else head

    def _quantity(self) -> str:
        total = self._sum()
        return "" if total is None else str(total)

    def _sum(self) -> int | None:
        counts = [variant.quantity for variant in self._offered if self._offer(variant).is_available]
        return None if not counts or None in counts else sum(count for count in counts if count is not None)

    def _axis(self, stands: dict[str, str]) -> dict[str, str]:
        """What each variant is called: by color or size alone if that decides how it stands, else by both."""
        for field in ("color", "size"):
            by_value: dict[str, set[str]] = {}
            for variant in self._offered:
                by_value.setdefault(getattr(variant, field), set()).add(stands[variant.id])
            if len(by_value) > 1 and all(len(found) == 1 for found in by_value.values()):
                return {v.id: lower(v.color) if field == "color" else v.size for v in self._offered}
        return {variant.id: self._name(variant) for variant in self._offered}

    def _name(self, variant: Product) -> str:
        color = lower(variant.color) if len({v.color for v in self.variants}) > 1 else ""
        size = variant.size if len({v.size for v in self.variants}) > 1 else ""
        return f"{color} in {size}" if color and size else color or (_joined([size]) if size else "")

    def _several(self, values: Sequence[str]) -> str:
        if len(values) <= _MOST_NAMED:
            return _joined(values)
        varying = [name for name in ("color", "size") if len({getattr(v, name) for v in self.variants}) > 1]
        return f"most {in_words([f'{name}s' for name in varying])}"

    def _offer(self, variant: Product) -> Offer:
        return variant.offer_at(self.moment)


def _unique(values: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _joined(values: Sequence[str]) -> str:
    if all(_BARE_SIZE.fullmatch(value) and not value.islower() for value in values):
        return f"size{'s' if len(values) > 1 else ''} {in_words(values)}"
    return in_words(values)
