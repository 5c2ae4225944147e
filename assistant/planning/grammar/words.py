"""Words: the word lists of the grammar, kept in `words.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


def words(name: str) -> frozenset[str]:
    """The list called `name`."""
    return frozenset(_lists()[name].split())


@cache
def _lists() -> Mapping[str, Any]:
    lists: Mapping[str, Any] = yaml.safe_load((files("assistant.planning.grammar") / "words.yaml").read_text("utf-8"))
    return lists
