"""Words that are no names of people, though they stand where names stand or begin with a capital."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

_HERE = Path(__file__).resolve().parent


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word in lower case and without accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter)
    )


def _words(name: str) -> frozenset[str]:
    return frozenset((_HERE / name).read_text(encoding="utf-8").split())


NEVER_NAMES = _words("not_names.txt")
"""In lower case: words of greetings and sentences, companies, places and days."""

ALSO_WORDS = _words("also_words.txt")
"""Names that are everyday words as well: in lower case they are taken for the word."""

GIVEN_NAMES = _words("given_names.txt")
"""Frequent given names of several languages, written for this list."""

SURNAMES = _words("surnames.txt")
"""Frequent surnames, many of which are words as well; they tell nothing but behind a given name."""

CHAT_WORDS = _words("chat_words.txt")
"""What people write in a hurry: contractions without their sign, and words cut short."""

PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "bin", "ibn", "al", "el", "ten", "ter", "zu", "y", "die")
)  # fmt: skip
"""Small words inside a name."""

STREET_WORDS = _words("street_words.txt")
"""What the names of streets end in, in English-speaking countries."""

COUNTED = (
    r"\s*(?:day|hour|minute|week|month|year|season|way|person|people|piece|inch|star|percent|night|mile|foot|man|pack|litre|liter|dollar|rupee|buck|pound|euro|cent|percent|gram|watt|volt|mah|ml|gb|mb|cm|mm|kg|usd|eur|gbp|rs|inr"
    r"|x|of|in|a|the|and|or|to|more|other|from|for|per|at|on|business|working|items?|orders?|times?|products?|am|pm)s?\b"
)
"""Behind a number: what is counted or measured, and no street."""

PLACES = _words("places.txt")
"""Places, peoples and companies; some are names of people too, where somebody says so."""

_FREQUENT = 3000
_WRITTEN = 12_000
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "r", "y", "ness", "ment", "able", "ful", "less")


@lru_cache(maxsize=1)
def frequent_words() -> frozenset[str]:
    """The 3,000 most frequent English words."""
    return frozenset(_listed()[:_FREQUENT])


@lru_cache(maxsize=1)
def written_words() -> frozenset[str]:
    """The 12,000 most frequent English words but for given names: what somebody may have meant to type."""
    return frozenset(_listed()[:_WRITTEN]) - GIVEN_NAMES


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Everyday words of the frequency list that comes with symspellpy: the 3,000 first ones, and those that bend.

    The list holds thousands of names as well, but of a name there is hardly ever a form in -ed, -ing or -ly.
    """
    words = frozenset(_listed())
    stems = {word[: -len(ending)] for word in words for ending in _ENDINGS if word.endswith(ending)}
    bending = {word for word in words if word in stems or word.removesuffix("e") in stems}
    bent = {
        word
        for word in words
        for ending in _ENDINGS
        if word.endswith(ending) and (word[: -len(ending)] in words or word[: -len(ending)] + "e" in words)
    }
    plural = {word for word in words if word.endswith("y") and f"{word[:-1]}ies" in words}
    return frequent_words() | bending | bent | plural


@lru_cache(maxsize=1)
def all_words() -> frozenset[str]:
    """Every word of the list that is no frequent given name."""
    return frozenset(_listed()) - GIVEN_NAMES


@lru_cache(maxsize=1)
def _listed() -> list[str]:
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return [line.split(" ", 1)[0] for line in text.splitlines()]
