"""Search: from a query and an exact filter to ranked products, and from a question to FAQs.

    query → spelling → encoder ─▶ Chroma (dense) ─┐
                     └─ words ──▶ BM25 (lexical) ─┴▶ reciprocal rank fusion → relevance → recommendation head → page

The filter decides first which products may appear at all, exactly; no ranking can bring back what it excludes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.candidate import Candidate
from retrieval.catalog import Catalog
from retrieval.document import content_words, product_head, words
from retrieval.encoder import Encoder, Vectors
from retrieval.faq import Faq
from retrieval.filter import Condition, Filter, Sort
from retrieval.fusion import K, fuse
from retrieval.index import PASSAGES, PRODUCTS, Index
from retrieval.profile import History
from retrieval.recommender import Question, Recommender
from retrieval.relevance import Relevance
from retrieval.shelf import Floats, Rows, Shelf
from retrieval.spelling import Spelling

_POOL = 300
"""How many products each of the two rankings brings to the fusion."""

_FAQ_POOL = 30
_WORDS_BOOST, _INTENT_BOOST = 0.08, 0.15
_PINS = ("color", "size", "material")
_LISTED = ("id", "item_group_id")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of products, best first, and how many there are on all pages."""

    candidates: tuple[Candidate, ...]
    total: int


@dataclass(frozen=True, slots=True)
class FaqHit:
    """An FAQ and how near it is to the question: the cosine of its nearest passage, 0 to 1."""

    faq: Faq
    score: float


class Search:
    """Searches one catalogue. Safe to share between threads."""

    def __init__(
        self,
        catalog: Catalog,
        index: Index,
        encoder: Encoder,
        recommender: Recommender | None = None,
        history: History | None = None,
    ) -> None:
        self._catalog = catalog
        self._index = index
        self._encoder = encoder
        self._recommender = recommender or Recommender.untrained()
        self._history = history or History()
        products = [catalog.products[id] for id in index.product_ids]
        self._shelf = Shelf.of(products, index.product_vectors, self._history.popularity())
        self._relevance = Relevance(products)
        self._spelling = Spelling(f"{product_head(product)} {product.description}" for product in products)
        self._faq_ids = tuple(catalog.faqs)
        self._passage_rows = np.array([self._faq_ids.index(id) for id in index.passage_faqs], np.intp)
        self._accepts: dict[Condition, NDArray[np.bool_]] = {}

    def products(
        self, query: str, filter: Filter, limit: int, customer_id: str | None = None, offset: int = 0
    ) -> SearchResult:
        """Products that meet `query` and that `filter` accepts, in the filter's order; a blank query lists by filter.

        Of an item group one variant is returned, the best one, for each colour, size or material that the filter pins.
        """
        rows = self._accepted(filter)
        request = None
        if query.strip():
            rows, request = self._relevant(query, filter, rows)
        return self._page(rows, request, filter, limit, customer_id, offset)

    def similar(
        self, product_id: str, filter: Filter, limit: int, customer_id: str | None = None
    ) -> SearchResult:
        """Products like this one, its own variants left out. An unknown id has no likes."""
        row = self._shelf.rows.get(product_id)
        if row is None:
            return SearchResult((), 0)
        rows = self._accepted(filter)
        rows = rows[self._shelf.traits[rows, 0] != self._shelf.traits[row, 0]]
        likeness = self._likeness(row, rows)
        near = likeness >= 0.6 * likeness.max(initial=0.0)
        return self._page(rows[near], likeness[near], filter, limit, customer_id, 0)

    def recommend(self, customer_id: str | None, filter: Filter, limit: int) -> SearchResult:
        """Products for this customer from what they did; for a visitor from what all did."""
        return self._page(self._accepted(filter), None, filter, limit, customer_id, 0, diverse=True)

    def faqs(self, query: str, limit: int, intents: Sequence[str] = ()) -> tuple[FaqHit, ...]:
        """FAQs nearest to `query`, those that answer one of `intents` and share its words preferred.

        The score is the plain cosine; preference shows in the order alone.
        """
        if not query.strip() or not self._faq_ids:
            return ()
        vector = self._encoder.encode_queries([query])[0]
        asked = np.array([bool(set(intents) & set(self._catalog.faqs[id].intents)) for id in self._faq_ids])
        cosines = self._faq_cosines(vector, np.flatnonzero(asked))
        lexical = self._index.faq_words.scores(content_words(query))
        preference = cosines + _WORDS_BOOST * lexical / max(float(lexical.max(initial=0.0)), 1e-9) + _INTENT_BOOST * asked
        best = [row for row in np.argsort(-preference, kind="stable")[:limit] if cosines[row] > 0]
        return tuple(FaqHit(self._catalog.faqs[self._faq_ids[row]], min(1.0, float(cosines[row]))) for row in best)

    def _accepted(self, filter: Filter) -> Rows:
        """Rows of the products that `filter` accepts; each condition is asked once per product, then remembered."""
        accepted = np.ones(len(self._shelf.products), np.bool_)
        for condition in filter.conditions:
            if condition not in self._accepts:
                if len(self._accepts) >= 512:
                    self._accepts.clear()
                self._accepts[condition] = np.array(
                    [condition.accepts(product) for product in self._shelf.products], np.bool_
                )
            accepted &= self._accepts[condition]
        return np.flatnonzero(accepted)

    def _relevant(self, query: str, filter: Filter, rows: Rows) -> tuple[Rows, Floats]:
        """Those of `rows` that meet the query, and their relevance, 0 to 1, by reciprocal rank fusion."""
        mended = self._spelling.mend(query)
        vector = self._encoder.encode_queries([mended])[0]
        dense = self._dense(vector, rows)
        bm25 = self._index.product_words.scores(content_words(mended))
        lexical = rows[np.argsort(-bm25[rows], kind="stable")][:_POOL]
        lexical = lexical[bm25[lexical] > 0]
        fused = fuse((dense.tolist(), lexical.tolist()))
        pool = np.array(list(fused), np.intp)
        relevance = np.array(list(fused.values()), np.float32) * (K + 1) / 2
        if not self._says_no_more(mended, filter):
            named = self._relevance.named(mended)[pool]
            meets = self._relevance.meets(named, np.asarray(self._shelf.vectors[pool] @ vector))
            pool, relevance = pool[meets], relevance[meets]
        return pool, relevance

    def _dense(self, vector: Vectors, rows: Rows) -> Rows:
        """The nearest of `rows` by cosine, nearest first, from Chroma."""
        everything = len(rows) == len(self._shelf.products)
        return self._index.store.nearest(PRODUCTS, vector, min(_POOL, len(rows)), None if everything else rows)

    def _says_no_more(self, query: str, filter: Filter) -> bool:
        """Whether the filter demands all that the query's words say, so that whatever it accepts is relevant."""
        demanded = {word for condition in filter.conditions for value in condition.values for word in words(value)}
        return set(content_words(query)) <= demanded

    def _page(
        self,
        rows: Rows,
        request: Floats | None,
        filter: Filter,
        limit: int,
        customer_id: str | None,
        offset: int,
        diverse: bool = False,
    ) -> SearchResult:
        profile = self._history.profile(customer_id)
        question = Question(self._shelf, rows, profile, request)
        scores = self._recommender.scores(question) if len(rows) else np.zeros(0, np.float32)
        order = self._one_per_group(rows, self._sorted(rows, scores, filter.sort), filter)
        if diverse:
            order = self._spread(rows, order)
        page = order[offset : offset + limit]
        shown = Question(self._shelf, rows[page], profile, None if request is None else request[page])
        return SearchResult(self._recommender.explain(shown) if len(page) else (), len(order))

    def _sorted(self, rows: Rows, scores: Floats, sort: Sort) -> Rows:
        """Places in `rows` in the order of `sort`; what is equal there comes by score, then in catalogue order."""
        products = [self._shelf.products[row] for row in rows]
        keys = [-scores.astype(np.float64)]
        if sort in (Sort.PRICE_LOW, Sort.PRICE_HIGH):
            prices = np.array([float(product.current_price.amount) for product in products])
            keys.append(prices if sort is Sort.PRICE_LOW else -prices)
        elif sort is Sort.RATING:
            keys.append(-np.array([float(product.rating_count) for product in products]))
            keys.append(-np.array([product.rating or 0.0 for product in products]))
        elif sort is Sort.POPULARITY:
            keys.append(-self._shelf.popularity[rows])
        return np.lexsort([rows, *keys])

    def _one_per_group(self, rows: Rows, order: Rows, filter: Filter) -> Rows:
        """`order` with the first variant of each group, for each pinned value; everything where single ids are asked for."""
        fields = {condition.field for condition in filter.conditions if condition.values}
        if fields & set(_LISTED):
            return order
        pins = [field for field in _PINS if field in fields]
        seen: set[tuple[object, ...]] = set()
        kept = []
        for place in order:
            row = rows[place]
            product = self._shelf.products[row]
            key = (int(self._shelf.traits[row, 0]), *(getattr(product, pin).casefold() for pin in pins))
            if key not in seen:
                seen.add(key)
                kept.append(place)
        return np.array(kept, np.intp)

    def _spread(self, rows: Rows, order: Rows) -> Rows:
        """`order` with at most two products of a type among every six, so that a recommendation shows some breadth."""
        waiting, spread = list(order), []
        while waiting:
            counts: dict[int, int] = {}
            kept = []
            for place in waiting:
                kind = int(self._shelf.traits[rows[place], 1])
                if len(counts) and sum(counts.values()) >= 6 or counts.get(kind, 0) >= 2:
                    kept.append(place)
                    continue
                counts[kind] = counts.get(kind, 0) + 1
                spread.append(place)
            waiting = kept
        return np.array(spread, np.intp)

    def _likeness(self, row: int, rows: Rows) -> Floats:
        """How alike products are to the one at `row`: half meaning, half being of the same type or department."""
        shelf = self._shelf
        cosine = np.asarray(shelf.vectors[rows] @ shelf.vectors[row])
        same_type = shelf.traits[rows, 1] == shelf.traits[row, 1]
        same_department = shelf.traits[rows, 2] == shelf.traits[row, 2]
        return np.clip(0.5 * cosine + 0.4 * same_type + 0.1 * same_department, 0, 1).astype(np.float32)

    def _faq_cosines(self, vector: Vectors, asked: Rows) -> Floats:
        """Best cosine over the passages of each FAQ; 0 for those neither among the nearest nor `asked` for by intent."""
        near = self._index.store.nearest(PASSAGES, vector, min(_FAQ_POOL, len(self._passage_rows)))
        wanted = np.flatnonzero(np.isin(self._passage_rows, asked))
        cosines = np.zeros(len(self._faq_ids), np.float32)
        passages = np.union1d(near, wanted)
        np.maximum.at(cosines, self._passage_rows[passages], np.asarray(self._index.passage_vectors[passages] @ vector))
        return cosines
