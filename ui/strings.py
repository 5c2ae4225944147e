"""Strings: the chat's fixed texts in the language of the shop's pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

ENGLISH = "en"
_FILE = Path(__file__).parent / "strings.yaml"


class Strings:
    """The texts of one language. `language` is its code, such as "de"."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with `values` filled in. Raises KeyError for a key that no language has."""
        return self._texts[key].format(**values)


@cache
def languages() -> Mapping[str, Strings]:
    """Every language by its code."""
    found = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return MappingProxyType({code: Strings(code, texts) for code, texts in found.items()})


def strings_of(language: str) -> Strings:
    """The texts of `language`, such as "de" or "de-AT"; English for one that is not there."""
    known = languages()
    return known.get(language.split("-")[0].lower()) or known[ENGLISH]
