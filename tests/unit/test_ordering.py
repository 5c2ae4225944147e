from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.catalog.filter import Filter
from retrieval.recommendation.product_features import Shelf
from retrieval.search.ordering import in_order, one_per_group, spread
from tests.unit.small_shop import random_shop

PRODUCTS = tuple(random_shop(900).products.values())
SHELF = Shelf.of(
    PRODUCTS, np.zeros((900, 2), np.float32), {p.id: 1.0 for p in PRODUCTS[:850]}, datetime(2026, 11, 1, tzinfo=UTC)
)


@given(st.lists(st.integers(0, 899), unique=True, max_size=900), st.integers(0, 99))
@settings(max_examples=30)
def test_ordering_spreading_and_grouping_lose_nothing(rows: list[int], seed: int) -> None:
    places = np.array(rows, np.intp)
    scores = np.random.default_rng(seed).random(len(rows)).astype(np.float32)
    order = in_order(SHELF, places, scores, Filter())
    assert list(scores[order]) == sorted(scores, reverse=True)
    assert sorted(spread(SHELF, places, order)) == sorted(order)
    groups = {PRODUCTS[row].item_group_id for row in rows}
    assert {PRODUCTS[places[place]].item_group_id for place in one_per_group(SHELF, places, order, Filter())} == groups


def test_new_products_reach_the_first_hand_from_the_end_of_a_long_list() -> None:
    rows = np.arange(900)
    fresh = np.flatnonzero(SHELF.fresh)
    assert len(fresh) > 0
    order = np.concatenate((np.setdiff1d(rows, fresh), fresh))
    assert sum(SHELF.fresh[place] for place in spread(SHELF, rows, order)[:6]) == 1
