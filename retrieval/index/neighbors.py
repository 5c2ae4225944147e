"""Neighbors: who is nearest to a vector. Chroma answers for a whole index; this answers before there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.index.encoder import Vectors

Rows = NDArray[np.intp]


class Neighbors(Protocol):
    """Collections of unit vectors that can be searched by cosine."""

    def count(self, collection: str) -> int:
        """How many vectors `collection` holds."""
        ...

    def nearest(self, collection: str, query: Vectors, limit: int, among: Rows | None = None) -> Rows:
        """Rows of the up to `limit` nearest vectors to `query`, nearest first; `among` restricts the answer to these rows."""
        ...


class ExactNeighbors:
    """Compares with every vector. A row of zeros is a text without a vector: it is near to nothing."""

    def __init__(self, collections: Mapping[str, Vectors]) -> None:
        self._collections = collections
        self._known = {name: np.flatnonzero(vectors.any(axis=1)) for name, vectors in collections.items()}

    def count(self, collection: str) -> int:
        """How many vectors `collection` holds."""
        return len(self._collections[collection])

    def nearest(self, collection: str, query: Vectors, limit: int, among: Rows | None = None) -> Rows:
        """Rows of the up to `limit` nearest vectors to `query`, nearest first; `among` restricts the answer to these rows."""
        rows = self._known[collection]
        if among is not None:
            rows = np.intersect1d(rows, among)
        cosines = self._collections[collection][rows] @ query
        return rows[np.argsort(-cosines, kind="stable")[: max(limit, 0)]]
