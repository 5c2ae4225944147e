"""Constraints: the hard limits of a search, read exactly by code from the message, the need and the kind looked for.

The planner decides what is looked for. Money, sizes, colors, brands and "not orange" are read by the grammar, so that a plan
can never lose one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.dialogue.need import Need
from assistant.planning.grammar.amount_phrases import names_other_currency
from assistant.planning.grammar.grammar import Grammar
from assistant.planning.grammar.reading import Reading
from assistant.planning.grammar.text import Text, stems
from assistant.planning.grammar.words import words
from assistant.planning.plan import Find
from assistant.planning.size_form import SaidSizes, sizes_said
from retrieval.catalog.filter import Condition, Filter, Operator, Sort
from retrieval.catalog.options import Options
from retrieval.catalog.product import Product

_SORTS = {
    "cheapest": Sort.PRICE_LOW, "dearest": Sort.PRICE_HIGH, "best_rated": Sort.RATING, "popular": Sort.POPULARITY,
}  # fmt: skip
_IDEAS = words("asking for ideas")
_HARD = ("price", "color", "size", "brand", "age_group")


@dataclass(frozen=True, slots=True)
class Constraints:
    """Reads filters with one catalog's vocabulary."""

    grammar: Grammar

    def of(self, find: Find, need: Need, message: str, shown: Sequence[str] = ()) -> Filter:
        """The filter of one search: its kind, the hard part of the need, and every hard limit of the message itself.

        "Cheaper" and its like are limits too, beside the products that are `shown`, or leave these out where nothing is measured. What
        is cheaper is another product, and no other variant of the same.
        """
        kind = self._read(find.kind)
        # "fire bowls" are no bowls where products are called so: half a kind's name is none
        types = () if kind.rest and not self._has_such(kind.types, find.kind) else kind.types
        wanted = Filter(tuple(c for c in (*types, *kind.conditions) if c.operator is Operator.IN))
        needed = _hard(self._read(self._need_text(need), types))
        wanted = wanted.adding(c for c in needed if c.field != "size" or self._is_offered(c, types))
        said = self._read(message, types)
        limited = {condition.field for condition in _hard(said)}
        wanted = wanted.adding(c for c in _hard(self._read(find.want, types)) if c.field not in limited)
        wanted = wanted.adding(_hard(said))
        if bound := self.grammar.comparison(said, shown, wanted):
            if not any((each.field, each.operator) == (bound.field, bound.operator) for each in said.conditions):
                wanted = wanted.adding([bound])  # "too expensive, anything under 80" names its own bound
            if bound.field == "price":
                wanted = wanted.adding([self._none_of(shown[:1])])
        elif said.comparative and shown:  # where nothing measures what is "smaller", it is at least not what was shown
            wanted = wanted.adding([self._none_of(shown)])
        if find.sort.startswith(("most ", "least ")):
            direction, field = find.sort.split(" ", 1)
            return replace(wanted, sort=Sort.HIGHEST if direction == "most" else Sort.LOWEST, sort_field=field)
        if find.sort == "on_sale":
            return wanted.adding([Condition("discount", Operator.AT_LEAST, number=Decimal("0.01"))])
        if not find.sort:
            return replace(wanted, sort=said.sort, sort_field=said.sort_field)
        return replace(wanted, sort=_SORTS.get(find.sort, Sort.RELEVANCE))

    def says_more(self, text: str) -> bool:
        """True if `text` has words besides kinds, limits and orders: something that only reading the records can decide."""
        return bool(self.unread(text))

    def asks_for_ideas(self, text: str) -> bool:
        """Whether `text` asks for something and does not say what: "what would you recommend", "a present under 30"."""
        said, read = set(self.unread(text).split()), self._read(text)
        is_of_goods = bool(read.types or read.sort is not Sort.RELEVANCE)
        is_of_goods = is_of_goods or any(condition.field != "age_group" for condition in read.conditions)
        return said <= _IDEAS and bool(said or not is_of_goods)

    def modifier(self, text: str) -> str:
        """The stem of the word that makes a kind a narrower one, "electric" of "an electric kettle", or ""."""
        return self.grammar.modifier(Text.of(text))

    def unread(self, text: str) -> str:
        """The words of `text` that are no kind, limit or order, in their stems; "size" says no more where a size is read."""
        read = self._read(text) if text else Reading()
        named = {condition.field for condition in read.conditions}
        return " ".join(word for word in read.rest if word not in named)

    def with_variants(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The ids of products in all their variants."""
        catalog = self.grammar.catalog
        products = (catalog.products[id] for id in ids if id in catalog.products)
        return tuple(variant.id for product in products for variant in catalog.variants(product))

    def left_open(self, need: Need) -> Need:
        """The part of a need that code does not hold products to: whom and what it is for, and wishes that are no limits."""
        return Need(
            **{"for": need.whom},
            use=need.use,
            want=tuple(each for each in need.want if self.says_more(each)),
            avoid=tuple(each for each in need.avoid if self.says_more(f"not {each}")),
        )

    def options(self, text: str, variants: Sequence[Product] = ()) -> Options:
        """The colors and sizes that `text` names, in the shop's spelling; "not orange" names none.

        Said of goods with these `variants`, a size may be written in any way: "blue m".
        """
        named = {c.field: c.values for c in self._read(text).conditions if c.operator is Operator.IN} if text else {}
        sizes = self.sizes(text, variants).values if text and variants else ()
        return Options(named.get("color", ()), sizes or named.get("size", ()))

    @staticmethod
    def sizes(text: str, variants: Sequence[Product]) -> SaidSizes:
        """The sizes of goods with these `variants` that `text` names, and in which words."""
        return sizes_said(text, variants)

    def kinds(self, text: str) -> tuple[Condition, ...]:
        """The kinds of product that `text` names."""
        return self._read(text).types if text else ()

    def ruled_out(self, text: str) -> tuple[str, ...]:
        """The colors that `text` rules out."""
        ruled_out = (c for c in self._read(text).conditions if (c.field, c.operator) == ("color", Operator.NOT_IN))
        return tuple(value for condition in ruled_out for value in condition.values)

    def asks_for_offers(self, text: str) -> bool:
        """True if `text` speaks of reduced prices."""
        return any(condition.field == "discount" for condition in self._read(text).conditions)

    def needed(self, need: Need) -> Options:
        """The colors and sizes of the need."""
        return self.options(self._need_text(need))

    def meant(self, message: str, need: Need) -> Options:
        """The colors and sizes that a message asks for, else those of the need."""
        return self.options(message).over(self.needed(need))

    def has_foreign_limit(self, need: Need, message: str) -> bool:
        """True if the only limits of money that message and need name are in another currency than the shop's prices.

        Such a limit is not applied: no rate is known, and 20,000 yen are not 20,000 dollars.
        """
        read = [self._read(text) for text in (message, need.budget) if text]
        return any(r.has_foreign_money for r in read) and not any(
            c.field == "price" for r in read for c in r.conditions
        )

    def names_other_currency(self, message: str) -> bool:
        """True if the message asks for a price in another currency than the shop's; no rate is known."""
        return names_other_currency(Text.of(message).lower, self.grammar.currency)

    def compared(self, message: str) -> tuple[str, ...]:
        """The attributes that a comparison in the message may be about, likeliest first: "weight" of "which is lighter"."""
        found = self._read(message).comparative
        return found.fields if found else ()

    def money(self, text: str) -> Decimal | None:
        """The upper limit of money that `text` names, or None."""
        bounds = (c.number for c in self._read(text).conditions if (c.field, c.operator) == ("price", Operator.AT_MOST))
        return next((bound for bound in bounds if bound is not None), None)

    @staticmethod
    def _need_text(need: Need) -> str:
        parts = [
            f"for {need.whom}" if need.whom else "",
            need.use,
            *need.want,
            need.budget,
            f"size {need.size}" if need.size else "",
            need.color,
            need.brand,
        ]
        return ", ".join([*filter(None, parts), *(f"not {each}" for each in need.avoid)])

    def _none_of(self, shown: Sequence[str]) -> Condition:
        return Condition("id", Operator.NOT_IN, self.with_variants(shown))

    def _has_such(self, types: Sequence[Condition], kind: str) -> bool:
        """Whether a thing of these types is called so, or none of any type is."""
        return not self.grammar.names.is_in_titles(stems(kind)) or self.grammar.names.is_in_titles(stems(kind), types)

    def _is_offered(self, size: Condition, types: Sequence[Condition]) -> bool:
        """Whether a thing of these types comes in a size; that of a rain suit is no size of boots."""
        products = self.grammar.catalog.products.values()
        return any(size.accepts(each) for each in products if all(kind.accepts(each) for kind in types))

    def _read(self, text: str, kinds: Sequence[Condition] = ()) -> Reading:
        return self.grammar.read(Text.of(text), kinds)


def _hard(reading: Reading) -> tuple[Condition, ...]:
    return tuple(c for c in reading.conditions if c.field in _HARD or c.operator is not Operator.IN)
