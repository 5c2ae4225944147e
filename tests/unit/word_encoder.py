"""An encoder whose vectors a reader can work out: one dimension per word of a small vocabulary, counted, unit length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.index.document import words
from retrieval.index.encoder import Vectors

_WORDS = (
    "tent camping green orange mug red blue coffee boot hiking leather wool sock kettle steel lamp return refund delivery "
    "parcel pay card gift waterproof light warm two people"
)
VOCABULARY = _WORDS.split()


class WordEncoder:
    """Counts words; the last dimension is for texts without any known word, so that no vector is zero."""

    def __init__(self, name: str = "word-encoder@1") -> None:
        self.encoded: list[str] = []
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return len(VOCABULARY) + 1

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text):
                if word in VOCABULARY:
                    row[VOCABULARY.index(word)] += 1
            row[-1] = 0.1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
