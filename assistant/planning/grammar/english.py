"""English: which words are ordinary ones, so that a typo or a brand is never read into them.

Ranks come from the frequency dictionary that symspellpy ships (82,765 words, most frequent first).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from assistant.planning.grammar.words import words

FUNCTION_WORDS: frozenset[str] = words("function words")
"""Words that carry no product meaning of their own."""

_ORDINARY_RANK = 3000


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return {line.partition(" ")[0]: rank for rank, line in enumerate(text.splitlines())}


def is_word(word: str) -> bool:
    """Whether `word` (lower case) is an English word of any frequency, possessives and plurals included."""
    ranks = _ranks()
    return word in ranks or word.replace("'", "") in ranks or word in FUNCTION_WORDS


def is_ordinary(word: str) -> bool:
    """Whether `word` (lower case) is so frequent that it needs a sign beside it to be read as a name."""
    return word in FUNCTION_WORDS or _ranks().get(word, _ORDINARY_RANK) < _ORDINARY_RANK
