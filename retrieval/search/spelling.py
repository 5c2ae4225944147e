"""Spelling: mends mistyped words of a search with the catalogue's own vocabulary.

A word is left alone when the catalogue has it (so brands and ids are never "corrected"), when it is ordinary English,
and when it holds a digit. Accents make no difference. Search by symmetric deletes: Garbe, https://github.com/wolfgarbe/SymSpell (symspellpy).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from symspellpy import SymSpell, Verbosity

from retrieval.folding import folded

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST, _LONG = 4, 7


class Spelling:
    """Knows the words of one catalogue."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        counts = Counter(word for text in vocabulary for word in _WORD.findall(folded(text)))
        self._known = frozenset(counts)
        self._speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in counts.items():
            if len(word) >= _SHORTEST:
                self._speller.create_dictionary_entry(word, count)

    def mend(self, text: str) -> str:
        """`text` with each mistyped word replaced by the catalogue's nearest; everything else stays as it is."""
        return _WORD.sub(lambda match: self._mend_word(match.group()), text)

    def _mend_word(self, word: str) -> str:
        typed = folded(word)
        if len(typed) < _SHORTEST or typed in self._known or typed in _english():
            return word
        reach = 2 if len(typed) >= _LONG else 1
        found = self._speller.lookup(typed, Verbosity.TOP, max_edit_distance=reach)
        return str(found[0].term) if found and found[0].term[0] == typed[0] else word


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """The 82,765 words of the frequency list that comes with symspellpy."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split(" ", 1)[0] for line in text.splitlines())
