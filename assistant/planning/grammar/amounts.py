"""Amounts: "under 50", "between 40 and 60", "$20-$30", "around 2 kg", "at least 4 stars" as conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assistant.planning.grammar.amount_phrases import BARE, PATTERNS, AmountPhrase, Operand
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.measures import MeasuredAttribute
from assistant.planning.grammar.text import Span, Text, stem, stems
from assistant.planning.grammar.words import words
from retrieval.catalog.filter import Condition, Operator
from retrieval.catalog.measure import Measure

_NOT_PRICES = words("no price")
_MUST_BE_NAMED = frozenset({"duration", "length"})
"""Dimensions that too many attributes share for a bare number to mean one of them."""
_LEAST_ROUGH_PRICE = 5


@dataclass(frozen=True, slots=True)
class Amount:
    """One reading: its conditions and where it stands. `is_foreign` is money in another currency, which bounds nothing."""

    conditions: tuple[Condition, ...]
    span: Span
    is_foreign: bool = False


class Amounts:
    """Reads amounts with the measured attributes of one catalogue, whose prices are in `currency`.

    `is_kind` says of a word whether it names a kind of product.
    """

    def __init__(
        self,
        attributes: Mapping[str, tuple[MeasuredAttribute, ...]],
        is_kind: Callable[[str], bool] = lambda word: False,
        currency: str = "USD",
    ) -> None:
        self._attributes = attributes
        self._currency = currency
        self._is_kind = is_kind

    def read(self, text: Text, has: Callable[[str], bool] = lambda name: True) -> tuple[Amount, ...]:
        """All amounts in `text`, in the order in which the patterns find them; no character is read twice.

        `has` tells whether the wanted kind of product has an attribute.
        """
        found: list[Amount] = []
        for form, pattern in PATTERNS:
            phrases = (AmountPhrase.of(form, match, text.lower) for match in pattern.finditer(text.lower))
            found += [amount for phrase in phrases if phrase and (amount := self._amount(phrase, has))]
            text = text.without(amount.span for amount in found)
        return tuple(found)

    def _amount(self, phrase: AmountPhrase, has: Callable[[str], bool]) -> Amount | None:
        if phrase.is_foreign(self._currency):
            return Amount((), phrase.span, is_foreign=True)
        if phrase.is_money:
            return Amount(phrase.bounds("price"), phrase.span)
        if phrase.is_rating:
            return Amount(phrase.at_least().bounds("rating"), phrase.span)
        return self._measured(phrase, has) or self._priced(phrase)

    def _measured(self, phrase: AmountPhrase, has: Callable[[str], bool]) -> Amount | None:
        """An amount with a unit that some attribute is measured in; a bare one means exactly that much."""
        last = phrase.last
        dimension = Measure(Decimal(0), last.unit).dimension
        attribute = self._attribute(dimension, phrase.text, has) if last.unit else None
        if attribute is None:
            return None
        if phrase.form in BARE:
            condition = _exact(attribute, last) or _roomy(attribute, last)
            return Amount((condition,), (last.start, last.end)) if condition else None
        unit = last.unit if attribute.dimension else ""
        return Amount(phrase.bounds(attribute.name, unit), (phrase.span[0], max(phrase.span[1], last.end)))

    def _attribute(self, dimension: str, lower: str, has: Callable[[str], bool]) -> MeasuredAttribute | None:
        """The attribute that the message names, else the usual one for the dimension."""
        group = tuple(attribute for attribute in self._attributes.get(dimension, ()) if has(attribute.name))
        if not group and dimension:
            group = tuple(a for a in self._attributes.get("", ()) if dimension in a.words)
        said = set(stems(lower))
        named = [attribute for attribute in group if attribute.words & said]
        if named:
            return max(named, key=lambda attribute: len(attribute.words & said))
        return None if dimension in _MUST_BE_NAMED else next(iter(group), None)

    def _priced(self, phrase: AmountPhrase) -> Amount | None:
        """An amount without a unit: a price, where nothing says otherwise ("under 50", "below 30 for my dad")."""
        last = phrase.last
        follows = last.unit in FUNCTION_WORDS - _NOT_PRICES or self._is_kind(stem(last.unit))
        if phrase.form in BARE or last.number < 1 or (last.unit and not follows):
            return None
        if phrase.form == "range" and (last.unit or not (phrase.speaks_of_money or last.ends_text)):
            return None
        if phrase.form == "around" and last.number < _LEAST_ROUGH_PRICE:
            return None
        return Amount(phrase.bounds("price"), phrase.span)


def _exact(attribute: MeasuredAttribute, wanted: Operand) -> Condition | None:
    """The shop's spellings of exactly this measure, or None where it has none."""
    size = Measure(wanted.number, wanted.unit).size
    values = tuple(value for value, measure in attribute.values.items() if measure.size == size)
    return Condition(attribute.name, Operator.IN, values) if values else None


def _roomy(attribute: MeasuredAttribute, wanted: Operand) -> Condition | None:
    """For people, more room will do where there is any: a tent for four may sleep five."""
    if attribute.dimension != "people" or all(measure.size < wanted.number for measure in attribute.values.values()):
        return None
    return Condition(attribute.name, Operator.AT_LEAST, number=wanted.number, unit=wanted.unit)
