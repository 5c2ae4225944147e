"""Intent examples: texts with their frozen embeddings and labels, from which an intent head is fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.index.encoder import Vectors


@dataclass(frozen=True)
class Examples:
    """Texts with embeddings (one row each) and labels. Texts of one origin are held out together."""

    texts: Sequence[str]
    vectors: Vectors
    labels: Sequence[str]
    origins: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, rows: Sequence[int] | NDArray[np.intp]) -> Examples:
        """The examples at `rows`."""
        picked = [int(row) for row in rows]
        texts, labels, origins = ([column[row] for row in picked] for column in (self.texts, self.labels, self.origins))
        return Examples(texts, self.vectors[picked], labels, origins)

    def having(self, wanted: Callable[[str], bool]) -> Examples:
        """The examples whose label is `wanted`."""
        return self.rows([row for row, label in enumerate(self.labels) if wanted(label)])

    def beside(self, other: Examples) -> Examples:
        """These and the others."""
        return Examples(
            [*self.texts, *other.texts],
            np.concatenate([self.vectors, other.vectors]),
            [*self.labels, *other.labels],
            [*self.origins, *other.origins],
        )
