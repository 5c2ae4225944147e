"""What a shop would otherwise rank with: popularity, neighbors of items, matrix factorization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import inv
from scipy.sparse import csr_matrix, diags
from threadpoolctl import threadpool_limits

from finetune.recommending.sequences import Items, matrix

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Popularity:
    """The number of users that had an item in training."""

    counts: Floats

    @classmethod
    def fit(cls, histories: Sequence[Items], items: int) -> Popularity:
        """Count the users of each item."""
        return cls(np.asarray((matrix(histories, items) > 0).sum(axis=0), np.float32).ravel())

    def scores(self, histories: Sequence[Items]) -> Floats:
        """The same for everybody, shape (users, items)."""
        return np.broadcast_to(self.counts, (len(histories), len(self.counts)))


@dataclass(frozen=True, slots=True)
class ItemKnn:
    """Sum of the similarities of an item to those of the history, newer ones first (Sarwar et al. 2001)."""

    similarity: csr_matrix  # (items, items)
    recency: float = 1.0  # weight of an item of the history for each newer one

    @classmethod
    def fit(cls, histories: Sequence[Items], items: int, neighbors: int, shrink: float, power: float) -> ItemKnn:
        """Count users in common over (users of one x users of the other) ** `power` + `shrink`; keep `neighbors` each.

        A power of .5 is the cosine.
        """
        users = matrix(histories, items)
        common = (users.T @ users).tocoo()
        counts = np.asarray(users.sum(axis=0)).ravel()
        kept = common.row != common.col
        rows, columns, shared = common.row[kept], common.col[kept], common.data[kept]
        values = shared / ((counts[rows] * counts[columns]) ** power + shrink)
        order = np.lexsort((-values, rows))
        rows, columns, values = rows[order], columns[order], values[order]
        firsts = np.searchsorted(rows, np.arange(items))
        near = np.arange(len(rows)) - firsts[rows] < neighbors
        similarity = csr_matrix((values[near].astype(np.float32), (rows[near], columns[near])), shape=(items, items))
        return cls(similarity)

    def scores(self, histories: Sequence[Items]) -> Floats:
        """Shape (users, items)."""
        found: Floats = (matrix(histories, self.similarity.shape[0], self.recency) @ self.similarity).toarray()
        return found


@dataclass(frozen=True, slots=True)
class Als:
    """Implicit matrix factorization (Hu, Koren and Volinsky 2008), by `implicit`."""

    factors: Floats  # (items, width)
    confidence: float
    regularization: float
    recency: float = 1.0

    @classmethod
    def fit(
        cls,
        histories: Sequence[Items],
        items: int,
        width: int,
        confidence: float,
        regularization: float,
        seed: int,
        threads: int = 1,
    ) -> Als:
        """Fit factors in which an event has the weight `confidence` and no event the weight 1."""
        from implicit.cpu.als import AlternatingLeastSquares

        with threadpool_limits(1, "blas"):  # `implicit` has threads of its own, and warns of a second pool
            model = AlternatingLeastSquares(
                factors=width, alpha=1.0, regularization=regularization, iterations=15, num_threads=threads,
                random_state=seed,
            )  # fmt: skip
            model.fit(matrix(histories, items) * confidence, show_progress=False)
        return cls(np.asarray(model.item_factors, np.float32), confidence, regularization)

    def scores(self, histories: Sequence[Items]) -> Floats:
        """Users are folded in from their histories, shape (users, items)."""
        width = self.factors.shape[1]
        base = self.factors.T @ self.factors + self.regularization * np.eye(width, dtype=np.float32)
        users = np.zeros((len(histories), width), np.float32)
        for place, history in enumerate(histories):
            rows = self.factors[history]
            weights = self.confidence * self.recency ** np.arange(len(history))[::-1]
            left = base + (rows.T * np.maximum(weights - 1, 0)) @ rows
            users[place] = np.linalg.solve(left, rows.T @ weights)
        return users @ self.factors.T


@dataclass(frozen=True, slots=True)
class Ease:
    """A linear model from items to items in closed form (Steck 2019, https://arxiv.org/abs/1905.03375)."""

    weights: Floats  # (items, items)
    recency: float = 1.0

    @classmethod
    def fit(cls, histories: Sequence[Items], items: int, regularization: float) -> Ease:
        """Invert the counts of items in common with `regularization` on the diagonal."""
        users = matrix(histories, items)
        gram = (users.T @ users + diags(np.full(items, regularization, np.float32))).toarray()
        inverse = inv(gram, overwrite_a=True, check_finite=False, assume_a="pos")
        weights: Floats = -inverse / np.diagonal(inverse)
        np.fill_diagonal(weights, 0.0)
        return cls(weights)

    def scores(self, histories: Sequence[Items]) -> Floats:
        """Shape (users, items)."""
        found: Floats = matrix(histories, len(self.weights), self.recency) @ self.weights
        return found
