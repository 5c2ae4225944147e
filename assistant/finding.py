"""Finding: looks up in the shop's records whatever one request needs, before any word of the reply is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.answers import ON_SHELVES, Answers, Thresholds
from assistant.conversation.conversation import State
from assistant.intents import ABOUT_PRODUCT, IntentName
from assistant.reference import PRODUCT_SLOTS
from assistant.request import Request
from retrieval.catalog.candidate import Candidate, ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter, Operator, Sort
from retrieval.catalog.product import Product
from retrieval.search.search import FaqHit, Search, SearchResult

LISTING: frozenset[IntentName] = frozenset(
    {
        IntentName.FIND_PRODUCT, IntentName.REFINE, IntentName.DROP_FILTER, IntentName.MORE_RESULTS, IntentName.GIFT,
        IntentName.RECOMMEND, IntentName.BEST_SELLERS, IntentName.NEW_ARRIVALS, IntentName.ON_SALE, IntentName.SIMILAR,
        IntentName.START_OVER,
    }
)  # fmt: skip
"""Intents that are answered with a list of products, as far as the request says what to list."""

_UNPROMPTED = frozenset({IntentName.RECOMMEND, IntentName.NEW_ARRIVALS, IntentName.GIFT, IntentName.BEST_SELLERS})
_GIVEN_UP_FIRST = ("material", "color", "size", "rating", "discount", "quantity", "availability", "brand", "price")
_FEW = 2
_NEVER_GIVEN_UP = frozenset({"product_type"})
_NAMING = frozenset({"product_type", "brand", "tags"})


@dataclass(frozen=True, slots=True)
class Found:
    """What the records hold for one request.

    `candidates` are a list of products (of `total`) that meets `kept`, after `dropped` was given up. `pointed` are
    the products that the customer means, in the order asked. `searched` tells whether a list was looked for,
    `is_lacking` that the shop has no such thing at all, `personal` whether the customer's own history chose it.
    `answers` holds the best FAQ for each intent that has one.
    """

    candidates: tuple[Candidate, ...] = ()
    total: int = 0
    kept: Filter = field(default_factory=Filter)
    dropped: tuple[Condition, ...] = ()
    pointed: tuple[Product, ...] = ()
    searched: bool = False
    is_lacking: bool = False
    personal: bool = False
    answers: Mapping[str, FaqHit] = field(default_factory=dict)


class Finder:
    """Reads one shop's catalogue and index."""

    def __init__(self, catalog: Catalog, search: Search, thresholds: Thresholds = Thresholds()) -> None:
        self._catalog = catalog
        self._search = search
        self._answers = Answers(search, thresholds)

    def find(self, request: Request, customer_id: str | None, state: State) -> Found:
        """Everything that the intents of `request` need. Raises SearchIndexError when the index cannot be read."""
        pointed = self._pointed(request, state)
        answers = self._answers.find(request, state)
        found = Found(pointed=pointed)
        if _lists(request, pointed) and not answers.keys() & ON_SHELVES:
            found = self._listing(request, pointed, customer_id, state)
        if found.is_lacking and not answers:
            answers = self._answers.about_goods(request)
        if request.wants(IntentName.COMPARE) and not pointed and found.candidates:
            found = replace(found, pointed=self._side_by_side(request, found.candidates))
        return replace(found, answers=answers)

    def _pointed(self, request: Request, state: State) -> tuple[Product, ...]:
        ids = list(request.product_ids)
        if not ids and request.wants(*ABOUT_PRODUCT) and not _is_fresh(request):
            ids = _understood(request, state)
        products = [self._catalog.products[id] for id in ids if id in self._catalog.products]
        if request.wants(IntentName.COMPARE) and len(products) == 1:
            others = [id for id in state.shown if id != products[0].id]
            products += [self._catalog.products[id] for id in others[:1] if id in self._catalog.products]
        return tuple(self._variant(product, request.filter) for product in products)

    def _variant(self, product: Product, wanted: Filter) -> Product:
        """The variant of `product` in the colour and size asked for, or itself where there is none."""
        pins = tuple(condition for condition in wanted.conditions if condition.field in ("color", "size"))
        if not pins or Filter(pins).accepts(product):
            return product
        variants = [variant for variant in self._catalog.variants(product) if Filter(pins).accepts(variant)]
        return max(variants, key=lambda variant: variant.is_available, default=product)

    def _listing(self, request: Request, pointed: tuple[Product, ...], customer_id: str | None, state: State) -> Found:
        if _is_by_words(request) and _is_fresh(request) and not self._search.has_kind(request.query):
            return Found(searched=True, is_lacking=True)
        more = request.wants(IntentName.MORE_RESULTS)
        source = replace(state.request, filter=request.filter) if more and state.request else request
        offset = state.offset if more else 0
        fetch = self._fetch(source, pointed, customer_id, offset)
        wanted = _with_offers(source)
        result = fetch(wanted)
        is_ordered = wanted.sort is not Sort.RELEVANCE and request.continues and result.total < _FEW
        if (not result.total or is_ordered) and not offset and source.query and _kinds(wanted):
            fetch = self._fetch(replace(source, query=""), pointed, customer_id, offset)
            result = fetch(wanted)  # the kind says enough: "axe" where hatchets are sold, "the warmest" of all bags
        dropped: tuple[Condition, ...] = ()
        if not result.total and not offset:
            result, dropped = _relaxed(fetch, wanted)
        return Found(
            candidates=result.candidates,
            total=result.total,
            kept=replace(wanted, conditions=tuple(c for c in wanted.conditions if c not in dropped)),
            dropped=dropped,
            pointed=pointed,
            searched=True,
            personal=any(_is_personal(candidate) for candidate in result.candidates),
        )

    def _side_by_side(self, request: Request, candidates: tuple[Candidate, ...]) -> tuple[Product, ...]:
        """The best of each kind named, where two are ("a gravel bike or a city bike?"), else the first two found."""
        kinds = _kinds(request.filter)
        if len(kinds) > 1:
            rest = request.filter.without("product_type")
            each = (rest.adding([Condition("product_type", Operator.IN, (kind,))]) for kind in kinds[:2])
            candidates = tuple(c for wanted in each for c in self._search.products("", wanted, 1).candidates)
        return tuple(candidate.product for candidate in candidates[:2]) if len(candidates) > 1 else ()

    def _fetch(
        self, request: Request, pointed: tuple[Product, ...], customer_id: str | None, offset: int
    ) -> Callable[[Filter], SearchResult]:
        """How this request's list is made, given a filter."""
        limit = len(PRODUCT_SLOTS)

        def similar(wanted: Filter) -> SearchResult:
            return _page(self._search.similar(pointed[0].id, wanted, offset + limit, customer_id), offset)

        def recommend(wanted: Filter) -> SearchResult:
            return _page(self._search.recommend(customer_id, wanted, offset + limit), offset)

        def products(wanted: Filter) -> SearchResult:
            return self._search.products(request.query, wanted, limit, customer_id, offset)

        if request.wants(IntentName.SIMILAR) and pointed:
            return similar
        if request.wants(*_UNPROMPTED) and not request.query and request.filter.sort is Sort.RELEVANCE:
            return recommend
        return products


def _lists(request: Request, pointed: tuple[Product, ...]) -> bool:
    """Whether the request is answered with a list of products."""
    if request.wants(IntentName.SIMILAR):
        return bool(pointed)
    says_what = bool(request.query or request.filter.conditions or request.filter.sort is not Sort.RELEVANCE)
    if request.wants(IntentName.MORE_RESULTS, *_UNPROMPTED, IntentName.ON_SALE):
        return True
    if request.wants(*LISTING):
        return says_what
    return says_what and not pointed and _is_fresh(request) and request.wants(*ABOUT_PRODUCT, IntentName.BROWSE)


def _is_by_words(request: Request) -> bool:
    """Whether words alone say what is looked for: no kind of product, no brand, nothing that was seen before."""
    named = any(condition.field in _NAMING for condition in request.filter.conditions)
    return bool(request.query) and not named and not request.wants(IntentName.SIMILAR, *_UNPROMPTED)


def _kinds(wanted: Filter) -> tuple[str, ...]:
    """The kinds of product asked for."""
    listed = (c for c in wanted.conditions if c.field == "product_type" and c.operator is Operator.IN)
    return tuple(value for condition in listed for value in condition.values)


def _is_fresh(request: Request) -> bool:
    """Whether the message itself says what to look for, rather than leaning on the messages before it."""
    return bool(request.query or request.filter.conditions) and not request.continues


def _understood(request: Request, state: State) -> list[str]:
    """The products meant by a message that names none."""
    if request.wants(IntentName.COMPARE):
        return list(state.shown[:2]) if len(state.shown) > 1 else []
    if state.focus:
        return [state.focus]
    return list(state.shown) if len(state.shown) == 1 else []


def _with_offers(request: Request) -> Filter:
    """The request's filter, and what "on sale" and "best sellers" add to it."""
    wanted = request.filter
    if request.wants(IntentName.ON_SALE):
        wanted = wanted.adding([Condition("discount", Operator.AT_LEAST, number=Decimal("0.01"))])
    if request.wants(IntentName.BEST_SELLERS) and wanted.sort is Sort.RELEVANCE:
        wanted = replace(wanted, sort=Sort.POPULARITY)
    return wanted


def _relaxed(fetch: Callable[[Filter], SearchResult], wanted: Filter) -> tuple[SearchResult, tuple[Condition, ...]]:
    """The first result with as few conditions given up as need be, and those conditions."""
    for dropped in _relaxations(wanted):
        kept = replace(wanted, conditions=tuple(c for c in wanted.conditions if c not in dropped))
        result = fetch(kept)
        if result.total:
            return result, dropped
    return SearchResult((), 0), ()


def _relaxations(wanted: Filter) -> Iterator[tuple[Condition, ...]]:
    """Conditions to give up: each field alone, then ever more together. What a customer ruled out is never shown."""
    fields: dict[str, list[Condition]] = {}
    for condition in wanted.conditions:
        if condition.field not in _NEVER_GIVEN_UP and condition.operator is not Operator.NOT_IN:
            fields.setdefault(condition.field, []).append(condition)
    ordered = sorted(fields, key=lambda field: _GIVEN_UP_FIRST.index(field) if field in _GIVEN_UP_FIRST else -1)
    yield from (tuple(fields[field]) for field in ordered)
    for count in range(2, len(ordered) + 1):
        yield tuple(condition for field in ordered[:count] for condition in fields[field])


def _page(result: SearchResult, offset: int) -> SearchResult:
    return replace(result, candidates=result.candidates[offset:])


def _is_personal(candidate: Candidate) -> bool:
    return any(reason.kind in (ReasonKind.LIKE_VIEWED, ReasonKind.LIKE_BOUGHT) for reason in candidate.reasons)
