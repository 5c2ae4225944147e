"""Index: the vectors and words of one catalogue, made by one encoder, ready to be searched.

A build embeds only texts that the build before it did not hold, and describes itself in a manifest. Products may be placed by a second
encoder as well, one that was trained to bring customers' wishes near to them.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.catalog.catalog import Catalog
from retrieval.errors import IndexDamaged, IndexMismatch, IndexMissing, SearchIndexError
from retrieval.index.embedding_log import EmbeddingLog
from retrieval.index.encoder import NO_ENCODER, Encoder, Vectors
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
_VECTORS, _PLACES = "vectors.npy", "product-places.npy"
_EMBED_BATCH = 1024
"""Texts between two lines of progress, and the most that a killed build has to make again."""


class Index:
    """Everything that search reads besides the catalog. Safe to share between threads; never changes.

    Its files are let go by `close`, or when nothing refers to the index any more. `product_vectors` has shape (products, dimension) in the order of `product_ids`, `passage_vectors` shape
    (passages, dimension); `passage_faqs` names the FAQ of each passage. `product_places` has shape (products, dimension of the encoder of wishes).
    """

    def __init__(
        self, texts: IndexTexts, vectors: Vectors, store: Neighbors, lexicals: tuple[Lexical, Lexical], places: Vectors
    ) -> None:
        products = len(texts.product_ids)
        self.fingerprint = texts.fingerprint
        self.product_ids = texts.product_ids
        self.passage_faqs = texts.passage_faqs
        self.product_vectors = vectors[:products]
        self.passage_vectors = vectors[products:]
        self.product_places = places
        self.product_words, self.faq_words = lexicals
        self.store = store
        self._held = contextlib.ExitStack()

    @classmethod
    def in_memory(
        cls, catalog: Catalog, encoder: Encoder, progress: Progress | None = None, wishes: Encoder = NO_ENCODER
    ) -> Index:
        """An index that is written nowhere."""
        texts = IndexTexts.of(catalog)
        vectors, places = (_embed(part, {}, progress) for part in _parts(texts, encoder, wishes))
        store = ChromaVectors.in_memory(f"memory-{uuid.uuid4().hex}")
        index = cls(texts, vectors, store, texts.lexicals(), places)
        index._fill(store, progress)
        index._held.callback(store.drop)
        return index

    @classmethod
    def interim(cls, home: Path, catalog: Catalog, encoder: Encoder, wishes: Encoder = NO_ENCODER) -> Index:
        """What can be searched of `catalog` at once, without embedding anything or writing it anywhere.

        Texts of the build in use keep their vectors; new texts are found by their words alone until the next build.
        """
        texts, place = IndexTexts.of(catalog), IndexHome(home)
        vectors, places = (_known(part, _known_vectors(place, part)) for part in _parts(texts, encoder, wishes))
        products = len(texts.product_ids)
        neighbors = ExactNeighbors({PRODUCTS: vectors[:products], PASSAGES: vectors[products:]})
        return cls(texts, vectors, neighbors, texts.lexicals(), places)

    @classmethod
    def build(
        cls,
        home: Path,
        catalog: Catalog,
        encoder: Encoder,
        progress: Progress | None = None,
        chroma_url: str = "",
        wishes: Encoder = NO_ENCODER,
    ) -> Index:
        """Builds a new index and opens it; see `write`."""
        cls.write(home, catalog, encoder, progress, chroma_url, wishes)
        return cls.open(home, catalog, encoder, chroma_url, wishes)

    @classmethod
    def write(
        cls,
        home: Path,
        catalog: Catalog,
        encoder: Encoder,
        progress: Progress | None = None,
        chroma_url: str = "",
        wishes: Encoder = NO_ENCODER,
    ) -> None:
        """Builds a new index next to the one in use, and puts it in its place. A build that was killed is taken up again.

        Raises IndexBusy when another process builds, SearchIndexError when it cannot be written or when the server at
        `chroma_url` fails.
        """
        place = IndexHome(home)
        texts = IndexTexts.of(catalog)
        parts = _parts(texts, encoder, wishes)
        known = [_known_vectors(place, part) for part in parts]
        with place.building() as folder:
            unfinished = [EmbeddingLog(place.folder, part.encoder) for part in parts]
            vectors, places = (
                _embed(part, held | log.read(), progress, log.append)
                for part, held, log in zip(parts, known, unfinished, strict=True)
            )
            lexicals = texts.lexicals()
            np.save(folder / _VECTORS, vectors)
            np.save(folder / _PLACES, places)
            (folder / "texts.json").write_text(json.dumps(texts.keys), encoding="utf-8")
            for lexical, name in zip(lexicals, _LEXICALS, strict=True):
                lexical.save(folder / name)
            with contextlib.closing(_store(folder, chroma_url)) as store:
                cls(texts, vectors, store, lexicals, places)._fill(store, progress)
            Manifest.of(folder, texts, encoder, wishes, chroma_url).write(folder)
            place.publish(folder)
            for log in unfinished:
                log.remove()
            _sweep(place, chroma_url)

    @classmethod
    def open(
        cls, home: Path, catalog: Catalog, encoder: Encoder, chroma_url: str = "", wishes: Encoder = NO_ENCODER
    ) -> Index:
        """Opens the index in use, after checking that it is whole and was made of `catalog` by these encoders.

        Raises IndexMissing, IndexMismatch or IndexDamaged, each with the next step, and SearchIndexError when the
        server at `chroma_url` does not answer.
        """
        place = IndexHome(home)
        with _advised(place), contextlib.ExitStack() as held:
            folder = place.current()
            held.enter_context(reading(folder))
            manifest, texts = Manifest.read(folder), IndexTexts.of(catalog)
            manifest.check_fits(texts, encoder, wishes, chroma_url)
            manifest.check_files(folder)
            store = held.enter_context(contextlib.closing(_open_store(folder, chroma_url)))
            vectors, places = (_read_vectors(folder, part) for part in _parts(texts, encoder, wishes))
            index = cls(texts, vectors, store, _read_lexicals(folder, texts), places)
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


@dataclass(frozen=True, slots=True)
class _Part:
    """Texts that one encoder places, by their hashes, and the file that keeps their vectors."""

    encoder: Encoder
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    file: str

    @property
    def no_vectors(self) -> Vectors:
        """Zeros, one row a text."""
        return np.zeros((len(self.keys), self.encoder.dimension), np.float32)


def _parts(texts: IndexTexts, encoder: Encoder, wishes: Encoder) -> tuple[_Part, _Part]:
    """All texts as `encoder` places them, and those of products as `wishes` does."""
    products = len(texts.product_ids)
    return (
        _Part(encoder, texts.keys, texts.texts, _VECTORS),
        _Part(wishes, texts.keys[:products], texts.texts[:products], _PLACES),
    )


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
    part: _Part,
    known: Mapping[str, Vectors],
    progress: Progress | None,
    keep: Callable[[Mapping[str, Vectors]], None] = lambda made: None,
) -> Vectors:
    """Unit vectors of the texts, shape (texts, dimension); those in `known`, by hash of the text, are not made again.

    `keep` gets each batch as soon as it is made.
    """
    if not part.encoder.dimension:
        return part.no_vectors
    made = dict(known)
    by_key = dict(zip(part.keys, part.texts, strict=True))
    # texts of like length share a batch with little padding
    missing = sorted((key for key in by_key if key not in known), key=lambda key: len(by_key[key]))
    for start in range(0, len(missing), _EMBED_BATCH):
        batch = missing[start : start + _EMBED_BATCH]
        new = dict(zip(batch, part.encoder.encode_documents([by_key[key] for key in batch]), strict=True))
        made |= new
        keep(new)
        if progress:
            progress("embedding", start + len(batch), len(missing))
    return _known(part, made)


def _known(part: _Part, known: Mapping[str, Vectors]) -> Vectors:
    """The vectors of the texts, zeros for those that are not known."""
    vectors = part.no_vectors
    for row, key in enumerate(part.keys):
        if key in known:
            vectors[row] = known[key]
    return vectors


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


def _known_vectors(place: IndexHome, part: _Part) -> dict[str, Vectors]:
    """Vectors of the build in use by the hash of their text; none when it is of another encoder or unreadable."""
    try:
        folder = place.current()
        with reading(folder):
            manifest = Manifest.read(folder)
            manifest.check_files(folder)
            if part.encoder.name != {_VECTORS: manifest.encoder, _PLACES: manifest.wishes}[part.file]:
                return {}
            keys = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
            vectors = np.array(np.load(folder / part.file, allow_pickle=False))
            return dict(zip(keys, vectors, strict=False))  # those of products come first
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


def _read_vectors(folder: Path, part: _Part) -> Vectors:
    if not part.encoder.name:
        return part.no_vectors
    vectors: Vectors = np.load(folder / part.file, mmap_mode="r" if part.keys else None, allow_pickle=False)
    if vectors.ndim != 2 or len(vectors) != len(part.keys):  # an encoder's dimension may take seconds to learn
        raise IndexDamaged(f"{folder / part.file} has the shape {vectors.shape}", REBUILD)
    return vectors


def _read_lexicals(folder: Path, texts: IndexTexts) -> tuple[Lexical, Lexical]:
    products, faqs = (folder / name for name in _LEXICALS)
    return Lexical.load(products, len(texts.product_ids)), Lexical.load(faqs, len(texts.catalog.faqs))
