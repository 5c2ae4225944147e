"""Search facts: what was looked for, in words, and how much was found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.act import Act
from assistant.evidence.conditions import conditions_in_words
from assistant.evidence.evidence import Fact, FactKind
from assistant.evidence.hints import count_hint, name_hint
from assistant.evidence.wording import in_words, lower, plural_kind
from assistant.finding import Found
from assistant.intents import IntentName
from assistant.request import Request
from retrieval.catalog.facets import Facets
from retrieval.catalog.filter import Operator, Sort

_KIND_ONLY = frozenset({Act.NO_MORE, Act.ASK_WHICH_PRODUCT, Act.ASK_PREFERENCE})
_CHOSEN = frozenset({Act.RECOMMENDED, Act.RECOMMENDED_POPULAR})
_SEARCHED = frozenset({Act.FOUND_PRODUCTS, Act.FOUND_ONE, Act.FOUND_NOTHING, Act.RELAXED, Act.GIFT, Act.MORE_SHOWN})
_QUERY = re.compile(r"[A-Za-z][A-Za-z' -]{2,48}")
_MOST_WORDS, _MOST_KINDS = 7, 3


def search_facts(act: Act, request: Request, found: Found, facets: Facets) -> Iterator[Fact]:
    """The `search.*`, `item.*` and `ask.*` facts that `act` brings."""
    if act in (Act.DESCRIBED, Act.DETAIL_MISSING) and (about := _about(act, request)):
        yield _said("ask.about", about)
    if act is Act.SIMILAR and found.pointed:
        item = found.pointed[0]
        yield Fact("item.name", FactKind.NAME, item.title, name_hint(item.title), f"product:{item.id}")
    kinds = _kinds(request)
    if kinds and act in _SEARCHED | _CHOSEN | _KIND_ONLY:
        yield _said("search.kind", kinds)
    if act in _SEARCHED | _CHOSEN or act is Act.SIMILAR:
        yield from _filters(act, request, found, facets)
    if act in _SEARCHED and _is_sayable(request, kinds):
        yield _said("search.query", lower(request.query.strip()))
    if act is Act.RELAXED:
        yield _said("search.dropped", conditions_in_words(found.dropped, facets))
    if act in _SEARCHED - {Act.FOUND_NOTHING}:
        yield Fact("search.count", FactKind.NUMBER, str(found.total), count_hint(found.total), "computed")


def _said(key: str, text: str) -> Fact:
    return Fact(key, FactKind.TEXT, text, "", "request")


def _about(act: Act, request: Request) -> str:
    """The property asked about, in words."""
    if request.about or act is Act.DESCRIBED:
        return lower(request.about.replace("_", " ").strip())
    if request.wants(IntentName.RATING):
        return "ratings"
    return "sizes" if request.wants(IntentName.OPTIONS) and "size" in request.message.lower() else "that"


def _filters(act: Act, request: Request, found: Found, facets: Facets) -> Iterator[Fact]:
    wanted = found.kept if found.searched else request.filter
    sort = wanted.sort if act in _SEARCHED - {Act.FOUND_NOTHING, Act.FOUND_ONE} else Sort.RELEVANCE
    text = conditions_in_words(wanted.conditions, facets, sort)
    if text:
        yield _said("search.filters", text)


def _kinds(request: Request) -> str:
    """The product types looked for, in the plural."""
    wanted = [
        value
        for condition in request.filter.conditions
        if condition.field == "product_type" and condition.operator is Operator.IN
        for value in condition.values
    ]
    return in_words([plural_kind(value) for value in wanted], "or") if len(wanted) <= _MOST_KINDS else ""


def _is_sayable(request: Request, kinds: str) -> bool:
    """Whether the query stands so in the message, adds something to the kind of product and reads well in a sentence."""
    said = request.query.strip().lower()
    is_phrase = bool(_QUERY.fullmatch(said)) and len(said.split()) <= _MOST_WORDS and said in request.message.lower()
    return is_phrase and said.rstrip("s") not in kinds
