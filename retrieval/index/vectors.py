"""Vectors: nearest neighbours by cosine in Chroma, embedded in this process or on a server.

Chroma is given our own unit vectors, never text: its default embedding function would download a model. Collections
are written once and then only read; what changes goes into a new collection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.config import Settings

from retrieval.errors import SearchIndexError
from retrieval.index.encoder import Vectors
from retrieval.index.neighbors import Rows

_BATCH = 1000
_TIMEOUT_SECONDS = 30
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 32}


class ChromaVectors:
    """The collections of one index; `prefix` keeps those of several indexes on one server apart."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._collections: dict[str, Any] = {}

    @classmethod
    def in_memory(cls, prefix: str) -> ChromaVectors:
        """Keeps everything in this process; nothing is written."""
        return cls(chromadb.EphemeralClient(settings=_settings()), prefix)

    @classmethod
    def in_folder(cls, folder: Path, prefix: str) -> ChromaVectors:
        """Reads and writes a folder that no other process writes to. Raises SearchIndexError."""
        with _translated(f"Chroma cannot open {folder}"):
            return cls(chromadb.PersistentClient(str(folder), settings=_settings()), prefix)

    @classmethod
    def on_server(cls, url: str, prefix: str) -> ChromaVectors:
        """Speaks to a Chroma server such as "http://127.0.0.1:8000". Raises SearchIndexError when none answers."""
        address = urlsplit(url if "//" in url else f"http://{url}")
        secure = address.scheme == "https"
        with _translated(f"no Chroma server answers at {url}", "Start one (chroma run) or correct AISLE_CHROMA_URL."):
            port = address.port or (443 if secure else 8000)
            client = chromadb.HttpClient(str(address.hostname or ""), port, ssl=secure, settings=_settings())
            client._server._session.timeout = _TIMEOUT_SECONDS  # Chroma itself would wait for ever
            return cls(client, prefix)

    def write(self, collection: str, vectors: Vectors, written: Callable[[int], None]) -> None:
        """Stores `vectors`, shape (rows, dimension), by row number; `written` is told the size of each batch."""
        with _translated("Chroma cannot store the vectors"):
            target = self._client.get_or_create_collection(
                f"{self._prefix}-{collection}", embedding_function=None, configuration={"hnsw": _HNSW}
            )
            for start in range(0, len(vectors), _BATCH):
                batch = np.asarray(vectors[start : start + _BATCH])
                target.upsert(ids=[str(start + row) for row in range(len(batch))], embeddings=batch)
                written(len(batch))
            self._collections[collection] = target

    def count(self, collection: str) -> int:
        """How many vectors `collection` holds."""
        with _translated("Chroma cannot read the index"):
            return int(self._collection(collection).count())

    def nearest(self, collection: str, query: Vectors, limit: int, among: Rows | None = None) -> Rows:
        """Rows of the up to `limit` nearest vectors to `query`, shape (dimension,), nearest first.

        `among` restricts the answer to these rows, exactly.
        """
        if limit < 1 or (among is not None and not len(among)):
            return np.zeros(0, np.intp)
        ids = None if among is None else [str(row) for row in among]
        with _translated("Chroma cannot answer"):
            found = self._collection(collection).query(
                query_embeddings=[query], n_results=limit, ids=ids, include=["distances"]
            )
        return np.array([int(row) for row in found["ids"][0]], np.intp)

    def rows(self, collection: str, rows: Rows) -> Vectors:
        """The stored vectors of `rows`, in that order, shape (rows, dimension)."""
        ids = [str(row) for row in rows]
        with _translated("Chroma cannot answer"):
            found = self._collection(collection).get(ids=ids, include=["embeddings"])
        at = {id: place for place, id in enumerate(found["ids"])}
        return np.asarray(found["embeddings"], np.float32)[[at[id] for id in ids]]

    def drop(self) -> None:
        """Removes the collections of this index from the store, as far as they exist."""
        with _translated("Chroma cannot remove an old index"):
            for collection in self._client.list_collections():
                if collection.name.startswith(f"{self._prefix}-"):
                    self._client.delete_collection(collection.name)

    def close(self) -> None:
        """Lets go of files and connections."""
        self._collections.clear()
        self._client.close()
        for server in (self._client._server, self._client._admin_client._server):
            if hasattr(server, "_session"):
                server._session.close()  # Chroma leaves its connections open

    def _collection(self, name: str) -> Any:
        if name not in self._collections:
            # without embedding_function=None Chroma would attach its default one again
            self._collections[name] = self._client.get_collection(f"{self._prefix}-{name}", embedding_function=None)
        return self._collections[name]


def _settings() -> Settings:
    return Settings(anonymized_telemetry=False)


@contextlib.contextmanager
def _translated(doing: str, hint: str = "Run: aisle index") -> Iterator[None]:
    """Turns whatever Chroma raises into SearchIndexError; its Rust core and HTTP client have no common base."""
    try:
        yield
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise SearchIndexError(f"{doing}: {reason}", hint) from error
