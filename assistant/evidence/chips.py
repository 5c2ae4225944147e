"""Chips: the natural next questions, each a whole message that works when the customer sends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from assistant.act import Act
from assistant.actions.order import Order
from assistant.evidence.lexicon import words
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS
from assistant.evidence.wording import lower, plural_kind
from assistant.finding import Found
from assistant.intents import IntentName
from assistant.request import Request
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Sort
from retrieval.catalog.product import Product

_MOST = 4
_LONGEST = 60
_QUESTIONS: dict[str, str] = {
    IntentName.CHECK_REFUND_POLICY: "What is your return policy?",
    IntentName.DELIVERY_PERIOD: "How long does delivery take?",
    IntentName.SHIPPING_COST: "How much is delivery?",
    IntentName.CHECK_PAYMENT_METHODS: "How can I pay?",
    IntentName.RETURN_ITEM: "How do I return something?",
    IntentName.DELIVERY_OPTIONS: "Which delivery options do you have?",
    IntentName.CANCEL_ORDER: "How do I cancel an order?",
}
_ORDERS = frozenset({Act.ORDER_STATUS, Act.ORDER_DELIVERY, Act.ORDER_ITEMS, Act.ORDER_HISTORY})
_SERVICE = frozenset(
    {Act.ANSWERED, Act.NO_ANSWER, Act.CHANGE_ELSEWHERE, Act.SIGN_IN, Act.NO_ORDERS, Act.ORDER_NOT_FOUND}
)
_SILENT = frozenset({Act.CONTACT, Act.GOODBYE, Act.APOLOGIZE, Act.LISTEN, Act.CALM})


class Chips:
    """Makes chips from one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._has_offers = any(p.current_price.amount < p.price.amount for p in catalog.products.values())
        self._kinds = self._main_kinds()
        tagged = {intent for faq in catalog.faqs.values() for intent in faq.intents}
        asked = [question for intent, question in _QUESTIONS.items() if intent in tagged]
        titles = [faq.title for faq in catalog.faqs.values() if faq.title.endswith("?") and len(faq.title) <= _LONGEST]
        self._questions = asked or titles

    def of(
        self, acts: Sequence[Act], request: Request, found: Found, shown: Sequence[Candidate], orders: Sequence[Order]
    ) -> tuple[str, ...]:
        """At most four chips for a reply with these acts, products and orders; none repeats the message."""
        products = [candidate.product for candidate in shown]
        offered = chain.from_iterable(self._after(act, request, found, products, orders) for act in acts)
        said = request.message.strip().casefold()
        return tuple(islice((chip for chip in dict.fromkeys(offered) if chip.casefold() != said), _MOST))

    def _after(
        self, act: Act, request: Request, found: Found, products: Sequence[Product], orders: Sequence[Order]
    ) -> Iterator[str]:
        if act is Act.COMPARED:
            yield from ("Tell me more about the first one", "Is the second one in stock?")
        elif act in LISTING_ACTS and len(products) > 1:
            yield from self._after_list(request, found, products)
        elif act in LISTING_ACTS | POINTED_ACTS and products:
            yield from self._after_product(act, products[0])
        elif act is Act.ASK_WHICH_PRODUCT and products:
            yield from (f"Tell me about the {product.title}" for product in products)
        elif act is Act.WHICH_ORDER:
            yield from (f"Where is order {order.id}?" for order in orders)
        elif act in _ORDERS:
            yield from self._after_order(act, orders)
        elif act in _SERVICE:
            yield from self._other_questions(found)
        elif act not in _SILENT:
            yield from self._starters()

    def _after_list(self, request: Request, found: Found, products: Sequence[Product]) -> Iterator[str]:
        prices = [product.current_price.amount for product in products]
        if request.filter.sort is not Sort.PRICE_LOW and (found.total > len(products) or prices[0] > min(prices)):
            yield "Show cheaper ones"
        yield "Compare the first two"
        if not any(condition.field == "color" for condition in request.filter.conditions):
            spoken = (lower(product.color) for product in products if product.color.isalpha())
            colors = Counter(color for color in spoken if color not in words("ordinary"))
            yield from (f"Only in {color}" for color, count in colors.most_common(1) if count < len(products))
        if found.total > len(products):
            yield "Show me more"
        yield "Tell me more about the first one"

    def _after_product(self, act: Act, product: Product) -> Iterator[str]:
        variants = self._catalog.variants(product)
        if act is not Act.TOLD_STOCK:
            yield "Is it in stock?"
        if act is not Act.TOLD_OPTIONS and len({variant.size for variant in variants}) > 1:
            yield "What sizes does it come in?"
        elif act is not Act.TOLD_OPTIONS and len({variant.color for variant in variants}) > 1:
            yield "What colours does it come in?"
        if act is not Act.TOLD_RATING and product.rating:
            yield "What do customers say about it?"
        if act not in (Act.DESCRIBED, Act.DETAIL_MISSING):
            yield "Tell me more about it"
        yield "Show me similar ones"

    def _after_order(self, act: Act, orders: Sequence[Order]) -> Iterator[str]:
        if orders and act is not Act.ORDER_ITEMS:
            yield f"What was in order {orders[0].id}?"
        if orders and act is not Act.ORDER_DELIVERY and orders[0].status.is_open:
            yield f"When will order {orders[0].id} arrive?"
        if act is not Act.ORDER_HISTORY:
            yield "Show my order history"
        yield from self._questions[:1]

    def _other_questions(self, found: Found) -> Iterator[str]:
        answered = {_QUESTIONS.get(intent, "") for intent in found.answers}
        answered |= {hit.faq.title for hit in found.answers.values()}
        yield from islice((question for question in self._questions if question not in answered), 3)

    def _starters(self) -> Iterator[str]:
        yield "Recommend something for me"
        if self._has_offers:
            yield "What's on sale?"
        yield from (f"Show me {kind}" for kind in self._kinds[:1])
        yield from self._questions[:1]

    def _main_kinds(self) -> list[str]:
        """Innermost kinds of product, the most frequent first."""
        innermost = Counter(path[-1] for product in self._catalog.products.values() if (path := product.category_path))
        return [plural_kind(step) for step, _ in innermost.most_common(3)]
