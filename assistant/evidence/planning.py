"""Planning: which acts a reply covers, in the order in which the customer asked. Code decides them, never the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.act import Act
from assistant.actions.actions import ACTIONS, ActionResult
from assistant.answers import ON_SHELVES, ORDER_READING
from assistant.conversation.conversation import State
from assistant.evidence.product_facts import detail
from assistant.finding import Found
from assistant.intents import ABOUT_PRODUCT, SERVICE, IntentName
from assistant.request import Request
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Filter
from retrieval.catalog.product import Product

LISTING_ACTS = frozenset(
    {
        Act.FOUND_PRODUCTS, Act.FOUND_ONE, Act.RELAXED, Act.RECOMMENDED, Act.RECOMMENDED_POPULAR, Act.SIMILAR,
        Act.GIFT, Act.MORE_SHOWN,
    }
)  # fmt: skip
"""Acts that show a list of products."""

POINTED_ACTS = frozenset(
    {
        Act.COMPARED, Act.DESCRIBED, Act.DETAIL_MISSING, Act.TOLD_PRICE, Act.TOLD_STOCK, Act.TOLD_RATING,
        Act.TOLD_OPTIONS, Act.CART_HELP,
    }
)  # fmt: skip
"""Acts about products that the customer named or pointed at."""

_MOST_ACTS = 3
_I = IntentName
_PLAIN: dict[str, Act] = {
    _I.GREET: Act.GREET, _I.GOODBYE: Act.GOODBYE, _I.THANKS: Act.WELCOME, _I.PRAISE: Act.GLAD, _I.INSULT: Act.CALM,
    _I.HOW_ARE_YOU: Act.HOW_ARE_YOU, _I.WHO_ARE_YOU: Act.WHO_ARE_YOU, _I.CAPABILITIES: Act.CAPABILITIES,
    _I.ACKNOWLEDGE: Act.ACKNOWLEDGE, _I.AFFIRM: Act.ACKNOWLEDGE, _I.DENY: Act.ACKNOWLEDGE, _I.JOKE: Act.OUT_OF_SCOPE,
    _I.OTHER_LANGUAGE: Act.OTHER_LANGUAGE, _I.NOT_UNDERSTOOD: Act.NOT_UNDERSTOOD, _I.OUT_OF_SCOPE: Act.OUT_OF_SCOPE,
    _I.CONTACT_CUSTOMER_SERVICE: Act.CONTACT, _I.CONTACT_HUMAN_AGENT: Act.CONTACT,
    _I.CART_ADD: Act.CART_HELP, _I.CART_REMOVE: Act.CART_HELP, _I.CART_VIEW: Act.CART_HELP,
}  # fmt: skip
"""Intents that always lead to the same act."""
_YIELDING = frozenset({Act.WELCOME, Act.GLAD, Act.ACKNOWLEDGE, Act.HOW_ARE_YOU, Act.NOT_UNDERSTOOD, Act.OUT_OF_SCOPE})
"""Said only when nothing else is: "thanks, and do you have it in red?" wants the red one."""
_TROUBLES = frozenset({_I.COMPLAINT, _I.REPORT_PROBLEM, _I.PAYMENT_ISSUE, _I.REGISTRATION_PROBLEMS})
_CHANGES = frozenset(
    {
        _I.CANCEL_ORDER, _I.CHANGE_ORDER, _I.CHANGE_SHIPPING_ADDRESS, _I.SET_UP_SHIPPING_ADDRESS, _I.PLACE_ORDER,
        _I.CREATE_ACCOUNT, _I.DELETE_ACCOUNT, _I.EDIT_ACCOUNT, _I.SWITCH_ACCOUNT, _I.RECOVER_PASSWORD, _I.REVIEW,
        _I.NEWSLETTER_SUBSCRIPTION, _I.RETURN_ITEM, _I.EXCHANGE_ITEM, _I.GET_REFUND, _I.GET_INVOICE,
    }
)  # fmt: skip
_OPTIONS = {
    "colors": re.compile(r"\bcolou?rs?\b|\bshades?\b", re.IGNORECASE),
    "sizes": re.compile(r"\bsizes?\b|\blarger?\b|\bbigger\b|\bsmaller?\b", re.IGNORECASE),
}
_QUESTION = re.compile(
    r"\bhow\b|\b(?:can|could|may|do|should|must|am) i\b|\bis it (?:possible|ok)"
    r"|^(?:what|where|when|which|who|is|are|do|does)\b",
    re.IGNORECASE,
)
_ANSWERED_BY_ORDERS = frozenset({_I.TRACK_REFUND, _I.DELIVERY_PERIOD})
_FAILED = frozenset({Act.NOT_UNDERSTOOD, Act.NO_ANSWER})
_CHOSEN = frozenset({_I.RECOMMEND, _I.BEST_SELLERS, _I.NEW_ARRIVALS})


def plan(
    request: Request, found: Found, results: Sequence[ActionResult], state: State, catalog: Catalog
) -> tuple[Act, ...]:
    """One to three acts. A second turn in a row that Aisle could not answer adds how to reach the shop."""
    acts: list[Act] = []
    for intent in request.intents:
        for act in _acts(intent.name, request, found, results, catalog):
            if act not in acts:
                acts.append(act)
    if any(act not in _YIELDING for act in acts):
        acts = [act for act in acts if act not in _YIELDING]
    acts = acts[:_MOST_ACTS] or [Act.NOT_UNDERSTOOD]
    if state.misses and set(acts) <= _FAILED:
        acts.append(Act.CONTACT)
    return tuple(acts)


def failed(acts: Sequence[Act]) -> bool:
    """Whether a turn with these acts left the customer without what they asked."""
    return not _FAILED.isdisjoint(acts)


def _acts(
    name: str, request: Request, found: Found, results: Sequence[ActionResult], catalog: Catalog
) -> Iterator[Act]:
    unplaced = name in (_I.OUT_OF_SCOPE, _I.NOT_UNDERSTOOD) or _is_unanswered(name, request, found, catalog)
    if ("" in found.answers and unplaced) or (name in found.answers and (found.is_lacking or name in ON_SHELVES)):
        yield Act.ANSWERED
    elif name in _PLAIN:
        yield _PLAIN[name]
    elif name in SERVICE:
        yield from _service(name, request, found, results)
    elif name in ABOUT_PRODUCT and name != _I.SIMILAR and not (found.searched and not found.pointed):
        yield _about_product(name, request, found, catalog)
        if name in found.answers and found.pointed and not found.pointed[0].is_available:
            yield Act.ANSWERED
    else:
        yield _listing(name, request, found)


def _is_unanswered(name: str, request: Request, found: Found, catalog: Catalog) -> bool:
    """Whether no product is meant by a question about one, or its record says nothing on it."""
    if name not in ABOUT_PRODUCT or name in _PLAIN or name == _I.SIMILAR or found.searched:
        return False
    return not found.pointed or _about_product(name, request, found, catalog) is Act.DETAIL_MISSING


def _listing(name: str, request: Request, found: Found) -> Act:
    """The act that shows a list, or asks what the list should be of."""
    if not found.searched:
        unsaid = {_I.SIMILAR: Act.ASK_WHICH_PRODUCT, _I.BROWSE: Act.CAPABILITIES}
        return unsaid.get(_I(name), Act.ASK_PREFERENCE)
    if request.wants(_I.MORE_RESULTS):
        return Act.MORE_SHOWN if found.candidates else Act.NO_MORE
    if not found.candidates:
        return Act.FOUND_NOTHING
    if found.dropped:
        return Act.RELAXED
    if request.wants(_I.SIMILAR):
        return Act.SIMILAR
    if request.wants(_I.GIFT):
        return Act.GIFT
    if request.wants(*_CHOSEN) and (found.personal or not request.query):
        return Act.RECOMMENDED if found.personal else Act.RECOMMENDED_POPULAR
    return Act.FOUND_ONE if found.total == 1 else Act.FOUND_PRODUCTS


def _about_product(name: str, request: Request, found: Found, catalog: Catalog) -> Act:
    """The act that answers about products already named or shown."""
    if not found.pointed or (name == _I.COMPARE and len(found.pointed) < 2):
        return Act.ASK_WHICH_PRODUCT
    product = found.pointed[0]
    answers: dict[str, Callable[[], Act]] = {
        _I.COMPARE: lambda: Act.COMPARED,
        _I.PRICE: lambda: Act.TOLD_PRICE,
        _I.AVAILABILITY: lambda: _availability(request, product),
        _I.OPTIONS: lambda: Act.TOLD_OPTIONS if options_asked(request, product) else Act.DETAIL_MISSING,
        _I.RATING: lambda: Act.TOLD_RATING if product.rating else Act.DETAIL_MISSING,
        _I.ASK_PRODUCT: lambda: Act.DESCRIBED if detail(product, request.about) else Act.DETAIL_MISSING,
    }
    return answers[name]()


def _availability(request: Request, product: Product) -> Act:
    """Whether it is there, or in what colours and sizes, where it is not to be had in the one asked for."""
    pins = _pins(request.filter)
    if pins.accepts(product):
        return Act.TOLD_STOCK
    return Act.TOLD_OPTIONS if any(getattr(product, pin.field) for pin in pins.conditions) else Act.DETAIL_MISSING


def options_asked(request: Request, product: Product) -> tuple[str, ...]:
    """Which of colours and sizes the message asks for and the product has; both where it names neither."""
    pinned = {f"{condition.field}s" for condition in _pins(request.filter).conditions}
    asked = [field for field, pattern in _OPTIONS.items() if field in pinned or pattern.search(request.message)]
    return tuple(field for field in asked or _OPTIONS if getattr(product, field.removesuffix("s")))


def _service(name: str, request: Request, found: Found, results: Sequence[ActionResult]) -> Iterator[Act]:
    """Acts that answer from orders and FAQs."""
    if name in ACTIONS:
        yield from (result.act for result in results)
    if name in ORDER_READING or (results and name in _ANSWERED_BY_ORDERS):
        return
    if name in _TROUBLES:
        yield Act.APOLOGIZE
        yield from [Act.ANSWERED] if name in found.answers else [Act.LISTEN, Act.CONTACT]
    elif name in _CHANGES and not _QUESTION.search(request.message):
        yield Act.CHANGE_ELSEWHERE
    else:
        told = found.pointed and request.about and detail(found.pointed[0], request.about)
        yield Act.ANSWERED if name in found.answers else Act.DESCRIBED if told else Act.NO_ANSWER


def _pins(wanted: Filter) -> Filter:
    """The part of a filter that picks a variant."""
    return Filter(tuple(condition for condition in wanted.conditions if condition.field in ("color", "size")))
