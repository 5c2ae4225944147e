from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from retrieval.remembered import remembered


class Squares:
    def __init__(self) -> None:
        self.asked: list[int] = []
        self.of: Callable[[int], int] = remembered(self._of, 2)

    def _of(self, number: int) -> int:
        self.asked.append(number)
        return number * number


def test_the_latest_results_are_kept() -> None:
    squares = Squares()
    assert [squares.of(number) for number in (2, 3, 2, 4, 3, 2)] == [4, 9, 4, 16, 9, 4]
    assert squares.asked == [2, 3, 4, 3, 2]


def test_each_object_has_its_own() -> None:
    one, other = Squares(), Squares()
    one.of(5)
    other.of(5)
    assert (one.asked, other.asked) == ([5], [5])


def test_the_object_goes_with_its_last_reference() -> None:
    squares = Squares()
    squares.of(2)
    weak, of = weakref.ref(squares), squares.of
    gc.disable()
    try:
        del squares
        assert weak() is None
    finally:
        gc.enable()
    with pytest.raises(ReferenceError):
        of(3)
