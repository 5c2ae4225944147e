"""Past replies: what people of the shop answered to similar messages, masked, in a Chroma collection.

    replies/
      current         name of the build in use; replaced atomically
      NAME/           replies.jsonl and the vectors of the messages they answer

`aisle learn replies` writes a build; serving only reads.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from retrieval.errors import SearchIndexError
from retrieval.index.encoder import Encoder
from retrieval.index.vectors import ChromaVectors

_FOLDER, _POINTER, _ROWS, _MESSAGES = "replies", "current", "replies.jsonl", "messages"
_HINT = "Run: aisle learn replies FILES"


@dataclass(frozen=True, slots=True)
class PastReply:
    """A masked message and the masked reply to it, with references in the place of names and order numbers."""

    message: str
    reply: str


@dataclass(frozen=True, slots=True)
class NearReply:
    """A past reply and how near its message is to the one asked about, a cosine."""

    past: PastReply
    nearness: float


class PastReplies:
    """The replies of one build. Safe to share between threads."""

    def __init__(self, rows: Sequence[PastReply], vectors: ChromaVectors, encoder: Encoder) -> None:
        self._rows, self._vectors, self._encoder = rows, vectors, encoder

    def __len__(self) -> int:
        return len(self._rows)

    @classmethod
    def open(cls, home: Path, encoder: Encoder) -> PastReplies | None:
        """The build in use; None if the shop has none. Raises SearchIndexError for a damaged one."""
        folder = home / _FOLDER
        try:
            name = (folder / _POINTER).read_text(encoding="utf-8").strip()
            lines = (folder / name / _ROWS).read_text(encoding="utf-8").splitlines()
            rows = [PastReply(**json.loads(line)) for line in lines]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise SearchIndexError(f"the past replies in {folder} cannot be read: {error}", _HINT) from error
        vectors = ChromaVectors.in_folder(folder / name / "chroma", _FOLDER)
        if vectors.count(_MESSAGES) != len(rows):
            raise SearchIndexError(f"the past replies in {folder} are not whole", _HINT)
        return cls(rows, vectors, encoder)

    @staticmethod
    def build(home: Path, rows: Sequence[PastReply], encoder: Encoder) -> None:
        """Write a build of `rows` and point to it; older ones are removed. Raises SearchIndexError.

        A process killed at any moment leaves the pointer at a whole build.
        """
        folder, name = home / _FOLDER, uuid.uuid4().hex
        try:
            (folder / name).mkdir(parents=True)
            text = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
            (folder / name / _ROWS).write_text(text, encoding="utf-8")
        except OSError as error:
            raise SearchIndexError(f"{folder} cannot be written: {error.strerror}", "Check the disk.") from error
        vectors = ChromaVectors.in_folder(folder / name / "chroma", _FOLDER)
        vectors.write(_MESSAGES, encoder.encode_documents([row.message for row in rows]), lambda _: None)
        vectors.close()
        draft = folder / f"{_POINTER}.{name}"
        draft.write_text(name, encoding="utf-8")
        os.replace(draft, folder / _POINTER)
        for other in folder.iterdir():
            if other.is_dir() and other.name != name:
                shutil.rmtree(other, ignore_errors=True)

    def nearest(self, message: str, limit: int) -> list[NearReply]:
        """The replies whose messages are nearest in meaning to `message`, nearest first. Raises SearchIndexError."""
        if not self._rows:
            return []
        query = self._encoder.encode_queries([message])[0]
        rows = [self._rows[row] for row in self._vectors.nearest(_MESSAGES, query, limit)]
        if not rows:
            return []
        found = np.asarray(self._encoder.encode_documents([row.message for row in rows]) @ query)
        return [NearReply(row, float(nearness)) for row, nearness in zip(rows, found, strict=True)]
