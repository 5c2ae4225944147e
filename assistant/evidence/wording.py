"""Wording: values of records as words that fit into sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.evidence.lexicon import words
from retrieval.folding import folded

_POSSESSIVES = {"mens": "men's", "womens": "women's", "kids": "kids'", "childrens": "children's", "ladies": "ladies'"}
_IRREGULAR = {"knives": "knife", "shelves": "shelf", "scarves": "scarf", "leaves": "leaf", "loaves": "loaf"}
_NAMES = re.compile(r"\b(?:[A-Z]{2,}\d*|[A-Z]\w*[A-Z]\w*)\b")


_SIZES = ("xxs", "xs", "s", "small", "m", "medium", "l", "large", "xl", "xxl", "xxxl")


def by_size(values: Sequence[str]) -> list[str]:
    """Sizes from small to large: by letters, by their first number, as they came otherwise."""
    if all(value.lower() in _SIZES for value in values):
        return sorted(values, key=lambda value: _SIZES.index(value.lower()))
    numbers = [re.search(r"\d+(?:[.,]\d+)?", value) for value in values]
    if not all(numbers):
        return list(values)
    return sorted(values, key=lambda value: float(re.findall(r"\d+(?:[.,]\d+)?", value)[0].replace(",", ".")))


def in_words(items: Sequence[str], last: str = "and") -> str:
    """A list as a sentence holds it: "black, moss and rust"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def day(value: date) -> str:
    """A date that fits after "on": "November 14"."""
    return f"{value:%B} {value.day}"


def lower(text: str) -> str:
    """`text` in lower case, but for what is always written in capitals ("LED lamp", "USB-C")."""
    kept = {found.group().lower(): found.group() for found in _NAMES.finditer(text)}
    return re.sub(r"\w+", lambda word: kept.get(word.group(), word.group()), text.lower())


def plural_kind(step: str) -> str:
    """A category as a plural noun in lower case: "Tents" → "tents", "beauty" → "beauty products"."""
    spoken = _spoken(step)
    if not spoken or spoken.split()[-1] in words("mass_nouns") or _looks_plural(spoken):
        return spoken
    return f"{spoken} products"


def singular_kind(step: str) -> str:
    """A category as a singular noun: "Tents" → "tent", "Trousers" → "trousers", "" where a singular would misread."""
    spoken = _spoken(step)
    if not spoken or re.search(r"[&,/]| and ", spoken) or not _looks_plural(spoken):
        return ""
    *before, last = spoken.split()
    if last in words("mass_nouns"):
        return ""
    return " ".join([*before, _singular(last)])


def _singular(word: str) -> str:
    if word in words("always_plural"):
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ch|sh|ss|x|zz)es$", word):
        return word[:-2]
    return word[:-1]


def _spoken(step: str) -> str:
    """A category as spoken, also where the shop writes it as an address ("mens-shirts" → "men's shirts")."""
    spoken = lower(step.strip()).replace("_", " ")
    if " " not in spoken:
        spoken = spoken.replace("-", " ")
    return " ".join(_POSSESSIVES.get(word, word) for word in spoken.split())


def _looks_plural(spoken: str) -> bool:
    last = spoken.split()[-1]
    return len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is"))


def stems(text: str) -> frozenset[str]:
    """The telling words of `text` without their endings: "returned" and "returns" are the same."""
    return frozenset(_stem(word) for word in re.findall(r"[a-z]+", folded(text)) if word not in words("asking_nothing"))


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def names(text: str, value: str) -> bool:
    """Whether a text names a color or size, as words of its own and however accents are written: "House Blend, 250 g"."""
    return bool(value) and re.search(rf"(?<!\w){re.escape(folded(value))}(?!\w)", folded(text)) is not None
