"""Lexical: BM25 over word lists, BM25F over fields of different weight, both in bm25s's sparse matrix.

Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019 (BM25F: section 3.6); Lucene's variant of the formula;
bm25s: Lù 2024, https://arxiv.org/abs/2407.03618.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

_K1, _B = 1.2, 0.75


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
        scorer = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        scorer.index(listed, show_progress=False)
        return cls(scorer, len(listed))

    @classmethod
    def of_fields(cls, documents: Iterable[Mapping[str, Sequence[str]]], weights: Mapping[str, float]) -> Lexical:
        """Indexes `documents`, each a list of words per field, by BM25F.

        A word's frequency is summed over the fields, each with its weight and normalized by its own length, before it
        saturates: a word in the title and in the description is not twice as good as in the title alone.
        """
        counts = _FieldCounts(weights)
        for document in documents:
            counts.add(document)
        return cls(counts.scorer(), counts.size)

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


class _FieldCounts:
    """Gathers how often each word occurs in each field, as flat arrays."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._vocabulary: dict[str, int] = {}
        self._tokens: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._lengths: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self.size = 0

    def add(self, document: Mapping[str, Sequence[str]]) -> None:
        """Adds one document; a field that it lacks is empty."""
        known = self._vocabulary
        for field in self._weights:
            words = document.get(field, ())
            self._tokens[field].extend([known.setdefault(word, len(known)) for word in words])
            self._lengths[field].append(len(words))
        self.size += 1

    def scorer(self) -> bm25s.BM25 | None:
        """The scores of every word in every document, as bm25s keeps them; None without a word."""
        if not self._vocabulary:
            return None
        keys, frequencies = self._frequencies()
        tokens, rows = np.divmod(keys, self.size)  # sorted by word, then by document: the order of a CSC matrix
        present = np.bincount(tokens, minlength=len(self._vocabulary))
        rarity = np.log(1 + (self.size - present + 0.5) / (present + 0.5))
        scorer = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        scorer.scores = {
            "data": (rarity[tokens] * frequencies / (_K1 + frequencies)).astype(np.float32),
            "indices": rows.astype(np.int32),
            "indptr": np.concatenate(([0], np.cumsum(present))).astype(np.int32),
            "num_docs": self.size,
        }
        scorer.nonoccurrence_array = None  # Lucene's variant gives absent words nothing
        scorer.vocab_dict = self._vocabulary
        scorer.unique_token_ids_set = set(self._vocabulary.values())
        return scorer

    def _frequencies(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Word and document as one number (word * documents + document), and the weighted frequency of the pair."""
        keys, weights = [], []
        for field, weight in self._weights.items():
            lengths = np.asarray(self._lengths[field], np.int64)
            rows = np.repeat(np.arange(self.size), lengths)
            per_word = weight / (1 - _B + _B * lengths / max(float(lengths.mean()), 1e-9))
            keys.append(np.asarray(self._tokens[field], np.int64) * self.size + rows)
            weights.append(per_word[rows])
        unique, places = np.unique(np.concatenate(keys), return_inverse=True)
        return unique, np.bincount(places, weights=np.concatenate(weights)).astype(np.float64)
