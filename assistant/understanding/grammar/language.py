"""Language: whether a message is English, by its script and by the little words that every language needs.

A small method on purpose: it loads at once, and brand names, model numbers and typing mistakes do not mislead it, because
a message counts as foreign only where words of another language outnumber the English ones.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.understanding.grammar.english import FUNCTION_WORDS, is_word
from assistant.understanding.grammar.words import languages, words

_WORDS = languages()
_AMBIGUOUS = words("like other languages") | FUNCTION_WORDS
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_MOST_READ = 60
_FOREIGN_SCRIPT_SHARE = 0.4


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of `text`: "en" unless the signs of another one outweigh; "und" for other scripts."""
    said = [word.lower() for word in _WORD.findall(text)][:_MOST_READ]
    if not said:
        return "en"
    letters = [char for word in said for char in word]
    foreign = [char for char in letters if not unicodedata.name(char, "LATIN").startswith(("LATIN", "MODIFIER"))]
    if len(foreign) >= _FOREIGN_SCRIPT_SHARE * len(letters):
        return "und"
    english = sum(1 for word in said if (word in FUNCTION_WORDS or is_word(word)) and not _is_only_foreign(word))
    best, score = "en", 0.0
    for language, known in _WORDS.items():
        hits = [word for word in said if word in known and word not in _AMBIGUOUS]
        shared = sum(1 for word in said if word in known) - len(hits)
        total = len(hits) + 0.5 * shared if hits else 0.0
        if total > score:
            best, score = language, total
    unknown = sum(1 for word in said if not is_word(word) and not _is_known(word))
    return best if score and score + (0.3 * unknown if score > 1 else 0) > english else "en"


def _is_only_foreign(word: str) -> bool:
    return word not in FUNCTION_WORDS and word not in _AMBIGUOUS and _is_known(word)


def _is_known(word: str) -> bool:
    return any(word in known for known in _WORDS.values())
