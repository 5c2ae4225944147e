"""Search: from a query and an exact filter to a page of ranked products, and from a question to FAQs.

    filter → matcher (dense, lexical and kind) → recommendation head → order → one per item group → page

The filter decides first which products may appear at all, exactly; no ranking can bring back what it excludes. Prices, sales
and stock are those of the moment asked about; what is no longer offered then is never found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog.candidate import Candidate
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.filter import Condition, Filter, Sort
from retrieval.clock import utc_now
from retrieval.index.document import content_words
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.index import PASSAGES, Index
from retrieval.recommendation.product_features import TRAITS, Floats, Rows, Shelf
from retrieval.recommendation.profile import History
from retrieval.recommendation.recommender import Question, Recommender
from retrieval.remembered import remembered
from retrieval.search.assortment import Assortment
from retrieval.search.matcher import Matcher
from retrieval.search.ordering import in_order, one_per_group, spread

_FAQ_POOL = 30
_WORDS_BOOST, _INTENT_BOOST = 0.08, 0.15
_REMEMBERED_CONDITIONS = 512
_REMEMBERED_VIEWS = 2
"""Replies that are under way when an offer changes still ask about the moment before."""
_GROUP, _TYPE, _DEPARTMENT = TRAITS.index("group"), TRAITS.index("type"), TRAITS.index("department")


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of products, best first, and how many there are on all pages."""

    candidates: tuple[Candidate, ...]
    total: int


@dataclass(frozen=True, slots=True)
class FaqHit:
    """An FAQ and how near it is to the question: the cosine of its nearest passage, 0 to 1.

    `words` is how many of the question's words it has, weighed by how rare they are, against the FAQ that has most: 0 to 1.
    """

    faq: Faq
    score: float
    words: float = 0.0


@dataclass(frozen=True, slots=True)
class _View:
    """The shelf between two changes of any offer, which rows are offered and available then, and which rows a condition accepts."""

    shelf: Shelf
    is_offered: NDArray[np.bool_]
    is_available: NDArray[np.bool_]
    accepts: dict[Condition, NDArray[np.bool_]]


class Search:
    """Searches one catalogue. Safe to share between threads.

    Every search may name its `moment`; those that do not are about `now`.
    """

    def __init__(
        self,
        catalog: Catalog,
        index: Index,
        encoder: Encoder,
        recommender: Recommender | None = None,
        history: History | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._catalog = catalog
        self._index = index
        self._encoder = encoder
        self._recommender = recommender or Recommender.untrained()
        self._history = history or History()
        products = [catalog.products[id] for id in index.product_ids]
        self._now = now
        self._shelf = Shelf.of(products, index.product_vectors, self._history.popularity(), now())
        self._changes = sorted({change for product in products for change in product.changes()})
        self._view_between = remembered(self._make_view, _REMEMBERED_VIEWS)
        self._matcher = Matcher(index, encoder, products)
        self._assortment = Assortment(products, index.product_vectors, encoder)
        self._faq_ids = tuple(catalog.faqs)
        self._passage_rows = np.array([self._faq_ids.index(id) for id in index.passage_faqs], np.intp)

    def products(
        self,
        query: str,
        filter: Filter,
        limit: int,
        customer_id: str | None = None,
        offset: int = 0,
        moment: datetime | None = None,
    ) -> SearchResult:
        """Products that meet `query` and that `filter` accepts, in the filter's order; a blank query lists by filter.

        Of an item group one variant is returned, the best one, for each colour, size or material that the filter pins.
        """
        view = self._view(moment)
        rows = _accepted(view, filter)
        request = None
        if query.strip():
            rows, request = self._matcher.match(query, rows, filter)
        return self._page(view, rows, request, filter, limit, customer_id, offset)

    def similar(
        self,
        product_id: str,
        filter: Filter,
        limit: int,
        customer_id: str | None = None,
        moment: datetime | None = None,
    ) -> SearchResult:
        """Products like this one, its own variants left out. An unknown id has no likes."""
        row = self._shelf.rows.get(product_id)
        if row is None:
            return SearchResult((), 0)
        view = self._view(moment)
        rows = _accepted(view, filter)
        rows = rows[self._shelf.traits[rows, _GROUP] != self._shelf.traits[row, _GROUP]]
        likeness = self._likeness(row, rows)
        near = likeness >= 0.6 * likeness.max(initial=0.0)
        return self._page(view, rows[near], likeness[near], filter, limit, customer_id, 0)

    def has_kind(self, query: str) -> bool:
        """Whether the shop has the kind of thing that `query` names; True where it names no single thing."""
        return self._assortment.has(query)

    def has_by_name(self, query: str) -> bool:
        """Whether a product is called what `query` names, by this or another word; True where it names no single thing."""
        return self._assortment.has_by_name(query)

    def is_ranked(self, id: str, sort: Sort) -> bool:
        """Whether the records have the figure by which `sort` ranks a product: a rating, or for what is popular events or a rating."""
        product = self._catalog.products[id]
        if sort is Sort.POPULARITY and (events := self._history.popularity()):
            return any(each.id in events for each in self._catalog.variants(product))
        return sort not in (Sort.POPULARITY, Sort.RATING) or product.rating is not None

    def nearest(self, query: str, filter: Filter, limit: int, moment: datetime | None = None) -> tuple[Candidate, ...]:
        """Products nearest in meaning to `query`, whether they share a word with it or not; one of each item group."""
        view = self._view(moment)
        rows = _accepted(view, filter)
        cosines = self._shelf.vectors[rows] @ self._encoder.encode_queries([query])[0]
        return self._nearest(view, rows, cosines, filter, limit)

    def nearest_to(
        self, wish: Vectors, filter: Filter, limit: int, moment: datetime | None = None
    ) -> tuple[Candidate, ...]:
        """Products that the index places nearest to `wish`, a vector of its encoder of wishes; one of each item group."""
        view = self._view(moment)
        rows = _accepted(view, filter)
        return self._nearest(view, rows, (self._index.product_places @ wish)[rows], filter, limit)

    def nearness_to(self, wish: Vectors, ids: Iterable[str]) -> list[float]:
        """How near the index places each of these products to `wish`, cosines. Raises KeyError for one that is not searched."""
        nearness: list[float] = (self._index.product_places[[self._shelf.rows[id] for id in ids]] @ wish).tolist()
        return nearness

    def recommend(
        self, customer_id: str | None, filter: Filter, limit: int, moment: datetime | None = None
    ) -> SearchResult:
        """Products for this customer from what they did; for a visitor from what all did."""
        view = self._view(moment)
        return self._page(view, _accepted(view, filter), None, filter, limit, customer_id, 0, diverse=True)

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
        words_shared = lexical / max(float(lexical.max(initial=0.0)), 1e-9)
        preference = cosines + _WORDS_BOOST * words_shared + _INTENT_BOOST * asked
        best = [row for row in np.argsort(-preference, kind="stable")[:limit] if cosines[row] > 0]
        return tuple(
            FaqHit(self._catalog.faqs[self._faq_ids[row]], min(1.0, float(cosines[row])), float(words_shared[row]))
            for row in best
        )

    def _view(self, moment: datetime | None) -> _View:
        """What holds at `moment`: the same until the next change of any offer."""
        return self._view_between(bisect_right(self._changes, moment or self._now()))

    def _make_view(self, place: int) -> _View:
        """The view after the first `place` of all changes."""
        if not self._changes:
            shelf = self._shelf
        else:
            shelf = self._shelf.at(self._changes[place - 1] if place else self._changes[0] - timedelta(microseconds=1))
        is_offered, is_available = (
            np.array([has(offer) for offer in shelf.offers], np.bool_)
            for has in (lambda offer: not offer.is_over, lambda offer: offer.is_available)
        )
        return _View(shelf, is_offered, is_available, {})

    def _page(
        self,
        view: _View,
        rows: Rows,
        request: Floats | None,
        filter: Filter,
        limit: int,
        customer_id: str | None,
        offset: int,
        diverse: bool = False,
    ) -> SearchResult:
        profile = self._history.profile(customer_id)
        question = Question(view.shelf, rows, profile, request)
        scores = self._recommender.scores(question) if len(rows) else np.zeros(0, np.float32)
        order = one_per_group(view.shelf, rows, in_order(view.shelf, rows, scores, filter), filter)
        if diverse and filter.sort is Sort.RELEVANCE:
            order = spread(view.shelf, rows, order)
        page = order[offset : offset + limit]
        shown = Question(view.shelf, rows[page], profile, None if request is None else request[page])
        return SearchResult(self._recommender.explain(shown) if len(page) else (), len(order))

    def _nearest(self, view: _View, rows: Rows, cosines: Floats, filter: Filter, limit: int) -> tuple[Candidate, ...]:
        """The groups nearest first, each by a variant that is in stock if it has one."""
        groups = view.shelf.traits[rows, _GROUP]
        best = np.full(int(groups.max(initial=0)) + 1, -np.inf)
        np.maximum.at(best, groups, cosines)
        near = rows[np.lexsort((-cosines, ~view.is_available[rows], -best[groups]))]
        kept = near[one_per_group(view.shelf, near, np.arange(len(near)), filter)][:limit]
        return self._recommender.explain(Question(view.shelf, kept, self._history.profile(None), None))

    def _likeness(self, row: int, rows: Rows) -> Floats:
        """How alike products are to the one at `row`: half meaning, half being of the same type or department."""
        shelf = self._shelf
        cosine = np.asarray(shelf.vectors[rows] @ shelf.vectors[row])
        same_type = shelf.traits[rows, _TYPE] == shelf.traits[row, _TYPE]
        same_department = shelf.traits[rows, _DEPARTMENT] == shelf.traits[row, _DEPARTMENT]
        return np.clip(0.5 * cosine + 0.4 * same_type + 0.1 * same_department, 0, 1).astype(np.float32)

    def _faq_cosines(self, vector: Vectors, asked: Rows) -> Floats:
        """Best cosine over the passages of each FAQ; 0 for those neither near nor `asked` for by intent."""
        near = self._index.store.nearest(PASSAGES, vector, min(_FAQ_POOL, len(self._passage_rows)))
        wanted = np.flatnonzero(np.isin(self._passage_rows, asked))
        cosines = np.zeros(len(self._faq_ids), np.float32)
        passages = np.union1d(near, wanted)
        nearness = np.asarray(self._index.passage_vectors[passages] @ vector)
        np.maximum.at(cosines, self._passage_rows[passages], nearness)
        return cosines


def _accepted(view: _View, filter: Filter) -> Rows:
    """Rows of the products on offer that `filter` accepts; each condition is asked once per product, then remembered."""
    accepted = view.is_offered.copy()
    for condition in filter.conditions:
        known = view.accepts.get(condition)
        if known is None:
            if len(view.accepts) >= _REMEMBERED_CONDITIONS:
                view.accepts.clear()
            pairs = zip(view.shelf.products, view.shelf.offers, strict=True)
            known = view.accepts[condition] = np.array([condition.accepts(*pair) for pair in pairs], np.bool_)
        accepted &= known
    return np.flatnonzero(accepted)
