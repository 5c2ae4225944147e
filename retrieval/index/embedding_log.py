"""EmbeddingLog: vectors on disk as they are made, so that a build that was killed goes on where it stopped.

One file per encoder: records of a text's hash and its vector, appended and flushed batch by batch. A record cut short by
a kill is dropped when the file is opened again. The build that completes removes the file: its index holds the vectors.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.encoder import Encoder, Vectors

_KEY_BYTES = 32  # of the hexadecimal hashes of `IndexTexts.keys`


class EmbeddingLog:
    """The vectors that unfinished builds in `folder` have made with one encoder. One process writes at a time."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        name = hashlib.sha256(encoder.name.encode()).hexdigest()[:16]
        self._path = folder / f"unfinished-{name}.bin"
        self._record = np.dtype([("key", f"S{_KEY_BYTES}"), ("vector", np.float32, (encoder.dimension,))])

    def read(self) -> dict[str, Vectors]:
        """Vectors by the hash of their text; none where no build was left unfinished."""
        records = self._records()
        return {key.decode(): vector for key, vector in zip(records["key"], records["vector"], strict=True)}

    def append(self, vectors: Mapping[str, Vectors]) -> None:
        """Adds `vectors` by the hash of their text. Raises OSError."""
        records = np.zeros(len(vectors), self._record)
        records["key"] = [key.encode() for key in vectors]
        records["vector"] = list(vectors.values())
        with self._path.open("ab") as file:
            file.truncate(file.tell() // self._record.itemsize * self._record.itemsize)
            file.write(records.tobytes())
            file.flush()
            os.fsync(file.fileno())

    def remove(self) -> None:
        """Removes the file, if there is one."""
        self._path.unlink(missing_ok=True)

    def _records(self) -> NDArray[np.void]:
        try:
            held = self._path.read_bytes()
        except FileNotFoundError:
            held = b""
        return np.frombuffer(held[: len(held) // self._record.itemsize * self._record.itemsize], self._record)
