"""Form: slips of a small model that a reader trips over, whatever the sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.reference import REFERENCE_PATTERN

_TWICE = re.compile(r"\b([A-Za-z]+|\{[a-z0-9_.]+\}) \1(?![\w'’.])", re.IGNORECASE)
_ALLOWED_TWICE = frozenset({"that", "had", "very", "so", "in", "bye"})
_LETTERS = re.compile(r"[^\x00-\x7f‘’“”…–—éèêëàâäöüïîôûçñ×°£€]")


def malformed(sentence: str) -> Iterator[str]:
    """Quotation marks and brackets left open, a word said twice running, signs that belong to no English sentence."""
    if sentence.count('"') % 2 or sentence.count("(") != sentence.count(")"):
        yield "unbalanced"
    if sentence.count("“") != sentence.count("”"):
        yield "unbalanced"
    for found in _TWICE.finditer(sentence):
        if found.group(1).lower() not in _ALLOWED_TWICE:
            yield found.group()
    yield from _LETTERS.findall(REFERENCE_PATTERN.sub("", sentence))
