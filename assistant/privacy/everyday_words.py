"""Everyday words: whether a word is one, is made of some, or was meant for one, so that it names nobody."""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase

from assistant.privacy.name_words import (
    CHAT_WORDS,
    NEVER_NAMES,
    PLACES,
    all_words,
    english_words,
    frequent_words,
    written_words,
)

_SHORTEST = 4  # letters of a word that may be a name because it is no other
_LENGTHY = 8  # letters of words that are hardly ever like a name
_LONGEST = 40  # letters; no word of a language is longer, and what follows costs the square of the length
_SHORTEST_STEM = 3
_SHORTEST_MEANT = 4  # letters of a word that somebody may have meant
_FEWEST_BONES = 4
_PREFIX = re.compile(r"^(?:re|mis|un|pre|non|over)(?=\w{4})")
_ENDINGS = (
    "s", "ed", "d", "ing", "er", "ers", "ment", "ments", "ly", "able", "less", "ish", "wise", "ive", "ion", "al",
    "ic", "ous", "ity", "ness", "y", "ful", "age", "ance", "ence", "or",
)  # fmt: skip


@lru_cache(maxsize=50_000)
def is_everyday(word: str) -> bool:
    """Whether a word in lower case is a common one of the language or of chats, or made of such, "bedsheet", "canceled"."""
    word = re.sub(r"['’]", "", word)
    if len(word) > _LONGEST:
        return False
    return any(is_listed(form) or _is_bent(form) or _is_compound(form) for form in (word, _PREFIX.sub("", word)))


def is_listed(word: str) -> bool:
    """Whether a word in lower case is in a list as it is."""
    return is_usual(word) or word in english_words()


def is_usual(word: str) -> bool:
    """Whether a word in lower case is usual in chats of a shop: a greeting, a company, a place, a word cut short."""
    return word in NEVER_NAMES or word in PLACES or word in CHAT_WORDS


def _is_bent(word: str) -> bool:
    cut = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    stems = [*cut, *(stem[:-1] for stem in cut if stem[-1:] == stem[-2:-1])]
    return any(len(stem) >= _SHORTEST_STEM and (is_listed(stem) or is_listed(f"{stem}e")) for stem in stems)


def _is_compound(word: str) -> bool:
    cuts = range(_SHORTEST_STEM, len(word) - _SHORTEST_STEM + 1)
    return any(word[:cut] in frequent_words() and is_listed(word[cut:]) for cut in cuts)


def has_everyday_part(word: str) -> bool:
    """Whether a part of a word in lower case, parted by hyphens and apostrophes, is in a dictionary."""
    return any(is_everyday(part) or part in all_words() for part in re.split(r"['’-]", word))


def is_stranger(word: str) -> bool:
    """Whether a word in lower case is in no dictionary, and no slip of one that is."""
    if len(word) < _SHORTEST or has_everyday_part(word) or is_everyday(word):
        return False
    return not is_slip(word, of_frequent=False)


@lru_cache(maxsize=50_000)
def is_slip(word: str, of_frequent: bool) -> bool:
    """Whether somebody may have meant an everyday word: by one slip behind the first letter, or with other vowels.

    A word that has no vowels, or begins a frequent one, is cut short. `of_frequent` leaves rarer words out.
    """
    if len(word) > _LONGEST:
        return False
    first, rest = word[0], _single(word[1:])
    cuts = [(rest[:place], rest[place:]) for place in range(len(rest) + 1)]
    slips = {rest}
    slips |= {head + tail[1:] for head, tail in cuts if tail}
    slips |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    slips |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase}
    slips |= {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    bones = _bones(word)
    is_cut_short = not re.search(r"[aeiouyà-ÿ]", word[1:]) or any(other.startswith(word) for other in frequent_words())
    is_voweled = len(bones) >= _FEWEST_BONES and bones in _skeletons()
    return is_cut_short or is_voweled or any(first + _single(slip) in _singles(of_frequent) for slip in slips)


@lru_cache(maxsize=1)
def _skeletons() -> frozenset[str]:
    return frozenset(map(_bones, frequent_words()))


def _bones(word: str) -> str:
    """The first letter and the consonants behind it."""
    return word[0] + _single(re.sub(r"[aeiouy]", "", word[1:]))


@lru_cache(maxsize=2)
def _singles(of_frequent: bool) -> frozenset[str]:
    words = (
        frequent_words()
        if of_frequent
        else written_words() | {word for word in english_words() if len(word) >= _LENGTHY}
    )
    return frozenset(word[0] + _single(word[1:]) for word in words if len(word) >= _SHORTEST_MEANT or of_frequent)


def _single(letters: str) -> str:
    return re.sub(r"(.)\1", r"\1", letters)
