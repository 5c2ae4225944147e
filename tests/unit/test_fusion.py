from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.fusion import K, fuse

rankings = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=4)


def test_scores_are_the_formula_of_the_paper() -> None:
    fused = fuse([["a", "b"], ["b", "c"]])
    assert list(fused) == ["b", "a", "c"]
    assert fused["b"] == pytest.approx(1 / (K + 2) + 1 / (K + 1))
    assert fused["a"] == pytest.approx(1 / (K + 1))


@given(rankings)
def test_nothing_is_lost_and_nothing_is_added(listed: list[list[int]]) -> None:
    assert set(fuse(listed)) == {key for ranking in listed for key in ranking}


@given(rankings)
def test_the_order_of_the_rankings_does_not_change_a_score(listed: list[list[int]]) -> None:
    assert fuse(listed) == pytest.approx(fuse(listed[::-1]))


@given(st.lists(st.integers(), unique=True, max_size=20))
def test_one_ranking_keeps_its_order(ranking: list[int]) -> None:
    assert list(fuse([ranking])) == ranking
