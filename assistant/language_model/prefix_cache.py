"""PrefixCache: keys and values of text that was read before, so that a prompt with the same beginning is not read twice.

Text is kept in blocks of 16 tokens. A block is found by its tokens and the block before it, so conversations that begin with the
same system text share its blocks. The blocks used longest ago go first. The idea is vLLM's automatic prefix caching:
https://docs.vllm.ai/en/latest/design/prefix_caching.html.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

BLOCK = 16
"""Tokens of a block. Up to 15 known tokens are read again; smaller blocks would take longer to look up and copy."""

_START = 0

Values = NDArray[np.float32]
"""Keys and values, shape (layers, 2, 1, kv heads, positions, head width)."""


@dataclass(frozen=True, slots=True)
class _Node:
    number: int
    values: Values


class PrefixCache:
    """Blocks of at most `limit` bytes in all; safe to use from many threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._numbers = count(_START + 1)
        self._nodes: OrderedDict[tuple[int, tuple[int, ...]], _Node] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of the blocks held."""
        return self._bytes

    def restore(self, ids: Sequence[int], values: Values) -> int:
        """Copy what is known of the beginning of `ids` into `values`; return the number of tokens copied."""
        with self._lock:
            found = list(self._known(ids))
        for place, node in enumerate(found):
            values[..., place * BLOCK : (place + 1) * BLOCK, :] = node.values
        return len(found) * BLOCK

    def store(self, ids: Sequence[int], values: Values) -> None:
        """Keep `values` of `ids`, whole blocks only."""
        with self._lock:
            known = len(list(self._known(ids)))
        fresh = [
            values[..., place * BLOCK : (place + 1) * BLOCK, :].copy() for place in range(known, len(ids) // BLOCK)
        ]
        with self._lock:
            self._add(ids, known, fresh)

    def _known(self, ids: Sequence[int]) -> Iterator[_Node]:
        """The leading blocks of `ids` that are held, which count as used now."""
        used, parent = [], _START
        for tokens in _blocks(ids):
            node = self._nodes.get((parent, tokens))
            if node is None:
                break
            used.append((parent, tokens))
            parent = node.number
            yield node
        for key in reversed(used):  # a block outlives those behind it, which are lost without it
            self._nodes.move_to_end(key)

    def _add(self, ids: Sequence[int], known: int, fresh: Sequence[Values]) -> None:
        parent = _START
        for place, tokens in enumerate(_blocks(ids)):
            node = self._nodes.get((parent, tokens))
            if node is None:
                if place < known:  # dropped since it was looked up
                    return
                node = _Node(next(self._numbers), fresh[place - known])
                self._nodes[parent, tokens] = node
                self._bytes += node.values.nbytes
            parent = node.number
        list(self._known(ids))
        while self._bytes > self._limit:
            _, dropped = self._nodes.popitem(last=False)
            self._bytes -= dropped.values.nbytes


def _blocks(ids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return (tuple(ids[start : start + BLOCK]) for start in range(0, len(ids) - BLOCK + 1, BLOCK))
