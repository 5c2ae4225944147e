"""Filter: the exact part of a search, as conditions over product fields and a sort order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from retrieval.catalog.measure import Measure
from retrieval.catalog.product import Offer, Product


class Operator(StrEnum):
    """How a condition compares a field with its value."""

    IN = "in"
    NOT_IN = "not_in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Sort(StrEnum):
    """The order in which results are wanted."""

    RELEVANCE = "relevance"
    PRICE_LOW = "price_low"
    PRICE_HIGH = "price_high"
    RATING = "rating"
    POPULARITY = "popularity"
    LOWEST = "lowest"  # by the number in `Filter.sort_field`: "the lightest"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class Condition:
    """One exact demand. `field` is a Product field or the name of an attribute.

    IN and NOT_IN carry `values` (compared without case; `product_type` matches any step of the
    path); AT_LEAST and AT_MOST carry `number` (for `price`, what is paid now, in the shop's currency), and `unit`
    where the attribute is a measure: "310 g" meets "at most 1 kg", and "2 people" no bound in litres.
    """

    field: str
    operator: Operator
    values: tuple[str, ...] = ()
    number: Decimal | None = None
    unit: str = ""

    def accepts(self, product: Product, offer: Offer | None = None) -> bool:
        """Whether `product` with the `offer` of the moment meets this demand; an unknown number never meets a bound.

        Without an offer the listed one counts.
        """
        offer = offer or product.listed_offer
        if self.operator in (Operator.IN, Operator.NOT_IN):
            wanted = {value.casefold() for value in self.values}
            found = bool(wanted & _words(product, offer, self.field))
            return found if self.operator is Operator.IN else not found
        if self.number is None:
            return False
        value, bound = measure_of(product, offer, self.field), Measure(self.number, self.unit)
        if value is None or (bound.unit and value.dimension != bound.dimension):
            return False
        low, high = (bound, value) if self.operator is Operator.AT_LEAST else (value, bound)
        return low.size <= high.size if bound.unit else low.number <= high.number


@dataclass(frozen=True, slots=True)
class Filter:
    """All `conditions` must hold; results come in `sort` order, by the attribute `sort_field` for LOWEST and HIGHEST."""

    conditions: tuple[Condition, ...] = ()
    sort: Sort = Sort.RELEVANCE
    sort_field: str = ""

    def accepts(self, product: Product, offer: Offer | None = None) -> bool:
        """Whether `product` with the `offer` of the moment meets every condition; without one the listed offer counts."""
        offer = offer or product.listed_offer
        return all(condition.accepts(product, offer) for condition in self.conditions)

    def adding(self, conditions: Iterable[Condition]) -> Filter:
        """This filter with `conditions`, each replacing an older one on the same field and operator."""
        new = tuple(conditions)
        keys = {(condition.field, condition.operator) for condition in new}
        kept = tuple(c for c in self.conditions if (c.field, c.operator) not in keys)
        return replace(self, conditions=kept + new)

    def without(self, *fields: str) -> Filter:
        """This filter with no condition on `fields`."""
        return replace(self, conditions=tuple(c for c in self.conditions if c.field not in fields))


def _words(product: Product, offer: Offer, field: str) -> set[str]:
    if field == "product_type":
        return {part.casefold() for part in product.category_path}
    if field == "availability":
        return {offer.availability.value}
    if field == "age_group":
        return {product.age_group}
    value = getattr(product, field, None) if field in _TEXT_FIELDS else product.attributes.get(field)
    if not value:
        return set()
    text = str(value).casefold()
    return {text, *(part.strip() for part in text.replace("/", ",").split(","))}


def measure_of(product: Product, offer: Offer, field: str) -> Measure | None:
    """The number that `product` with `offer` has in `field`, a field or an attribute, or None where it has none."""
    read = _NUMBERS.get(field)
    if read is None:
        return Measure.parse(product.attributes.get(field, ""))
    number = read(product, offer)
    return None if number is None else Measure(number)


_TEXT_FIELDS = frozenset({"id", "brand", "color", "size", "material", "item_group_id"})
_NUMBERS: dict[str, Callable[[Product, Offer], Decimal | None]] = {
    "price": lambda product, offer: offer.price.amount,
    "rating": lambda product, offer: None if product.rating is None else Decimal(str(product.rating)),
    "quantity": lambda product, offer: None if product.quantity is None else Decimal(product.quantity),
    "discount": lambda product, offer: Decimal(0) if offer.saving is None else offer.saving.amount,
}
