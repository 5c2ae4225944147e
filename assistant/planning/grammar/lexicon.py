"""Lexicon: every phrase by which a customer may name a value of the catalogue's facets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from symspellpy import SymSpell, Verbosity

from assistant.planning.grammar.english import FUNCTION_WORDS, is_word
from assistant.planning.grammar.synonyms import COLOR_FAMILIES, MATERIAL_FAMILIES, SAME_TYPES, SIZE_WORDS
from assistant.planning.grammar.text import stem, stems
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.measure import is_unit
from retrieval.catalog.product import Product

LONGEST_PHRASE = 5
"""Words of the longest phrase in a lexicon."""

Phrase = tuple[str, ...]
"""Stems of the words of a phrase."""

_ALTERNATIVES = re.compile(r"\s*(?:&|\band\b|,|/|\+)\s*", re.IGNORECASE)
_YES = frozenset({"yes", "true"})
_UNREADABLE = frozenset(
    {"yes", "no", "true", "false", "none", "n/a", "other", "standard", "regular", "normal", "new", "all"}
)
_MOST_VALUES = 60
_LONGEST_SIZE = 4
_FIELD_RANK = ("product_type", "brand", "color", "material", "size")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one phrase names: values of one field. `whole` tells that it spells a value in full, not a part of it."""

    field: str
    values: tuple[str, ...]
    whole: bool = True
    count: int = 0


class Lexicon:
    """Phrases of one catalogue and their entries, spelling mistakes included; `titles` are the words of product titles."""

    def __init__(self, entries: Mapping[Phrase, tuple[Entry, ...]], titles: Mapping[str, int]) -> None:
        self.entries = entries
        self.words = frozenset(word for phrase in entries for word in phrase)
        self.titles = frozenset(titles)
        self._spelling = _spelling(entries, titles)

    @classmethod
    def of(cls, catalog: Catalog) -> Lexicon:
        """Reads the vocabulary of `catalog`."""
        facets = catalog.facets
        named: dict[Phrase, dict[str, dict[str, bool]]] = defaultdict(lambda: defaultdict(dict))
        counts: dict[Phrase, int] = defaultdict(int)

        def add(phrase: Phrase, field: str, value: str, *, whole: bool, count: int) -> None:
            if 0 < len(phrase) <= LONGEST_PHRASE:
                known = named[phrase][field]
                known[value] = known.get(value, False) or whole
                counts[phrase] += count

        for field, value, phrase, whole, count in _named(catalog):
            add(phrase, field, value, whole=whole, count=count)
        entries = {
            phrase: tuple(
                sorted(
                    (
                        Entry(
                            field, _preferred(field, values, facets.product_types), any(values.values()), counts[phrase]
                        )
                        for field, values in fields.items()
                    ),
                    key=_rank,
                )
            )
            for phrase, fields in named.items()
        }
        return cls(
            entries, Counter(word for product in catalog.products.values() for word in set(title_stems(product)))
        )

    def names_type(self, word: str) -> bool:
        """Whether the stem `word` alone names a product type."""
        return any(entry.field == "product_type" for entry in self.entries.get((word,), ()))

    def correct(self, word: str) -> str:
        """The vocabulary's word that a mistyped `word` means, or `word` itself. English words are never changed."""
        if (
            len(word) < 4
            or word in self.words
            or word in self.titles
            or any(char.isdigit() for char in word)
            or is_word(word)
        ):
            return word
        found = self._spelling.lookup(word, Verbosity.CLOSEST, max_edit_distance=1 if len(word) < 8 else 2)
        near = [item for item in found if item.term[0] == word[0] or item.distance == 1]
        return near[0].term if near and len(near[0].term) > 3 else word


def _named(catalog: Catalog) -> Iterator[tuple[str, str, Phrase, bool, int]]:
    """(field, value, phrase, whole, count) for every way to name every value."""
    facets = catalog.facets
    for value, count in facets.product_types.items():
        yield from (("product_type", value, phrase, whole, count) for phrase, whole in _type_phrases(value))
    yield from _type_synonyms(facets.product_types)
    for value, count in facets.brands.items():
        yield from (("brand", value, phrase, whole, count) for phrase, whole in _brand_phrases(value, facets.brands))
    for field, values, families in (
        ("color", facets.colors, COLOR_FAMILIES),
        ("material", facets.materials, MATERIAL_FAMILIES),
    ):
        yield from (
            (field, value, phrase, whole, values[value]) for value, phrase, whole in _shades(values, families, field)
        )
    for value, count in facets.sizes.items():
        yield from (("size", value, phrase, True, count) for phrase in _size_phrases(value))
    for name, attribute in facets.attributes.items():
        if is_size(name) and all(len(value) <= _LONGEST_SIZE for value in attribute):
            yield from (
                (name, value, phrase, True, n) for value, n in attribute.items() for phrase in _size_phrases(value)
            )
        else:
            yield from _attribute_phrases(name, attribute)


def is_size(field: str) -> bool:
    """Whether a field holds sizes: "size", and attributes such as "frame_size"."""
    return field.split("_")[-1] == "size"


def _type_phrases(value: str) -> Iterator[tuple[Phrase, bool]]:
    """Full name, each alternative of "Bags & Packs", and the head noun of each ("Hiking Boots" → boots)."""
    yield stems(value), True
    parts = [stems(part) for part in _ALTERNATIVES.split(value) if part.strip()]
    for part in parts:
        yield part, True
        if len(part) > 1:
            yield part[-1:], False
            yield (*part[1:], "for", part[0]), True
    if len(parts) > 1 and len(parts[-1]) > 1 and len(parts[0]) == 1:
        yield (*parts[0], parts[-1][-1]), True


def _type_synonyms(types: Mapping[str, int]) -> Iterator[tuple[str, str, Phrase, bool, int]]:
    by_phrase: dict[Phrase, list[str]] = defaultdict(list)
    for value in types:
        for phrase, whole in _type_phrases(value):
            if whole:
                by_phrase[phrase].append(value)
    for group in SAME_TYPES:
        phrases = {stems(word) for word in group}
        meant = [value for phrase in phrases for value in by_phrase.get(phrase, ())]
        for phrase in phrases - by_phrase.keys():
            yield from (("product_type", value, phrase, True, types[value]) for value in meant)


def _brand_phrases(brand: str, brands: Mapping[str, int]) -> Iterator[tuple[Phrase, bool]]:
    phrase = stems(brand)
    yield phrase, True
    if "&" in brand:
        yield stems(brand.replace("&", " and ")), True
    if len(phrase) > 1:
        yield ("".join(phrase),), True
        first = phrase[0]
        alone = sum(stems(other)[:1] == (first,) for other in brands) == 1
        if alone and len(first) >= 4 and first not in FUNCTION_WORDS:
            yield (first,), False


def _shades(
    values: Mapping[str, int], families: Mapping[str, tuple[str, ...]], field: str
) -> Iterator[tuple[str, Phrase, bool]]:
    """A value by its full phrase and by each of its words; a general word also by its family."""
    words: dict[str, list[str]] = defaultdict(list)
    for value in values:
        phrase = stems(value)
        yield value, phrase, True
        for word in phrase:
            if len(phrase) > 1 and word not in FUNCTION_WORDS and word != "free" and len(word) > 2:
                words[word].append(value)
        for pair in pairwise(phrase):
            if len(phrase) > 2:
                yield value, pair, False
    for word, named in words.items():
        yield from ((value, (word,), False) for value in named)
    plain = {stems(value): value for value in values}
    for general, members in families.items():
        if field == "color" and ((general,) in plain or general in words):
            continue
        for member in members:
            phrase = stems(member)
            meant = words.get(member, []) + ([plain[phrase]] if phrase in plain else [])
            yield from ((value, (general,), False) for value in meant)


def _size_phrases(value: str) -> Iterator[Phrase]:
    phrase = stems(value)
    yield phrase
    if len(phrase) > 2 and is_unit(phrase[-1]):
        yield phrase[:-1]
    low = value.strip().lower()
    for code, words in SIZE_WORDS.items():
        if low == code or low in words:
            yield from (stems(word) for word in (code, *words))


def _attribute_phrases(name: str, values: Mapping[str, int]) -> Iterator[tuple[str, str, Phrase, bool, int]]:
    """Values of a short list of words; for yes-or-no attributes the attribute's own name."""
    if any(value.lower() in _YES or value.lower() == "no" for value in values):
        said = stems(name.replace("_", " "))
        yield from ((name, value, said, True, count) for value, count in values.items() if not _is_no(value))
        return
    if len(values) > _MOST_VALUES:
        return
    for value, count in values.items():
        phrase = stems(value.replace("-", " "))
        if (
            value.lower() in _UNREADABLE
            or len(phrase) > 3
            or not any(part.isalpha() and len(part) > 2 for part in phrase)
        ):
            continue
        if phrase[0].isdigit() and len(phrase) == 2 and not _is_season(phrase):
            continue
        yield name, value, phrase, True, count


def _is_no(value: str) -> bool:
    return value.lower().split(" ")[0] in ("no", "not", "none", "false")


def _is_season(phrase: Phrase) -> bool:
    """ "3-season" is said as it is written; other numbers with units are measures."""
    return phrase[-1] == "season"


def _preferred(field: str, values: Mapping[str, bool], types: Mapping[str, int]) -> tuple[str, ...]:
    """All the values a phrase can name, those spelled in full first; "books" is Books, not Picture Books as well, where
    Books has most of the products.
    """
    ordered = sorted(values, key=lambda value: (not values[value], value))
    whole = [value for value in ordered if values[value]]
    if field == "product_type" and whole and sum(types[v] for v in whole) >= sum(types[v] for v in ordered) / 2:
        return tuple(whole)
    return tuple(ordered)


def _rank(entry: Entry) -> tuple[bool, int]:
    field = _FIELD_RANK.index(entry.field) if entry.field in _FIELD_RANK else len(_FIELD_RANK)
    return not entry.whole, field


def _spelling(entries: Mapping[Phrase, tuple[Entry, ...]], titles: Mapping[str, int]) -> SymSpell:
    spelling = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    for word, count in titles.items():
        if len(word) > 4 and word.isalpha():
            spelling.create_dictionary_entry(word, count)
    for phrase, named in entries.items():
        for word in phrase:
            if len(word) >= 4 and word.isalpha() and any(entry.field != "size" for entry in named):
                spelling.create_dictionary_entry(word, max(entry.count for entry in named) + 1)
    return spelling


def title_stems(product: Product) -> Phrase:
    """Stems of a product's title."""
    return tuple(word for word in (stem(part) for part in stems(product.title)) if word)
