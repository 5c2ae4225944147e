"""Refinement: the filter and the words of a search, carried over from turn to turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.understanding.grammar.dropping import ALL
from retrieval.catalog.filter import Condition, Filter, Operator, Sort

_OPPOSITE = {Operator.AT_LEAST: Operator.AT_MOST, Operator.AT_MOST: Operator.AT_LEAST}
_PICKED = frozenset({"product_type"})


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: words and an exact filter."""

    query: str
    filter: Filter


def refined(before: Search, new: Iterable[Condition], sort: Sort, sort_field: str, query: str) -> Search:
    """`before` with `new` conditions on top: a later word on the same matter counts, everything else stays."""
    new, kept = tuple(new), before.filter
    kept = _without_ranges(kept, new)
    for condition in new:
        kept = Filter(tuple(_beside(condition, kept.conditions)), kept.sort, kept.sort_field)
    if sort is not Sort.RELEVANCE:
        kept = replace(kept, sort=sort, sort_field=sort_field if sort in (Sort.LOWEST, Sort.HIGHEST) else "")
    return Search(_joined(before.query, query), kept)


def released(before: Search, fields: Iterable[str]) -> Search:
    """`before` without its conditions on `fields`; ALL leaves only the kind of product."""
    given_up = tuple(fields)
    if ALL in given_up:
        kinds = tuple(c for c in before.filter.conditions if c.field in _PICKED)
        return Search(before.query, Filter(kinds))
    kept = before.filter.without(*given_up)
    is_price_order = kept.sort in (Sort.PRICE_LOW, Sort.PRICE_HIGH) and "price" in given_up
    return Search(before.query, replace(kept, sort=Sort.RELEVANCE, sort_field="") if is_price_order else kept)


def holds(filter: Filter, fields: Iterable[str]) -> bool:
    """Whether `filter` has anything on one of `fields` to give up."""
    given_up = tuple(fields)
    if "price" in given_up and filter.sort in (Sort.PRICE_LOW, Sort.PRICE_HIGH):
        return True
    return any(ALL in given_up or condition.field in given_up for condition in filter.conditions)


def _without_ranges(kept: Filter, new: Iterable[Condition]) -> Filter:
    """`kept` without ranges that `new` bounds speak of: "under 50" after "between 40 and 90" means all under 50."""
    bounded = {condition.field for condition in new if condition.number is not None}
    ranges = [
        f for f in bounded if sum(c.field == f and c.number is not None for c in kept.conditions) == len(_OPPOSITE)
    ]
    return kept.without(*ranges)


def _beside(new: Condition, old: Iterable[Condition]) -> Iterable[Condition]:
    """The `old` conditions that can stand with `new`, and `new` itself."""
    for condition in old:
        if condition.field != new.field:
            yield condition
        elif new.operator is Operator.NOT_IN:
            rest = _less(condition, new) if condition.operator is Operator.IN else condition
            if condition.operator is Operator.NOT_IN:
                new = replace(new, values=tuple(dict.fromkeys((*condition.values, *new.values))))
            elif rest is not None:
                yield rest
        elif new.operator is Operator.IN and condition.operator is Operator.NOT_IN:
            remaining = _less(condition, new)
            if remaining is not None:
                yield remaining
        elif _can_stand(condition, new):
            yield condition
    yield new


def _less(condition: Condition, taken: Condition) -> Condition | None:
    """`condition` without the values of `taken`, or None when none are left."""
    gone = {value.casefold() for value in taken.values}
    values = tuple(value for value in condition.values if value.casefold() not in gone)
    return replace(condition, values=values) if values else None


def _can_stand(condition: Condition, new: Condition) -> bool:
    """Whether an older bound leaves room beside the new one."""
    if condition.operator is not _OPPOSITE.get(new.operator) or condition.number is None or new.number is None:
        return False
    low, high = (condition, new) if new.operator is Operator.AT_MOST else (new, condition)
    return low.number is not None and high.number is not None and low.number < high.number


def _joined(before: str, new: str) -> str:
    """Both queries, no word twice."""
    return " ".join(dict.fromkeys([*before.split(), *new.split()]))
