"""Tidying: spelling, apostrophes, capitals and spacing by rule. What needs the sense of a sentence stays as it is.

The text has references in the place of values and names, so that no rule touches those.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import as_file, files

from symspellpy import SymSpell, Verbosity

_WITHOUT_APOSTROPHE = re.compile(
    r"\b(?P<verb>do|does|did|is|are|was|were|has|have|had|could|should|would|ca|wo)nt\b"
    r"|\b(?P<who>i)(?P<am>m|ve)\b"
    r"|\b(?P<you>you|they)(?P<are>re|ve)\b|\b(?P<that>that|what|there)s\b",
    re.IGNORECASE,
)
"""Forms that are no other word: "were", "its", "ill" and "wed" are, and stay."""
_I = re.compile(r"\bi\b(?!\.e\.)(?=\s|[,.;:!?)]|['’](?:m|ve|ll|d)\b|$)")
_TWICE = re.compile(r"\b(?!that\b|had\b|bye\b|so\b|very\b)([a-z]{2,}) \1\b", re.IGNORECASE)
_A_BEFORE_VOWEL = re.compile(r"\b([Aa]) (?=(?!u[bcfhjkqrst][aeiou]|uni|eu|one|once)[aeiou][a-z]{2,})")
_AN_BEFORE_CONSONANT = re.compile(r"\b([Aa])n (?=[bcdfgjklmnpqrstvwyz][a-z]{2,})")
_SPACING = (
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r" +([,.;:!?])"), r"\1"),
    (re.compile(r"([,;!?])(?=[A-Za-z{])"), r"\1 "),
)
_START = re.compile(r"(^|(?<!\b[a-z])(?<!approx)(?<!incl)(?<!etc)(?<!vs)[.!?]\s+|\n\s*)([a-z])")
"""Where a sentence begins: not behind an abbreviation such as "e.g." or "incl."."""
_WORD = re.compile(r"(?<![\w{'’.@])[a-z]{4,}(?![\w}'’@])")
_LONG = 7
_FREQUENT = 6_000_000
"""Occurrences in the list of words, which about 8,000 have: a rare word is more often meant than it is hit by a slip."""
_CLEARER = 20
"""A correction is made only if it is this many times as frequent as the next one at the same distance."""


def tidied(written: str, known: Collection[str]) -> str:
    """`written` with what is plainly wrong put right. `known` are lower-case words of the shop, which are never corrected."""
    text = written.strip()
    for pattern, by in _SPACING:
        text = pattern.sub(by, text)
    text = _WITHOUT_APOSTROPHE.sub(_with_apostrophe, text)
    text = _WORD.sub(lambda found: _spelled(found[0], known), text)
    text = _TWICE.sub(r"\1", _I.sub("I", text))
    text = _AN_BEFORE_CONSONANT.sub(r"\1 ", _A_BEFORE_VOWEL.sub(r"\1n ", text))
    text = _START.sub(lambda found: found[1] + found[2].upper(), text)
    return f"{text}." if text and (text[-1].isalnum() or text[-1] == "}") else text


def _with_apostrophe(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts["verb"]:
        return f"{parts['verb']}n't"
    if parts["who"]:
        return f"I'{parts['am']}"
    return f"{parts['you']}'{parts['are']}" if parts["you"] else f"{parts['that']}'s"


def _spelled(word: str, known: Collection[str]) -> str:
    """The one frequent word that `word` is a slip of; `word` itself if it exists or two words are as likely.

    What the list of words does not have stays: "neighbor", "clicky", and other forms made from a word that it has.
    """
    speller = _speller()
    if word in known or word in speller.words:
        return word
    found = speller.lookup(word, Verbosity.CLOSEST, max_edit_distance=2 if len(word) >= _LONG else 1)
    same = [each for each in found if each.term[0] == word[0]]
    if not same or same[0].count < _FREQUENT or (len(same) > 1 and same[0].count < _CLEARER * same[1].count):
        return word
    best = str(same[0].term)
    return word if word.startswith(best) or best.replace("our", "or") == word else best


@lru_cache(maxsize=1)
def _speller() -> SymSpell:
    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    with as_file(files("symspellpy") / "frequency_dictionary_en_82_765.txt") as path:
        speller.load_dictionary(path, 0, 1, encoding="utf-8-sig")
    return speller
