"""Index: the vectors and words of one catalogue, made by one encoder, ready to be searched.

A build embeds only texts that the build before it did not hold, and describes itself in a manifest.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from retrieval.catalog.catalog import Catalog
from retrieval.errors import IndexDamaged, IndexMismatch, IndexMissing, SearchIndexError
from retrieval.index.embedding_log import EmbeddingLog
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.home import REBUILD, IndexHome, reading
from retrieval.index.lexical import Lexical
from retrieval.index.manifest import Manifest
from retrieval.index.neighbors import ExactNeighbors, Neighbors
from retrieval.index.texts import IndexTexts
from retrieval.index.vectors import ChromaVectors

Progress = Callable[[str, int, int], None]
"""Told a stage ("embedding", "storing"), how many of its items are done, and how many there are."""

PRODUCTS, PASSAGES = "products", "passages"
_LEXICALS = ("product-words", "faq-words")
_EMBED_BATCH = 1024
"""Texts between two lines of progress, and the most that a killed build has to make again."""


class Index:
    """Everything that search reads besides the catalog. Safe to share between threads; never changes.

    Its files are let go by `close`, or when nothing refers to the index any more. `product_vectors` has shape (products, dimension) in the order of `product_ids`, `passage_vectors` shape
    (passages, dimension); `passage_faqs` names the FAQ of each passage.
    """

    def __init__(
        self, texts: IndexTexts, vectors: Vectors, store: Neighbors, lexicals: tuple[Lexical, Lexical]
    ) -> None:
        products = len(texts.product_ids)
        self.fingerprint = texts.fingerprint
        self.product_ids = texts.product_ids
        self.passage_faqs = texts.passage_faqs
        self.product_vectors = vectors[:products]
        self.passage_vectors = vectors[products:]
        self.product_words, self.faq_words = lexicals
        self.store = store
        self._held = contextlib.ExitStack()

    @classmethod
    def in_memory(cls, catalog: Catalog, encoder: Encoder, progress: Progress | None = None) -> Index:
        """An index that is written nowhere."""
        texts = IndexTexts.of(catalog)
        vectors = _embed(texts, encoder, {}, progress)
        store = ChromaVectors.in_memory(f"memory-{uuid.uuid4().hex}")
        index = cls(texts, vectors, store, texts.lexicals())
        index._fill(store, progress)
        index._held.callback(store.drop)
        return index

    @classmethod
    def interim(cls, home: Path, catalog: Catalog, encoder: Encoder) -> Index:
        """What can be searched of `catalog` at once, without embedding anything or writing it anywhere.

        Texts of the build in use keep their vectors; new texts are found by their words alone until the next build.
        """
        texts = IndexTexts.of(catalog)
        known, unknown = _known_vectors(IndexHome(home), encoder), np.zeros(encoder.dimension, np.float32)
        vectors = np.zeros((len(texts.keys), encoder.dimension), np.float32)
        for row, key in enumerate(texts.keys):
            vectors[row] = known.get(key, unknown)
        products = len(texts.product_ids)
        neighbors = ExactNeighbors({PRODUCTS: vectors[:products], PASSAGES: vectors[products:]})
        return cls(texts, vectors, neighbors, texts.lexicals())

    @classmethod
    def build(
        cls, home: Path, catalog: Catalog, encoder: Encoder, progress: Progress | None = None, chroma_url: str = ""
    ) -> Index:
        """Builds a new index and opens it; see `write`."""
        cls.write(home, catalog, encoder, progress, chroma_url)
        return cls.open(home, catalog, encoder, chroma_url)

    @classmethod
    def write(
        cls, home: Path, catalog: Catalog, encoder: Encoder, progress: Progress | None = None, chroma_url: str = ""
    ) -> None:
        """Builds a new index next to the one in use, and puts it in its place. A build that was killed is taken up again.

        Raises IndexBusy when another process builds, SearchIndexError when it cannot be written or when the server at
        `chroma_url` fails.
        """
        place = IndexHome(home)
        texts = IndexTexts.of(catalog)
        known = _known_vectors(place, encoder)
        with place.building() as folder:
            unfinished = EmbeddingLog(place.folder, encoder)
            known |= unfinished.read()
            vectors, lexicals = _embed(texts, encoder, known, progress, unfinished.append), texts.lexicals()
            np.save(folder / "vectors.npy", vectors)
            (folder / "texts.json").write_text(json.dumps(texts.keys), encoding="utf-8")
            for lexical, name in zip(lexicals, _LEXICALS, strict=True):
                lexical.save(folder / name)
            with contextlib.closing(_store(folder, chroma_url)) as store:
                cls(texts, vectors, store, lexicals)._fill(store, progress)
            Manifest.of(folder, texts, encoder, chroma_url).write(folder)
            place.publish(folder)
            unfinished.remove()
            _sweep(place, chroma_url)

    @classmethod
    def open(cls, home: Path, catalog: Catalog, encoder: Encoder, chroma_url: str = "") -> Index:
        """Opens the index in use, after checking that it is whole and was made of `catalog` by `encoder`.

        Raises IndexMissing, IndexMismatch or IndexDamaged, each with the next step, and SearchIndexError when the
        server at `chroma_url` does not answer.
        """
        place = IndexHome(home)
        with _advised(place), contextlib.ExitStack() as held:
            folder = place.current()
            held.enter_context(reading(folder))
            manifest, texts = Manifest.read(folder), IndexTexts.of(catalog)
            manifest.check_fits(texts, encoder, chroma_url)
            manifest.check_files(folder)
            store = held.enter_context(contextlib.closing(_open_store(folder, chroma_url)))
            index = cls(texts, _read_vectors(folder, manifest), store, _read_lexicals(folder, texts))
            index._check_store()
            index._held = held.pop_all()
        weakref.finalize(index, index._held.close).atexit = False
        return index

    def fits(self, texts: IndexTexts) -> bool:
        """Whether it was made of exactly these texts. Prices and stock are none of them."""
        return self.fingerprint == texts.fingerprint

    def close(self) -> None:
        """Lets go of the files, so that a later build may remove them."""
        self._held.close()

    def _fill(self, store: ChromaVectors, progress: Progress | None) -> None:
        total, done = len(self.product_vectors) + len(self.passage_vectors), 0

        def written(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress("storing", done, total)

        store.write(PRODUCTS, self.product_vectors, written)
        store.write(PASSAGES, self.passage_vectors, written)

    def _check_store(self) -> None:
        """Chroma must hold every vector, and be able to search them."""
        for collection, vectors in ((PRODUCTS, self.product_vectors), (PASSAGES, self.passage_vectors)):
            try:
                whole = self.store.count(collection) == len(vectors)
                whole = whole and (not len(vectors) or len(self.store.nearest(collection, vectors[0], 1)) == 1)
            except SearchIndexError as error:
                raise IndexDamaged(f"the vectors of the index cannot be read: {error.message}", REBUILD) from error
            if not whole:
                raise IndexDamaged(f"vectors of the index are missing from {collection}", REBUILD)


@contextlib.contextmanager
def _advised(place: IndexHome) -> Iterator[None]:
    """Gives errors about the index in `place` the next step that helps there."""
    try:
        yield
    except (IndexMissing, IndexMismatch, IndexDamaged) as error:
        if error.hint == place.next_step:
            raise
        raise type(error)(error.message, place.next_step) from error


def _embed(
    texts: IndexTexts,
    encoder: Encoder,
    known: Mapping[str, Vectors],
    progress: Progress | None,
    keep: Callable[[Mapping[str, Vectors]], None] = lambda made: None,
) -> Vectors:
    """Unit vectors of `texts`, shape (texts, dimension); those in `known`, by hash of the text, are not made again.

    `keep` gets each batch as soon as it is made.
    """
    by_key = dict(zip(texts.keys, texts.texts, strict=True))
    places = {key: place for place, key in enumerate(by_key)}
    vectors = np.zeros((len(places), encoder.dimension), np.float32)
    for key in places.keys() & known.keys():
        vectors[places[key]] = known[key]
    # texts of like length share a batch with little padding
    missing = sorted((key for key in by_key if key not in known), key=lambda key: len(by_key[key]))
    for start in range(0, len(missing), _EMBED_BATCH):
        batch = missing[start : start + _EMBED_BATCH]
        made = encoder.encode_documents([by_key[key] for key in batch])
        vectors[[places[key] for key in batch]] = made
        keep(dict(zip(batch, made, strict=True)))
        if progress:
            progress("embedding", start + len(batch), len(missing))
    return vectors[[places[key] for key in texts.keys]] if len(places) < len(texts.keys) else vectors


def _store(folder: Path, chroma_url: str) -> ChromaVectors:
    """The collections of the build in `folder`, inside it or on the server."""
    prefix = f"aisle-{folder.name}"
    if chroma_url:
        return ChromaVectors.on_server(chroma_url, prefix)
    return ChromaVectors.in_folder(folder / "chroma", prefix)


def _open_store(folder: Path, chroma_url: str) -> ChromaVectors:
    try:
        return _store(folder, chroma_url)
    except SearchIndexError as error:
        if chroma_url:
            raise
        raise IndexDamaged(error.message, REBUILD) from error


def _known_vectors(place: IndexHome, encoder: Encoder) -> dict[str, Vectors]:
    """Vectors of the build in use by the hash of their text; none when it is of another encoder or unreadable."""
    try:
        folder = place.current()
        with reading(folder):
            manifest = Manifest.read(folder)
            manifest.check_files(folder)
            if manifest.encoder != encoder.name:
                return {}
            keys = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
            return dict(zip(keys, np.array(_read_vectors(folder, manifest)), strict=True))
    except SearchIndexError:
        return {}


def _sweep(place: IndexHome, chroma_url: str) -> None:
    """Removes what older and killed builds left, except what another process still reads."""
    for folder in place.unused():
        try:
            server = Manifest.read(folder).store
        except SearchIndexError:
            server = chroma_url  # killed before it could say
        if server:
            with contextlib.suppress(SearchIndexError), contextlib.closing(_store(folder, server)) as store:
                store.drop()
        shutil.rmtree(folder, ignore_errors=True)


def _read_vectors(folder: Path, manifest: Manifest) -> Vectors:
    rows = manifest.products + manifest.passages
    vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r" if rows else None, allow_pickle=False)
    if vectors.shape != (rows, manifest.dimension):
        raise IndexDamaged(f"{folder / 'vectors.npy'} has the shape {vectors.shape}", REBUILD)
    return vectors


def _read_lexicals(folder: Path, texts: IndexTexts) -> tuple[Lexical, Lexical]:
    products, faqs = (folder / name for name in _LEXICALS)
    return Lexical.load(products, len(texts.product_ids)), Lexical.load(faqs, len(texts.catalog.faqs))
