"""Score: known intervals, and bounds that are shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.score import Score


@pytest.mark.parametrize(
    ("right", "count", "shown"),
    [
        (0, 620, "0.00 % (0.00 to 0.62)"),
        (620, 620, "100.00 % (99.38 to 100.00)"),
        (81, 263, "30.80 % (25.53 to 36.62)"),
    ],
)
def test_known_intervals(right: int, count: int, shown: str) -> None:
    assert str(Score(right, count)) == shown  # the last as in Newcombe 1998, table I


@given(st.integers(1, 5000), st.data())
def test_the_share_lies_between_its_bounds(count: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, count))
    low, high = Score(right, count).interval
    assert 0 <= low <= right / count + 1e-12
    assert right / count - 1e-12 <= high <= 1
