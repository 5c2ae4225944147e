"""Duplicates: tells conversations that were met before, exactly or nearly, in a fixed amount of memory.

Nearly the same are two whose sets of three successive words have a Jaccard similarity of about 0.9 and more: MinHash
signatures (Broder, 1997) in bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3). Of two with
similarity s, one is dropped with probability 1 - (1 - s^16)^6: 0.98 at 0.95, 0.71 at 0.90, 0.16 at 0.80, 0.02 at 0.70.
"""

from __future__ import annotations

import re
import zlib
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from finetune.transcripts.transcript import Transcript

_BANDS, _ROWS = 6, 16
_SHINGLE = 3
_SLOTS = 1 << 23
"""Keys that are remembered, of 8 bytes each. Once full, a new key takes the place of an old one: then a repeat may pass,
but nothing is ever taken for a repeat that is none."""
_PRIME = (1 << 31) - 1
_WORD = re.compile(r"\w+")


class Duplicates:
    """Remembers conversations as keys in one table."""

    def __init__(self) -> None:
        self._table = np.zeros(_SLOTS, dtype=np.uint64)
        generator = np.random.default_rng(20261122)
        self._factors = generator.integers(1, _PRIME, size=(_BANDS * _ROWS, 1), dtype=np.uint64)
        self._terms = generator.integers(0, _PRIME, size=(_BANDS * _ROWS, 1), dtype=np.uint64)

    def reason(self, transcript: Transcript) -> str:
        """Why `transcript` is a repeat of one that came before; "" when it is new. It is remembered either way."""
        text = "\n".join(f"{message.role}:{message.text}" for message in transcript.messages)
        is_exact = self._seen(_key(text.encode()))
        nearly = [self._seen(key) for key in self._bands(text)]  # every band is remembered, so no short cut
        return "exact duplicate" if is_exact else "near duplicate" if any(nearly) else ""

    def _seen(self, key: int) -> bool:
        slot = key % _SLOTS
        known = int(self._table[slot]) == key
        self._table[slot] = key
        return known

    def _bands(self, text: str) -> list[int]:
        signature = self._signature(text).reshape(_BANDS, _ROWS)
        return [_key(bytes([band]) + rows.tobytes()) for band, rows in enumerate(signature)]

    def _signature(self, text: str) -> NDArray[np.uint64]:
        """For each of 96 random orders of all shingles, the first one of this text."""
        words = _WORD.findall(text.casefold())
        shingles = {" ".join(words[place : place + _SHINGLE]) for place in range(max(1, len(words) - _SHINGLE + 1))}
        hashes = np.fromiter((zlib.crc32(shingle.encode()) % _PRIME for shingle in shingles), np.uint64, len(shingles))
        return np.min((self._factors * hashes + self._terms) % np.uint64(_PRIME), axis=1)


def _key(content: bytes) -> int:
    """64 bits that stand for `content`, never 0: that marks an empty slot."""
    return int.from_bytes(blake2b(content, digest_size=8).digest()) or 1
