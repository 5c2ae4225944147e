"""Contexts: behind which words a model may open a reference.

A reference cannot hold a wrong value, but a small model can put the right one in the wrong place ("the delivery date was
{o1.tracking}"). The phrasings it learned from show where each kind of fact stands, so decoding keeps to the two words
that stood before that kind of fact there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from assistant.reference import REFERENCE_PATTERN

CONTEXTS_FILE = "contexts.json"

_START = "^"
_WORD = re.compile(r"\{[a-z0-9_.]+\}|[A-Za-z'’-]+|[^\sA-Za-z]")
_SENTENCE_END = re.compile(r"[.!?…]+[\"”)]*\s+")
_LOOKED_AT = 120
"""Characters before a reference that can hold its two words."""


class Contexts:
    """For each kind of fact ("p.price" for {p1.price} to {p6.price}) the pairs of words it may follow."""

    def __init__(self, known: Mapping[str, frozenset[str]]) -> None:
        self._known = known

    @classmethod
    def of(cls, replies: Iterable[str]) -> Self:
        """Every context that occurs in `replies`, texts with references."""
        known: dict[str, set[str]] = {}
        for reply in replies:
            for found in REFERENCE_PATTERN.finditer(reply):
                known.setdefault(kind_of(found.group(1)), set()).add(context(reply[: found.start()]))
        return cls({kind: frozenset(pairs) for kind, pairs in known.items()})

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The contexts of the model in `folder`; None for a model that was trained without."""
        path = folder / CONTEXTS_FILE
        if not path.is_file():
            return None
        return cls({kind: frozenset(pairs) for kind, pairs in json.loads(path.read_text(encoding="utf-8")).items()})

    def joined(self, other: Self) -> Self:
        """What may follow in either way: a model's own contexts and those that its adapter learned."""
        kinds = (*self._known, *other._known)
        nothing: frozenset[str] = frozenset()
        return type(self)({kind: self._known.get(kind, nothing) | other._known.get(kind, nothing) for kind in kinds})

    def write(self, folder: Path) -> None:
        """Writes them beside the model's weights."""
        listed = {kind: sorted(pairs) for kind, pairs in sorted(self._known.items())}
        text = json.dumps(listed, ensure_ascii=False, separators=(",", ":")).replace('],"', '],\n"')
        (folder / CONTEXTS_FILE).write_text(text + "\n", encoding="utf-8")

    def allow(self, before: str, key: str) -> bool:
        """Whether a reference to `key` may stand right behind the text `before`."""
        return context(before) in self._known.get(kind_of(key), frozenset())


def context(before: str) -> str:
    """The last two words of the sentence that `before` ends with; "^" stands for its start, a reference for its kind."""
    sentence = _SENTENCE_END.split(before[-_LOOKED_AT:])[-1]
    words = [_normal(word) for word in _WORD.findall(sentence)[-2:]]
    return " ".join([_START] * (2 - len(words)) + words)


def kind_of(key: str) -> str:
    """`key` without the number of its slot: "p2.price" is "p.price"."""
    slot, _, field = key.partition(".")
    return f"{slot.rstrip('0123456789')}.{field}"


def _normal(word: str) -> str:
    return kind_of(word[1:-1]) if word.startswith("{") else word.lower().replace("’", "'")
