"""Ordering: in which order a page lists products, and which of them stand for their like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog.filter import Filter, Operator, Sort, measure_of
from retrieval.recommendation.product_features import TRAITS, Floats, Rows, Shelf

_PINS = ("color", "size", "material")
_SINGLE = frozenset({"id", "item_group_id"})
_HAND, _OF_A_TYPE = 6, 2
_SPREAD = 300  # deeper than anybody looks
_GROUP, _TYPE = TRAITS.index("group"), TRAITS.index("type")


def in_order(shelf: Shelf, rows: Rows, scores: Floats, filter: Filter) -> Rows:
    """Places in `rows` in the filter's order; what is equal there comes by score, then in catalogue order.

    A product without the number that is sorted by comes last.
    """
    keys = _sort_keys(shelf, rows, filter)
    return np.lexsort([rows, -scores, *reversed(keys)])


def one_per_group(shelf: Shelf, rows: Rows, order: Rows, filter: Filter) -> Rows:
    """`order` with the first variant of each item group, once for each value of a pinned colour, size or material.

    Where the filter asks for single ids or for a group, all of them stay.
    """
    pinned = {condition.field for condition in filter.conditions if condition.operator is Operator.IN}
    if pinned & _SINGLE:
        return order
    pins = [field for field in _PINS if field in pinned]
    first: dict[tuple[object, ...], int] = {}
    for place in order:
        product = shelf.products[rows[place]]
        group = int(shelf.traits[rows[place], _GROUP])
        first.setdefault((group, *(getattr(product, pin).casefold() for pin in pins)), int(place))
    return np.fromiter(first.values(), np.intp, len(first))


def spread(shelf: Shelf, rows: Rows, order: Rows) -> Rows:
    """`order` in hands of six, each with at most two products of a type and one that is new to everybody.

    As far as there are other types and new products; without the place kept for them, new products would never
    gather the events by which others are found.
    """
    first, rest = order[:_SPREAD], order[_SPREAD:]
    fresh = shelf.fresh[rows[rest]] > 0
    fresh[np.flatnonzero(fresh)[_SPREAD // _HAND :]] = False
    waiting, listed = [int(place) for place in (*first, *rest[fresh])], list[int]()
    while waiting:
        hand = _hand(shelf, rows, waiting)
        listed += hand
        taken = set(hand)
        waiting = [place for place in waiting if place not in taken]
    return np.concatenate((np.array(listed, np.intp), rest[~fresh]))


def _hand(shelf: Shelf, rows: Rows, waiting: Sequence[int]) -> list[int]:
    """The next six of `waiting`."""
    hand: list[int] = []
    counts: Counter[int] = Counter()
    for place in waiting:
        kind = int(shelf.traits[rows[place], _TYPE])
        if counts[kind] < _OF_A_TYPE:
            counts[kind] += 1
            hand.append(place)
        if len(hand) == _HAND:
            break
    fresh = next((place for place in waiting if shelf.fresh[rows[place]]), None)
    if fresh is not None and not any(shelf.fresh[rows[place]] for place in hand):
        hand[-1:] = [fresh]
    return hand


def _sort_keys(shelf: Shelf, rows: Rows, filter: Filter) -> list[NDArray[Any]]:
    """Arrays to sort by, the most important one first, each rising."""
    products = [shelf.products[row] for row in rows]
    if filter.sort in (Sort.PRICE_LOW, Sort.PRICE_HIGH):
        prices = np.array([float(shelf.offers[row].price.amount) for row in rows])
        return [prices if filter.sort is Sort.PRICE_LOW else -prices, 1 - shelf.available[rows]]
    if filter.sort is Sort.RATING:
        ratings = np.array([product.rating or 0.0 for product in products])
        return [-ratings, -np.array([product.rating_count for product in products])]
    if filter.sort is Sort.POPULARITY:
        return [-shelf.popularity[rows]]
    if filter.sort in (Sort.LOWEST, Sort.HIGHEST):
        return _measure_keys(shelf, rows, filter)
    return []


def _measure_keys(shelf: Shelf, rows: Rows, filter: Filter) -> list[NDArray[Any]]:
    """By the number in `filter.sort_field`, the most frequent dimension first: kilograms are not mixed with litres."""
    measures = [measure_of(shelf.products[row], shelf.offers[row], filter.sort_field) for row in rows]
    dimensions = [None if measure is None else measure.dimension for measure in measures]
    usual = max(set(dimensions) - {None}, key=lambda d: (dimensions.count(d), str(d)), default=None)
    fits = np.array([dimension is not None and dimension == usual for dimension in dimensions], np.bool_)
    sizes = np.array([0.0 if measure is None else float(measure.size) for measure in measures])
    return [~fits, sizes if filter.sort is Sort.LOWEST else -sizes]
