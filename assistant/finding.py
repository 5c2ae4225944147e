"""Finding: looks up in the shop's records whatever one request needs, before any word of the reply is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.conversation.conversation import State
from assistant.evidence.wording import stems
from assistant.intents import ABOUT_PRODUCT, SERVICE, IntentName
from assistant.reference import PRODUCT_SLOTS
from assistant.request import Request
from retrieval.candidate import Candidate, ReasonKind
from retrieval.catalog import Catalog
from retrieval.faq import Faq
from retrieval.filter import Condition, Filter, Operator, Sort
from retrieval.product import Product
from retrieval.search import FaqHit, Search, SearchResult

LISTING: frozenset[IntentName] = frozenset(
    {
        IntentName.FIND_PRODUCT, IntentName.REFINE, IntentName.DROP_FILTER, IntentName.MORE_RESULTS, IntentName.GIFT,
        IntentName.RECOMMEND, IntentName.BEST_SELLERS, IntentName.NEW_ARRIVALS, IntentName.ON_SALE, IntentName.SIMILAR,
        IntentName.START_OVER,
    }
)  # fmt: skip
"""Intents that are answered with a list of products, as far as the request says what to list."""

ORDER_READING: frozenset[IntentName] = frozenset(
    {IntentName.TRACK_ORDER, IntentName.ORDER_HISTORY, IntentName.ORDER_ITEMS}
)
"""Intents that orders answer, not FAQs."""

_GIVEN = 0.2
_UNPROMPTED = frozenset({IntentName.RECOMMEND, IntentName.NEW_ARRIVALS, IntentName.GIFT, IntentName.BEST_SELLERS})
_BY_NAME = frozenset({IntentName.CONTACT_CUSTOMER_SERVICE, IntentName.CONTACT_HUMAN_AGENT})
_GIVEN_UP_FIRST = ("material", "color", "size", "rating", "discount", "quantity", "availability", "brand", "price")
_NEVER_GIVEN_UP = frozenset({"product_type"})
_NAMED, _NAMED_FIRST = 0.15, 0.12
_WHEN_BACK = re.compile(r"\b(?:back|restock\w*|again|when)\b", re.IGNORECASE)
_GOES_BACK = re.compile(
    r"\b(?:it|its|that|this|there|those|these|them)\b|^(?:and|what about|how about)\b", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[.?!;]+\s|,?\s+(?:and|also|plus|then)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosine from which a FAQ answers: `tagged` for one whose record names the intent, `other` for any other.

    "Any other question on the shop" names no FAQ, whatever the record says.

    `unasked` is for messages that understanding held to be no matter of the shop.
    """

    tagged: float = 0.1
    other: float = 0.5
    unasked: float = 0.55


@dataclass(frozen=True, slots=True)
class Found:
    """What the records hold for one request.

    `candidates` are a list of products (of `total`) that meets `kept`, after `dropped` was given up. `pointed` are
    the products that the customer means, in the order asked. `searched` tells whether a list was looked for,
    `personal` whether the customer's own history chose it. `answers` holds the best FAQ for each intent that has one.
    """

    candidates: tuple[Candidate, ...] = ()
    total: int = 0
    kept: Filter = field(default_factory=Filter)
    dropped: tuple[Condition, ...] = ()
    pointed: tuple[Product, ...] = ()
    searched: bool = False
    personal: bool = False
    answers: Mapping[str, FaqHit] = field(default_factory=dict)


class Finder:
    """Reads one shop's catalogue and index."""

    def __init__(self, catalog: Catalog, search: Search, thresholds: Thresholds = Thresholds()) -> None:
        self._catalog = catalog
        self._search = search
        self._thresholds = thresholds

    def find(self, request: Request, customer_id: str | None, state: State) -> Found:
        """Everything that the intents of `request` need. Raises SearchIndexError when the index cannot be read."""
        pointed = self._pointed(request, state)
        found = Found(pointed=pointed)
        if _lists(request, pointed):
            found = self._listing(request, pointed, customer_id, state)
        return replace(found, answers=self._answers(request, state))

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
        more = request.wants(IntentName.MORE_RESULTS)
        source = replace(state.request, filter=request.filter) if more and state.request else request
        offset = state.offset if more else 0
        fetch = self._fetch(source, pointed, customer_id, offset)
        wanted = _with_offers(source)
        result = fetch(wanted)
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

    def _answers(self, request: Request, state: State) -> dict[str, FaqHit]:
        """The best FAQ by service intent; by "" for a message beyond the shop that one fits closely all the same."""
        wanted = [intent.name for intent in request.intents if intent.name in SERVICE - ORDER_READING - _BY_NAME]
        if request.wants(IntentName.OUT_OF_SCOPE, IntentName.NOT_UNDERSTOOD):
            wanted.append("")
        if request.wants(IntentName.AVAILABILITY) and _WHEN_BACK.search(request.message):
            wanted.append(IntentName.AVAILABILITY)
        texts = _parts(request.message) if len(request.intents) > 1 else (request.message,)
        if state.question and _GOES_BACK.search(request.message):
            texts = (*texts, f"{state.question} {request.message}")
        hits: dict[str, FaqHit] = {}
        for name in wanted:
            hit = self._answer(texts, name, frozenset(other.faq.id for other in hits.values()))
            if hit is not None:
                hits[name] = hit
        return hits

    def _answer(self, texts: tuple[str, ...], intent: str, given: frozenset[str]) -> FaqHit | None:
        """The best FAQ for one intent; one that answers another question of the message (`given`) is less likely it."""
        hits = [hit for text in texts for hit in self._search.faqs(text, 5, (intent,) if intent else ())]
        fitting = [hit for hit in hits if hit.score >= self._threshold(hit, intent)]
        asked = stems(" ".join(texts))
        return max(
            fitting,
            key=lambda hit: (
                hit.score + _favour(hit.faq, intent) - _beside(hit.faq, asked) - _GIVEN * (hit.faq.id in given)
            ),
            default=None,
        )

    def _threshold(self, hit: FaqHit, intent: str) -> float:
        if not intent:
            return self._thresholds.unasked
        tells = intent in hit.faq.intents and intent != IntentName.POLICY_QUESTION  # that one names any matter
        return self._thresholds.tagged if tells else self._thresholds.other


def _favour(faq: Faq, intent: str) -> float:
    """What a record gains by naming the intent: more where it names it first, as what it is mainly about."""
    return _NAMED * (intent in faq.intents) + _NAMED_FIRST * (faq.intents[:1] == (intent,))


def _beside(faq: Faq, asked: frozenset[str]) -> float:
    """How far the title speaks of more than was asked: "sale items" where only returning was."""
    return min(0.05 * len(stems(faq.title) - asked), 0.15)


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


def _parts(message: str) -> tuple[str, ...]:
    """The message and its clauses, so that each of two questions finds its own answer."""
    clauses = [part.strip() for part in _CLAUSE_END.split(message) if len(part.split()) > 1]
    return tuple(dict.fromkeys([*clauses, message]))
