"""Lexical: BM25 over word lists, with bm25s (Lucene's variant of Robertson's formula).

Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019; bm25s: Lù 2024, https://arxiv.org/abs/2407.03618.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray


class Lexical:
    """Scores documents, numbered from 0, by the words that they share with a query."""

    def __init__(self, scorer: bm25s.BM25 | None, size: int) -> None:
        self._scorer = scorer
        self._size = size

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> Lexical:
        """Indexes `documents`, each a list of words."""
        listed = [list(document) for document in documents]
        if not any(listed):
            return cls(None, len(listed))
        scorer = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        scorer.index(listed, show_progress=False)
        return cls(scorer, len(listed))

    @classmethod
    def load(cls, folder: Path, size: int) -> Lexical:
        """Reads what `save` wrote for `size` documents; the scores are mapped, not copied, into memory."""
        if not folder.is_dir():
            return cls(None, size)
        return cls(bm25s.BM25.load(str(folder), mmap=True, show_progress=False), size)

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`; one without a word leaves no folder."""
        if self._scorer is not None:
            self._scorer.save(str(folder), show_progress=False)

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 score of every document for the words of `query`, shape (documents,); 0 shares no word."""
        if self._scorer is None:
            return np.zeros(self._size, np.float32)
        known = [word for word in query if word in self._scorer.vocab_dict]
        if not known:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._scorer.get_scores(known), np.float32)

    def __contains__(self, word: str) -> bool:
        return self._scorer is not None and word in self._scorer.vocab_dict
