"""Titles: the products that a person names, in full or by a word of their titles, whether the turn shows them or not."""

from __future__ import annotations

import re

from assistant.planning.grammar.english import is_ordinary
from retrieval.catalog.catalog import Catalog

_WORD = re.compile(r"[\w'’&-]+")
_CAPITALIZED = re.compile(r"\b[A-Z][\w'’&-]*[a-z][\w'’&-]*")


class Titles:
    """Knows the titles of one catalogue. Looking through a text takes as long for a large catalogue as for a small one."""

    def __init__(self, catalog: Catalog) -> None:
        self._ids: dict[str, str] = {}
        for product in catalog.products.values():
            self._ids.setdefault(_plain(product.title), product.id)
        said = {word for title in self._ids for word in title.split()}
        kinds = {word for product in catalog.products.values() for word in _plain(product.product_type).split()}
        self._words = frozenset(word for word in said - kinds if not is_ordinary(word))
        self._longest = max((title.count(" ") + 1 for title in self._ids), default=0)

    def hinted(self, text: str) -> frozenset[str]:
        """The capitalized words of `text` by which a product may be meant ("the Alder"), in lower case; ordinary words and
        those of product types are none.
        """
        return frozenset(word.lower() for word in _CAPITALIZED.findall(text)) & self._words

    def named(self, text: str) -> tuple[str, ...]:
        """Ids of the products that `text` names, each once, in its order; a title inside a longer one is not meant."""
        words, place = _plain(text).split(), 0
        found: dict[str, None] = {}
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                id = self._ids.get(" ".join(words[place : place + length]))
                if id is not None:
                    found[id] = None
                    place += length - 1
                    break
            place += 1
        return tuple(found)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
