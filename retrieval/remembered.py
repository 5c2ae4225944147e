"""Remembered: a method that keeps its latest results, for objects that are replaced while a server runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast
from weakref import WeakMethod

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def remembered(method: Callable[Arguments, Result], most: int) -> Callable[Arguments, Result]:
    """`method`, bound to its object, with its latest `most` results; the arguments are hashable.

    An object that kept `lru_cache(self.method)` would refer to itself: a whole catalog would stay in memory until Python
    collects garbage, which a large process does seldom. Raises ReferenceError once the object is gone.
    """
    weak: WeakMethod[Callable[Arguments, Result]] = WeakMethod(method)

    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        bound = weak()
        if bound is None:
            raise ReferenceError("the object of a remembered method is gone")
        return bound(*args, **kwargs)

    return cast(Callable[Arguments, Result], lru_cache(maxsize=most)(call))  # which forgets what the arguments are
