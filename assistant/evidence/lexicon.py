"""Lexicon: the word lists of `lexicon.yaml`, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).with_name("lexicon.yaml")


@cache
def words(name: str) -> frozenset[str]:
    """The entries of one list. Raises KeyError for a list that does not exist."""
    return frozenset(_lists()[name].split())


@cache
def _lists() -> dict[str, str]:
    return dict(yaml.safe_load(_PATH.read_text(encoding="utf-8")))
