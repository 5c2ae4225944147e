"""Past replies: what people of the shop answered to similar messages, masked, in a Chroma collection.

    replies/
      current         name of the build in use; replaced atomically
      NAME/           replies.jsonl, the vectors of messages and replies, and the mean of those of the replies

`aisle learn replies` writes a build; serving only reads. A reply is scored for a message by two things: how near it is to the message
itself, and how near it is to what people answered to similar messages (`aisle evaluate suggestions` compares both and their sum).
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
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.neighbors import Rows
from retrieval.index.vectors import ChromaVectors

_FOLDER, _POINTER, _ROWS, _MEAN = "replies", "current", "replies.jsonl", "mean.npy"
_MESSAGES, _REPLIES = "messages", "replies"
_VOTERS = 32
"""Past messages whose replies vote. This, the temperature, the mean and the equal weights were chosen on training dialogues that
`aisle evaluate suggestions` does not rank."""
_TEMPERATURE = 0.1
_HINT = "Run: aisle learn replies FILES"


@dataclass(frozen=True, slots=True)
class PastReply:
    """A masked message and the masked reply to it, with references in the place of names and order numbers."""

    message: str
    reply: str


@dataclass(frozen=True, slots=True)
class NearReply:
    """A past reply, and how near its message and it itself are to the message asked about, two cosines."""

    past: PastReply
    nearness: float
    fit: float


class PastReplies:
    """The replies of one build. Safe to share between threads."""

    def __init__(self, rows: Sequence[PastReply], vectors: ChromaVectors, mean: Vectors, encoder: Encoder) -> None:
        self._rows, self._vectors, self._mean, self._encoder = rows, vectors, mean, encoder

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
        try:
            mean = np.load(folder / name / _MEAN)
        except (OSError, ValueError) as error:
            raise SearchIndexError(
                f"the past replies in {folder} have no {_MEAN}: an older Aisle wrote them", _HINT
            ) from error
        if any(vectors.count(each) != len(rows) for each in (_MESSAGES, _REPLIES)):
            raise SearchIndexError(f"the past replies in {folder} are not whole", _HINT)
        return cls(rows, vectors, mean, encoder)

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
        replies = encoder.encode_documents([row.reply for row in rows])
        vectors.write(_MESSAGES, encoder.encode_documents([row.message for row in rows]), lambda _: None)
        vectors.write(_REPLIES, replies, lambda _: None)
        vectors.close()
        np.save(folder / name / _MEAN, replies.mean(axis=0))
        draft = folder / f"{_POINTER}.{name}"
        draft.write_text(name, encoding="utf-8")
        os.replace(draft, folder / _POINTER)
        for other in folder.iterdir():
            if other.is_dir() and other.name != name:
                shutil.rmtree(other, ignore_errors=True)

    def nearest(self, message: str, limit: int) -> list[NearReply]:
        """The up to `limit` replies that answer `message` best, best first. Raises SearchIndexError."""
        if not self._rows:
            return []
        query = self._encoder.encode_queries([message])[0]
        found = np.unique([*self._near(_MESSAGES, query), *self._near(_REPLIES, query)])
        messages, replies = self._vectors.rows(_MESSAGES, found) @ query, self._vectors.rows(_REPLIES, found)
        best = np.argsort(-self._scores(query, replies), kind="stable")[:limit]
        fits = replies @ query
        return [NearReply(self._rows[found[each]], float(messages[each]), float(fits[each])) for each in best]

    def scores(self, message: str, replies: Vectors) -> Vectors:
        """How well each of `replies`, shape (replies, dimension), answers `message`. Raises SearchIndexError."""
        return self._scores(self._encoder.encode_queries([message])[0], replies)

    def votes(self, message: str, replies: Vectors) -> Vectors:
        """The second part of the scores alone: how near `replies` are to those that similar messages got."""
        return self._votes(self._encoder.encode_queries([message])[0], replies)

    def _scores(self, query: Vectors, replies: Vectors) -> Vectors:
        return np.asarray(replies @ query + self._votes(query, replies))

    def _votes(self, query: Vectors, replies: Vectors) -> Vectors:
        """The mean of the voters' replies, weighted by how near their messages are.

        The mean of all replies is taken off: what people answer to everything speaks for no reply.
        """
        voters = self._near(_MESSAGES, query)
        weights = np.exp(self._vectors.rows(_MESSAGES, voters) @ query / _TEMPERATURE)
        answered = weights @ self._vectors.rows(_REPLIES, voters) / weights.sum() - self._mean
        return np.asarray(replies @ answered)

    def _near(self, collection: str, query: Vectors) -> Rows:
        return self._vectors.nearest(collection, query, _VOTERS)
