"""Sentences: cuts a reply, while it is being written, where one sentence ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"[.!?…]+[\"'”’)]*(?=\s)|\{(?:a\d\.text|p\d\.quote)\}[\"'”’)]*(?=\s+[\"'“‘(]*[A-Z{])|\n(?=\s*\S)")
_WORD_INSIDE = re.compile(r"\b(?:e\.g|i\.e|a\.m|p\.m|approx|etc|no|vs)\.$", re.IGNORECASE)


def streamed(pieces: Iterable[str]) -> Iterator[str]:
    """Yields each sentence of the text in `pieces` as soon as it is whole, with the space before it; the rest last."""
    waiting = ""
    for piece in pieces:
        waiting += piece
        while (end := _first_end(waiting)) is not None:
            yield waiting[:end]
            waiting = waiting[end:]
    if waiting.strip():
        yield waiting


def _first_end(text: str) -> int | None:
    """Where the first sentence of `text` ends, once it is certain that it does."""
    for found in _END.finditer(text):
        if text[: found.end()].strip() and not _WORD_INSIDE.search(text[: found.end()]):
            return found.end()
    return None
