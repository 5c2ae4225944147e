"""Assortment: whether a shop has the kind of thing that a query names at all.

A search always finds what is nearest: trekking poles for "climbing ropes", shoes for "skis". What a customer wants to hear
is that the shop has no ropes. The last word of the thing named ("climbing ropes": ropes) decides: a shop has it where a
product is called so, or where the records speak of it and mean something near, or where something means nearly the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.catalog.product import Product
from retrieval.folding import folded
from retrieval.index.document import product_head, product_words, words
from retrieval.index.encoder import Encoder, Vectors
from retrieval.remembered import remembered
from retrieval.search.relevance import kind_words

_BEHIND = re.compile(
    r"\b(?:for|with|without|of|in|on|to|that|which|who|from|by|like|so|because|when|under|over|below|above|about|around|"
    r"between|less|more|at|as)\b.*$"
)
_SAID = re.compile(r"[a-z][a-z'-]*")
_LEADING = "a an any some the new good nice great cheap best decent another other my your of pair set"
_OPEN = (
    "something anything everything things thing stuff item items product products gift gifts present presents gear "
    "equipment clothes clothing accessories accessory supplies kit essentials one ones options option idea ideas sport "
    "sports home house room garden outdoor outdoors indoor kitchen what which how where why who when do does is are am i "
    "you we he she they it me my us and or not no be can could should would will need want show find get use using wear "
    "wearing keep stay going go men women man woman kids kid children child baby ladies him her them mum dad size color "
    "colour cheapest lightest warmest newest sale deal deals offer offers brand brands bestseller bestsellers"
)
_ARTICLES, _VAGUE = frozenset(_LEADING.split()), frozenset(_OPEN.split())
"""Words before the name of a thing, and words that name none."""
_MOST_WORDS = 4
_PROBED = 16
"""How many of the nearest products are looked at by name."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines for all-MiniLM-L6-v2 from which a product stands for what was named, by what its record says of it."""

    in_name: float = 0.4  # a word of its title or type
    in_record: float = 0.45  # a word of its description
    unsaid: float = 0.48  # no word of it
    by_name: float = 0.53  # the same, beside title and type alone, whatever the description says
    called: float = 0.6  # the same, for another word for the same thing: a couch is a sofa, a flute no clarinet


class Assortment:
    """The products of one catalogue, by what they are called. `vectors` are theirs, one row each."""

    def __init__(
        self, products: Sequence[Product], vectors: Vectors, encoder: Encoder, nearness: Nearness = Nearness()
    ) -> None:
        self._products = tuple(products)
        self._vectors = vectors
        self._encoder = encoder
        self._nearness = nearness
        self._called = frozenset(word for product in products for word in kind_words(product))
        self._in_names = frozenset(word for product in products for word in words(product_head(product)))
        self._in_records = frozenset(word for product in products for word in product_words(product))
        self._remembered = remembered(self._has, 1024)
        self._remembered_names = remembered(self._is_called, 1024)

    def has(self, query: str) -> bool:
        """Whether the shop has what `query` names; True for a query that names no single thing."""
        thing = thing_named(query)
        return not thing or self._remembered(thing)

    def has_by_name(self, query: str) -> bool:
        """Whether a product is called what `query` names, or means the same by its name; True for a query that names no single thing."""
        thing = thing_named(query)
        return not thing or self._remembered_names(thing)

    def _is_called(self, thing: str) -> bool:
        head = words(thing)[-1]
        known = self._in_names | self._in_records
        if any(name == head or (name.endswith(head) and name.removesuffix(head) in known) for name in self._in_names):
            return True  # sticks are drumsticks where there are drums, and a rack is no track
        vector = self._encoder.encode_queries([thing])[0]
        return self._by_name(vector, self._vectors @ vector) >= self._nearness.called

    def _has(self, thing: str) -> bool:
        head = words(thing)[-1]
        if head in self._called and set(words(thing)) <= self._in_names | self._in_records:
            return True  # of paddle boards no record speaks, though it may of chopping boards
        vector = self._encoder.encode_queries([thing])[0]
        cosines = self._vectors @ vector
        nearest = float(cosines.max(initial=0.0))
        limit = self._nearness
        if head in self._in_names:
            return nearest >= limit.in_name
        if nearest >= (limit.in_record if head in self._in_records else limit.unsaid):
            return True
        return self._by_name(vector, cosines) >= limit.by_name

    def _by_name(self, vector: Vectors, cosines: Vectors) -> float:
        """The cosine of the name that means most nearly what `vector` does, among the products that are nearest."""
        beside = self._encoder.encode_queries([self._name(row) for row in np.argsort(-cosines)[:_PROBED]])
        return float((beside @ vector).max(initial=0.0))

    def _name(self, row: int) -> str:
        """Title with type."""
        product = self._products[row]
        return f"{product.title} ({' '.join(product.category_path[-1:])})"


def thing_named(query: str) -> str:
    """The thing that `query` asks for by name, in lower case ("climbing ropes"); "" where it names none, or several."""
    front = _BEHIND.sub("", folded(query).strip(" ?!.")).strip()
    said = [word for word in front.split() if word not in _ARTICLES]
    if not 0 < len(said) <= _MOST_WORDS or not all(_SAID.fullmatch(word) for word in said):
        return ""
    return "" if _VAGUE.intersection(said[:1] + said[-1:]) else " ".join(said)
