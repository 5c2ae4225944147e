"""Phrases: the English wordings of rendered replies, one of several for each turn."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PATH = Path(__file__).with_name("phrases.yaml")
_SLOT = re.compile(r"<([A-Za-z_']+)>")
_AGREEMENT = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")
_QUOTE_END = re.compile(r'(\.quote\}"?)\.')
"""A quotation brings its own full stop."""
_FIRST_LETTER = re.compile(r"^(\W*)([a-z])")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Wordings for one turn: the same turn always gets the same ones, and none that opened the reply `before`."""

    turn: int
    before: str = ""

    def __call__(self, name: str, plural: bool = False, /, **values: str) -> str:
        """A wording of the phrase called `name` ("find.pick") with `values` in its places.

        Each value also fits the place of its capitalized name, with a capital letter. Raises KeyError for an unknown phrase or a
        place without a value.
        """
        wordings = table(name)
        start = (self.turn + zlib.crc32(name.encode())) % len(wordings)
        made = [filled(wording, plural, **values) for wording in (*wordings[start:], *wordings[:start])]
        return next((text for text in made if not self._opened_with(text)), made[0])

    def _opened_with(self, text: str) -> bool:
        return bool(self.before) and _opening(text) == _opening(self.before)


def table(name: str) -> Any:
    """The entry called `name` in the table of phrases, by its keys from the top: "find.pick"."""
    found: Any = _phrases()
    for key in name.split("."):
        found = found[key]
    return found


def filled(wording: str, plural: bool = False, /, **values: str) -> str:
    """One wording with its places filled and its verbs agreeing."""

    def value(place: re.Match[str]) -> str:
        name = place[1]
        return values[name] if name in values else capitalized(values[name[:1].lower() + name[1:]])

    text = _SLOT.sub(value, _AGREEMENT.sub(lambda found: found[2 if plural else 1], wording))
    return _QUOTE_END.sub(r"\1", text)


def capitalized(text: str) -> str:
    """`text` with a capital letter at its beginning; references get theirs when they are filled."""
    return _FIRST_LETTER.sub(lambda found: found[1] + found[2].upper(), text) if not text.startswith("{") else text


def listed(items: list[str]) -> str:
    """A list as a sentence holds it: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _opening(text: str) -> str:
    return " ".join(text.casefold().split()[:3])


@cache
def _phrases() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return found
