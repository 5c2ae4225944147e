"""Encoder: text to unit vectors. One small protocol; the class that meets it is chosen by `open_encoder`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns texts into unit-length vectors."""

    @property
    def name(self) -> str:
        """Which model this is, stable across processes: part of an index's identity."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension) for what customers ask."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension) for what is searched."""
        ...


class _NoEncoder:
    """Places nothing: its vectors have no length."""

    name, dimension = "", 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), np.float32)

    encode_documents = encode_queries


NO_ENCODER: Encoder = _NoEncoder()
"""For an index whose products are placed by one encoder alone."""
