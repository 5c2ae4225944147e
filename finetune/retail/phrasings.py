"""Phrasings: the ways in which scripted customers put things, drawn by chance; one half is held out from mending."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class Half(StrEnum):
    """Which phrasings customers use: those that may be looked at while the conversation is mended, the held-out ones, or all."""

    SEEN = "seen"
    HELD_OUT = "held-out"
    ALL = "all"

    def of(self, phrasings: Sequence[str]) -> Sequence[str]:
        """This half of a list; every other one is held out."""
        match self:
            case Half.SEEN:
                return phrasings[::2]
            case Half.HELD_OUT:
                return phrasings[1::2]
            case _:
                return phrasings


class Phrasings:
    """Draws from one half of `phrasings.yaml`."""

    def __init__(self, half: Half, chance: random.Random) -> None:
        self._half, self._chance = half, chance

    def __call__(self, name: str, but: str = "", **values: str) -> str:
        """A phrasing of the list at `name`, such as "answers.order", with `values` in its places; not `but` if there is another."""
        drawn = [each for each in self._half.of(self._list(name)) if each != but]
        return self._chance.choice(drawn or self._half.of(self._list(name))).format(**values)

    def has(self, name: str) -> bool:
        """True if there is such a list."""
        *path, last = name.split(".")
        found: Any = _lists()
        for part in path:
            found = found[part]
        return last in found

    @staticmethod
    def _list(name: str) -> Sequence[str]:
        found: Any = _lists()
        for part in name.split("."):
            found = found[part]
        return list(found)


@cache
def _lists() -> Mapping[str, Any]:
    lists: Mapping[str, Any] = yaml.safe_load((files("finetune.retail") / "phrasings.yaml").read_text("utf-8"))
    return lists
