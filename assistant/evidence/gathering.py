"""Gathering: everything that one reply may say and show, from what was found and done.

Which facts an act brings is laid down in `assistant/evidence/hints.py`; this module keeps to that table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from assistant.act import Act
from assistant.actions.actions import ActionResult
from assistant.conversation.conversation import State
from assistant.evidence.chips import Chips
from assistant.evidence.comparison import comparison_facts
from assistant.evidence.evidence import Evidence, Fact, FactKind
from assistant.evidence.hints import WITH, count_hint, listing_order
from assistant.evidence.order_facts import IN_FULL, IN_HISTORY, TO_CHOOSE, TO_RETURN, order_facts
from assistant.evidence.passage import answer_facts
from assistant.evidence.planning import LISTING_ACTS, POINTED_ACTS, options_asked, plan
from assistant.evidence.product_facts import ProductFacts, attribute_phrase, detail_fact, property_of, reason_fact
from assistant.evidence.search_facts import search_facts
from assistant.evidence.wording import in_words, plural_kind
from assistant.finding import Found
from assistant.intents import IntentName
from assistant.reference import ANSWER_SLOTS, ORDER_SLOTS, PRODUCT_SLOTS
from assistant.request import Request
from assistant.shop import Shop
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product

_FIRST = ("name", "price", "old_price", "saving", "stock", "rating", "brand", "feature")
_NEXT = ("name", "price", "old_price", "stock", "rating", "feature")
_LAST = ("name", "price")
_FIELDS_BY_PLACE = (_FIRST, _NEXT, _NEXT, _LAST, _LAST, _LAST)
_POINTED_FIELDS: dict[Act, tuple[str, ...]] = {
    Act.FOUND_ONE: ("name", "price", "old_price", "saving", "stock", "rating", "brand", "color", "material", "feature"),
    Act.COMPARED: ("name", "price", "stock", "rating", "feature"),
    Act.DESCRIBED: ("name",),
    Act.DETAIL_MISSING: ("name",),
    Act.TOLD_PRICE: ("name", "price", "old_price", "saving"),
    Act.TOLD_STOCK: ("name", "stock", "quantity"),
    Act.TOLD_RATING: ("name", "rating", "reviews", "quote"),
    Act.CART_HELP: ("name", "price", "stock"),
}
_SPOKEN_OF: dict[Act, int] = {
    Act.COMPARED: 2, Act.TOLD_PRICE: 3, Act.TOLD_STOCK: 3, Act.TOLD_RATING: 3, Act.TOLD_OPTIONS: 3,
}  # fmt: skip
"""Of how many products an act speaks, where it is more than one."""
_ORDER_FIELDS: dict[Act, tuple[str, ...]] = {Act.ORDER_HISTORY: IN_HISTORY, Act.WHICH_ORDER: TO_CHOOSE}
_BY_PRICE = frozenset({"compare.cheaper", "compare.difference"})
_RETURNS = frozenset({IntentName.RETURN_ITEM, IntentName.CHECK_REFUND_POLICY})
_REACH = ("shop.email", "shop.phone", "shop.hours")
_ABOUT_SHOP: dict[Act, tuple[str, ...]] = {
    Act.NO_ANSWER: _REACH, Act.CHANGE_ELSEWHERE: _REACH, Act.CONTACT: ("shop.name", *_REACH), Act.GREET: ("shop.name",),
    Act.DETAIL_MISSING: ("shop.email", "shop.phone"),     **dict.fromkeys(
        (Act.WHO_ARE_YOU, Act.CAPABILITIES, Act.OUT_OF_SCOPE, Act.NOT_UNDERSTOOD, Act.HOW_ARE_YOU, Act.OTHER_LANGUAGE),
        ("shop.name", "shop.offers"),
    ),
}  # fmt: skip
_NAMED = frozenset(
    {
        Act.RECOMMENDED, Act.RECOMMENDED_POPULAR, Act.ORDER_NOT_FOUND, Act.NO_ORDERS, Act.SIGN_IN, Act.LISTEN,
        Act.APOLOGIZE, Act.CALM, Act.ACKNOWLEDGE, Act.WELCOME, Act.GLAD, Act.GOODBYE, Act.GREET,
    }
)  # fmt: skip


def _utc_today() -> date:
    return datetime.now(UTC).date()


class Gatherer:
    """Gathers evidence for one shop. `today` gives the date by which return windows are open or closed."""

    def __init__(self, catalog: Catalog, shop: Shop, today: Callable[[], date] = _utc_today) -> None:
        self._catalog = catalog
        self._shop = shop
        self._today = today
        self._products = ProductFacts(catalog)
        self._chips = Chips(catalog)
        self._offers = _offers(catalog)

    def gather(
        self, request: Request, found: Found, results: Sequence[ActionResult], state: State, customer: Customer | None
    ) -> Evidence:
        """Acts in the order asked, their facts in listing order, cards, sources and chips."""
        acts = plan(request, found, results, state, self._catalog)
        shown = self._shown(acts, found, state)
        answers = self._answers(acts, found)
        facts: dict[str, Fact] = {}
        for act in acts:
            for fact in self._facts(act, request, found, results, shown, customer):
                facts.setdefault(fact.key, fact)
        if {Act.ANSWERED, Act.CHANGE_ELSEWHERE} & set(acts):
            for slot, faq in zip(ANSWER_SLOTS, answers, strict=False):
                facts |= {fact.key: fact for fact in answer_facts(slot, faq, request.message)}
        return Evidence(
            acts=acts,
            facts=tuple(sorted(facts.values(), key=lambda fact: listing_order(fact.key))),
            candidates=shown,
            sources=answers,
            chips=self._chips.of(acts, request, found, shown, [order for result in results for order in result.orders]),
        )

    def _shown(self, acts: Sequence[Act], found: Found, state: State) -> tuple[Candidate, ...]:
        """The products of this reply, in the order of the slots p1, p2 and so on."""
        pointed = tuple(Candidate(product, 1.0) for product in found.pointed)
        if not LISTING_ACTS.isdisjoint(acts):
            if POINTED_ACTS.isdisjoint(acts):
                return found.candidates[: len(PRODUCT_SLOTS)]
            ids = {candidate.product.id for candidate in pointed}
            others = tuple(candidate for candidate in found.candidates if candidate.product.id not in ids)
            return (pointed + others)[: len(PRODUCT_SLOTS)]
        if not POINTED_ACTS.isdisjoint(acts):
            return pointed[: len(PRODUCT_SLOTS)]
        if Act.ASK_WHICH_PRODUCT in acts:
            known = (self._catalog.products.get(id) for id in state.shown[:3])
            return tuple(Candidate(product, 1.0) for product in known if product)
        return ()

    def _answers(self, acts: Sequence[Act], found: Found) -> tuple[Faq, ...]:
        if {Act.ANSWERED, Act.CHANGE_ELSEWHERE}.isdisjoint(acts):
            return ()
        faqs = {hit.faq.id: hit.faq for hit in found.answers.values() if hit.faq.answer.strip()}
        return tuple(faqs.values())[: len(ANSWER_SLOTS)]

    def _facts(
        self,
        act: Act,
        request: Request,
        found: Found,
        results: Sequence[ActionResult],
        shown: Sequence[Candidate],
        customer: Customer | None,
    ) -> Iterator[Fact]:
        """The facts that one act brings."""
        yield from search_facts(act, request, found, self._catalog.facets)
        yield from self._product_facts(act, request, shown)
        yield from self._order_facts(act, request, results)
        asks_for_range = act is Act.CAPABILITIES and request.wants(IntentName.BROWSE)
        yield from self._shop_facts(("shop.offers",) if asks_for_range else _ABOUT_SHOP.get(act, ()))
        if act in _NAMED and customer is not None and customer.name.strip():
            yield Fact("customer.name", FactKind.NAME, customer.name.split()[0], "", f"customer:{customer.id}")

    def _product_facts(self, act: Act, request: Request, shown: Sequence[Candidate]) -> Iterator[Fact]:
        if act in LISTING_ACTS:
            products = [candidate.product for candidate in shown]
            yield from _asked_features(products[:3], request.filter.sort_field)
        if act in LISTING_ACTS and act is not Act.FOUND_ONE:
            yield from self._list_facts(shown)
        elif act is Act.ASK_WHICH_PRODUCT:
            for slot, candidate in zip(PRODUCT_SLOTS, shown, strict=False):
                yield from self._products.of(slot, candidate.product, ("name",))
        elif act in POINTED_ACTS | {Act.FOUND_ONE}:
            yield from self._pointed_facts(act, request, shown)

    def _list_facts(self, shown: Sequence[Candidate]) -> Iterator[Fact]:
        reasons: set[str] = set()
        for slot, fields, candidate in zip(PRODUCT_SLOTS, _FIELDS_BY_PLACE, shown, strict=False):
            yield from self._products.of(slot, candidate.product, fields)
            reason = reason_fact(slot, candidate) if fields is not _LAST else None
            if reason and reason.text not in reasons:
                reasons.add(reason.text)
                yield reason

    def _pointed_facts(self, act: Act, request: Request, shown: Sequence[Candidate]) -> Iterator[Fact]:
        products = [candidate.product for candidate in shown]
        if act is Act.COMPARED:
            asked = tuple(_asked_features(products[:2], request.about))
            yield from asked
            on_one_matter = len(asked) > 1
            yield from (
                f for f in comparison_facts(products[0], products[1]) if not on_one_matter or f.key in _BY_PRICE
            )
        for slot, product in zip(PRODUCT_SLOTS[: _SPOKEN_OF.get(act, 1)], products, strict=False):
            fields = ("name", *options_asked(request, product)) if act is Act.TOLD_OPTIONS else _POINTED_FIELDS[act]
            if act is Act.COMPARED and on_one_matter:
                fields = ("name", "price")
            yield from self._products.of(slot, product, fields)
        if act is Act.DESCRIBED and (told := detail_fact("p1", products[0], request.about)):
            yield told

    def _order_facts(self, act: Act, request: Request, results: Sequence[ActionResult]) -> Iterator[Fact]:
        """Facts of the orders that `act` is about; an order keeps its slot across acts."""
        orders = {order.id: order for result in results for order in result.orders}
        slots = dict(zip(orders, ORDER_SLOTS, strict=False))
        for result in results:
            if result.act is not act:
                continue
            if act in _ORDER_FIELDS:
                yield Fact("order.count", FactKind.NUMBER, str(result.count), count_hint(result.count), "computed")
            for order in result.orders:
                if order.id in slots:
                    until = order.return_until(self._shop.return_days)
                    may_return = until is not None and until >= self._today() and request.wants(*_RETURNS)
                    asked = TO_RETURN if may_return else IN_FULL
                    fields = _ORDER_FIELDS.get(act, asked)
                    yield from order_facts(slots[order.id], order, fields, self._shop.return_days, self._today())

    def _shop_facts(self, keys: Iterable[str]) -> Iterator[Fact]:
        shop = self._shop
        known = {
            "shop.name": (FactKind.NAME, shop.name), "shop.email": (FactKind.CONTACT, shop.email),
            "shop.phone": (FactKind.CONTACT, shop.phone), "shop.hours": (FactKind.TEXT, shop.hours),
            "shop.offers": (FactKind.TEXT, self._offers),
        }  # fmt: skip
        for key in keys:
            kind, text = known[key]
            if text:
                yield Fact(key, kind, text, "", "shop")


def _asked_features(products: Sequence[Product], about: str) -> Iterator[Fact]:
    """What each record says on the property that the comparison is about, in place of any other feature."""
    for slot, product in zip(PRODUCT_SLOTS, products, strict=False):
        told = property_of(product, about) if about else None
        if told:
            phrase = attribute_phrase(*told)
            yield Fact(f"{slot}.feature", FactKind.TEXT, phrase, WITH, f"product:{product.id}")


def _offers(catalog: Catalog) -> str:
    """The kinds of product that make up most of the shop, in words."""
    counts = catalog.facets.product_types
    outermost = {path[0] for product in catalog.products.values() if (path := product.category_path)}
    kinds = [step for step, _ in sorted(counts.items(), key=lambda item: -item[1]) if step not in outermost]
    chosen = kinds if len(kinds) > 2 else sorted(outermost, key=lambda step: -counts[step])
    return in_words([plural_kind(step) for step in chosen[:4]])
