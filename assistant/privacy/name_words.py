"""Words that are no names of people, though they stand where names stand or begin with a capital."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _words(name: str) -> frozenset[str]:
    return frozenset((_HERE / name).read_text(encoding="utf-8").split())


NEVER_NAMES = _words("not_names.txt")
"""In lower case: words of greetings and sentences, companies, places and days."""

ALSO_WORDS = _words("also_words.txt")
"""Names that are everyday words as well: in lower case they are taken for the word."""
