"""Queries: what an embedding model learns from and is judged on, and what is held out of which.

A query has the products that answer it, with grades. Customers' queries come from conversations (`customer_queries.py`). For item groups that
no customer has reached, queries are made from the catalog: a kind of thing, alone or with a brand or the value of an attribute ("black
notebook"), as the weights of search were chosen (docs/measured.md, "Search"). All products that meet such a query answer it.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product
from retrieval.index.document import STOP_WORDS, words
from retrieval.search.kinds import Kinds
from retrieval.search.relevance import TITLE_END

_HELD_OUT = 0.2
"""Share of the item groups, and of the texts of made queries, that judge."""
_VALUES = 2
"""Values of a product's attributes that queries are made with."""
_LONGEST_VALUE, _LONGEST_KIND = 2, 3
_RAREST = 2
"""Item groups that must share a kind or a value, so that it is no name or measure of one thing."""
_WIDEST = 0.5
"""A query that a larger share of the catalog meets asks for nothing in particular."""
_SAYS_NOTHING = frozenset({"yes", "no", "true", "false", "none", "n/a", "not available", "not supported", "y", "n"})
_NUMBER = re.compile(r"\d[\d.,]*")
_TITLE_PARTS = re.compile(r" & | and |,|/")


class Source(StrEnum):
    """Where a query comes from."""

    CUSTOMERS = "customers"
    CATALOG = "catalog"


@dataclass(frozen=True, slots=True)
class Traits:
    """What queries are made from: the words that say what a product is, its brand, and values that several products share.

    `kind` is "" and `head`, the last word of it without its plural, too if neither type nor title shows what the product is.
    """

    group: str
    kind: str = ""
    stems: tuple[str, ...] = ()
    brand: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """The noun that names the kind."""
        return self.stems[-1] if self.stems else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query demands. `heads` are nouns of which one must name the product's kind; what is empty demands nothing."""

    heads: frozenset[str]
    stems: tuple[str, ...] = ()
    brand: str = ""
    value: tuple[str, str] = ("", "")

    def is_met(self, traits: Traits) -> bool:
        """Whether the record of a product meets all that is demanded."""
        name, value = self.value
        return (
            traits.head in self.heads
            and traits.stems[len(traits.stems) - len(self.stems) :] == self.stems
            and self.brand in ("", traits.brand)
            and (not name or traits.values.get(name) == value)
        )

    def is_contradicted(self, traits: Traits) -> bool:
        """Whether the record of a product says something else; a record that says nothing contradicts nothing."""
        name, value = self.value
        shared = min(len(self.stems), len(traits.stems))
        is_other_kind = bool(self.heads and traits.head) and (
            traits.head not in self.heads or (shared > 0 and traits.stems[-shared:] != self.stems[-shared:])
        )
        is_other_brand = bool(self.brand and traits.brand) and traits.brand != self.brand
        return is_other_kind or is_other_brand or traits.values.get(name, value) != value


@dataclass(frozen=True, slots=True)
class Query:
    """A text, the grade of each product that answers it by its place in the catalog, and what products must not contradict."""

    text: str
    grades: Mapping[int, float]
    wanted: Wanted
    source: Source

    def is_contradicted(self, shop: ShopTraits, place: int) -> bool:
        """Whether the product at `place` does not answer, and its record says so."""
        return place not in self.grades and self.wanted.is_contradicted(shop.traits[place])


@dataclass(frozen=True, slots=True)
class Queries:
    """What is learned from, and what judges. No text is in both, and no product that is learned from has been held out."""

    learned: tuple[Query, ...]
    judged: tuple[Query, ...]


@dataclass(frozen=True)
class ShopTraits:
    """The products of a catalog in its order, with their traits."""

    products: tuple[Product, ...]
    traits: tuple[Traits, ...]

    @classmethod
    def of(cls, catalog: Catalog) -> ShopTraits:
        """Reads kinds, brands and shared values off the records."""
        products = tuple(catalog.products.values())
        shared = _shared_values(products)
        traits = (_traits(product, kind, shared) for product, kind in zip(products, _kinds(products), strict=True))
        return cls(products, tuple(traits))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each product by its id."""
        return {product.id: place for place, product in enumerate(self.products)}

    @cached_property
    def by_group(self) -> Mapping[str, Sequence[int]]:
        """The places of the variants of each item group."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, traits in enumerate(self.traits):
            found[traits.group].append(place)
        return found

    @cached_property
    def by_head(self) -> Mapping[str, Sequence[int]]:
        """The places of the products of each kind."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, traits in enumerate(self.traits):
            found[traits.head].append(place)
        return found

    def that_meet(self, wanted: Wanted) -> Iterator[int]:
        """The places of products that meet a query."""
        for head in sorted(wanted.heads):
            yield from (place for place in self.by_head.get(head, ()) if wanted.is_met(self.traits[place]))


def split_queries(shop: ShopTraits, customers: Sequence[Query], seed: int) -> Queries:
    """Customers' queries, and made ones for the item groups that none of those reaches, split by item group and by text."""
    held_out = {traits.group for traits in shop.traits if _is_held_out(traits.group, seed)}
    reached = {shop.traits[place].group for query in customers for place in query.grades}
    learned, judged = list[Query](), list[Query]()
    for query in customers:
        is_judged = any(shop.traits[place].group in held_out for place in query.grades)
        (judged if is_judged else learned).append(query)
    asked = {query.text for query in customers}
    for query in _made(shop, reached, seed):
        groups = {shop.traits[place].group for place in query.grades}
        if query.text in asked:
            continue
        if _is_held_out(query.text, seed):
            judged += [query] if groups & held_out else []
        elif teaching := {place: 1.0 for place in query.grades if shop.traits[place].group not in held_out}:
            learned.append(Query(query.text, teaching, query.wanted, query.source))
    return Queries(tuple(learned), tuple(judged))


def _made(shop: ShopTraits, reached: set[str], seed: int) -> Iterator[Query]:
    """Every distinct query that the records of products outside the `reached` groups suggest."""
    chance, seen = random.Random(seed), set[str]()
    for traits in shop.traits:
        if not traits.head or traits.group in reached:
            continue
        for text, wanted in _suggested(traits, chance):
            if text in seen:
                continue
            seen.add(text)
            grades = {place: 1.0 for place in shop.that_meet(wanted)}
            if len(grades) <= _WIDEST * len(shop.products):
                yield Query(text, grades, wanted, Source.CATALOG)


def _suggested(traits: Traits, chance: random.Random) -> Iterator[tuple[str, Wanted]]:
    heads, values = frozenset({traits.head}), list(traits.values.items())
    kind = Wanted(heads, traits.stems)
    yield traits.kind, kind
    yield traits.kind.split()[-1], Wanted(heads)
    if traits.brand:
        yield f"{traits.brand} {traits.kind}", Wanted(heads, traits.stems, traits.brand)
    for value in chance.sample(values, min(_VALUES, len(values))):
        yield f"{value[1]} {traits.kind}", Wanted(heads, traits.stems, value=value)
        if traits.brand:
            yield f"{value[1]} {traits.brand} {traits.kind}", Wanted(heads, traits.stems, traits.brand, value)


def _traits(product: Product, kind: str, shared: Mapping[str, frozenset[str]]) -> Traits:
    brand = product.brand.casefold().strip()
    said = {*kind.split(), *brand.split()}
    values = {
        name: value
        for name, value in _values(product)
        if value in shared.get(name, ()) and not said & set(value.split())
    }
    return Traits(_group(product), kind, tuple(words(kind)), brand, values)


def _kinds(products: Sequence[Product]) -> list[str]:
    """What each product is, in lower case; "" where no other item group is the same, since a name of one thing is no kind."""
    heads = Kinds(products)
    found = [_kind(product, heads) for product in products]
    groups = Counter(kind for kind, _ in {(kind, _group(each)) for kind, each in zip(found, products, strict=True)})
    return [kind if groups[kind] >= _RAREST else "" for kind in found]


def _kind(product: Product, heads: Kinds) -> str:
    """The last step of the type. Without one: the first plain words of the title ("Xerox 006R90321 toner cartridge Original"), or how it ends."""
    if product.category_path:
        kind = _TITLE_PARTS.split(product.category_path[-1])[0].casefold().strip()
        return kind if len(kind.split()) <= _LONGEST_KIND and words(kind) else ""
    title = TITLE_END.sub("", product.title).split()
    run: list[str] = []
    for before, word in pairwise(["", *title]):
        is_unit = _NUMBER.fullmatch(before) is not None
        if word.isalpha() and word.islower() and len(word) > 2 and word not in STOP_WORDS and not is_unit:
            run.append(word)
        elif run:
            break
    ending = [] if title[1:] and _NUMBER.fullmatch(title[-2]) else title[-1:]
    kind = " ".join(run or ending)
    named = words(kind)
    is_kind = bool(named) and len(run) <= _LONGEST_KIND and kind.replace(" ", "").isalpha()
    return kind.casefold() if is_kind and named[-1] in heads.asked(kind) else ""


def _values(product: Product) -> Iterator[tuple[str, str]]:
    """Values in a word or two, in lower case; no numbers, and nothing that means yes or no."""
    named = {"color": product.color, "material": product.material, **product.attributes}
    for name, written in named.items():
        value = written.casefold().strip()
        is_short = 0 < len(value.split()) <= _LONGEST_VALUE
        is_searched = "country" not in name and value not in _SAYS_NOTHING
        if is_short and is_searched and all(part.isalpha() for part in re.split(r"[\s-]", value)):
            yield name, value


def _shared_values(products: Sequence[Product]) -> Mapping[str, frozenset[str]]:
    """The values of each attribute that several item groups have."""
    groups = {(name, value, _group(product)) for product in products for name, value in _values(product)}
    counts = Counter((name, value) for name, value, _ in groups)
    shared: dict[str, set[str]] = defaultdict(set)
    for (name, value), count in counts.items():
        if count >= _RAREST:
            shared[name].add(value)
    return {name: frozenset(found) for name, found in shared.items()}


def _group(product: Product) -> str:
    return product.item_group_id or product.id


def _is_held_out(name: str, seed: int) -> bool:
    """The same for the same name and seed, whatever else the shop has."""
    digest = hashlib.sha256(f"{seed}:{name}".encode(errors="replace")).digest()
    return int.from_bytes(digest[:4], "big") < _HELD_OUT * 2**32
