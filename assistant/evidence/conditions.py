"""Conditions in words: a filter as a phrase that fits behind a noun ("in blue, under $60 and without leather")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from assistant.evidence.wording import in_words, lower, round_money
from retrieval.catalog.facets import Facets
from retrieval.catalog.filter import Condition, Operator, Sort
from retrieval.catalog.money import Money

_SORTED = {
    Sort.PRICE_LOW: "cheapest first",
    Sort.PRICE_HIGH: "highest price first",
    Sort.RATING: "best rated first",
    Sort.POPULARITY: "most popular first",
}
_YES = frozenset({"yes", "true"})
_UNSAID = frozenset({"product_type", "id", "item_group_id"})
_RANGED = frozenset({Operator.AT_LEAST, Operator.AT_MOST})


def conditions_in_words(conditions: Iterable[Condition], facets: Facets, sort: Sort = Sort.RELEVANCE) -> str:
    """All `conditions` but the kind of product wanted, and the order; "" when there is nothing to say."""
    listed = [condition for condition in conditions if not _is_wanted_kind(condition)]
    said: list[str] = []
    for condition in listed:
        if condition.operator is Operator.AT_MOST and _bound(listed, condition.field, Operator.AT_LEAST):
            continue
        phrase = _ranged(condition, listed, facets) if condition.operator in _RANGED else _listed(condition)
        if phrase and phrase not in said:
            said.append(phrase)
    words = in_words(said)
    order = _SORTED.get(sort, "")
    return f"{words}, {order}" if words and order else words or order


def _is_wanted_kind(condition: Condition) -> bool:
    return condition.field in _UNSAID and condition.operator is not Operator.NOT_IN


def _listed(condition: Condition) -> str:
    """IN and NOT_IN in words."""
    is_wanted = condition.operator is Operator.IN
    values = [value if condition.field in ("brand", "size") else lower(value) for value in condition.values]
    text = in_words(values, "or")
    phrases: dict[str, Callable[[], str]] = {
        "color": lambda: f"in {text}" if is_wanted else f"not in {text}",
        "size": lambda: f"in size {text}" if is_wanted else f"not in size {text}",
        "material": lambda: f"made of {text}" if is_wanted else f"without {text}",
        "brand": lambda: f"from {text}" if is_wanted else f"not from {text}",
        "product_type": lambda: f"other than {text}",
        "availability": lambda: "in stock" if is_wanted == ("in_stock" in condition.values) else "not in stock",
    }
    return phrases.get(condition.field, lambda: _attribute(condition.field, values, is_wanted))()


def _attribute(name: str, values: list[str], is_wanted: bool) -> str:
    spoken = name.replace("_", " ")
    if len(values) == 1 and values[0] in _YES | {"no", "false"}:
        positive = is_wanted == (values[0] in _YES)
        return f"that {'are' if positive else 'are not'} {spoken}"
    article = "" if spoken.endswith("s") and not spoken.endswith("ss") else "a "
    return f"{'with' if is_wanted else 'without'} {article}{spoken} of {in_words(values, 'or')}"


def _ranged(condition: Condition, conditions: list[Condition], facets: Facets) -> str:
    """A bound, or both bounds of one field, in words."""
    low = _bound(conditions, condition.field, Operator.AT_LEAST)
    high = _bound(conditions, condition.field, Operator.AT_MOST)
    if condition.field == "price":
        return _between("between {} and {}", "over {}", "under {}", low, high, _priced(facets.currency))
    if condition.field == "rating":
        return _between("rated {} to {}", "rated {} or better", "rated {} or less", low, high, _plain)
    if condition.field == "discount":
        return "on sale"
    if condition.field == "quantity":
        return _between("with {} to {} left", "with at least {} in stock", "with at most {} left", low, high, _plain)
    name, unit = condition.field.replace("_", " "), _unit(condition.field, facets)
    return _between(
        f"with a {name} between {{}} and {{}}", f"with a {name} of at least {{}}", f"with a {name} of at most {{}}",
        low, high, lambda number: f"{_plain(number)} {unit}".strip(),
    )  # fmt: skip


def _bound(conditions: Iterable[Condition], field: str, operator: Operator) -> Decimal | None:
    return next((c.number for c in conditions if c.field == field and c.operator is operator), None)


def _between(
    both: str, least: str, most: str, low: Decimal | None, high: Decimal | None, spell: Callable[[Decimal], str]
) -> str:
    if low is not None and high is not None:
        return both.format(spell(low), spell(high))
    if low is not None:
        return least.format(spell(low))
    return most.format(spell(high)) if high is not None else ""


def _priced(currency: str) -> Callable[[Decimal], str]:
    return lambda number: round_money(Money(number, currency))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _unit(attribute: str, facets: Facets) -> str:
    """The unit that the shop writes behind this attribute's numbers."""
    units = (re.fullmatch(r"\s*[\d.,]+\s*([^\d\s].*?)\s*", value) for value in facets.attributes.get(attribute, ()))
    return next((found.group(1) for found in units if found), "")
