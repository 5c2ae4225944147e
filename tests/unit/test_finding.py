"""Finding looks up what the intents need, gives conditions up one by one, and says which."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from assistant.conversation.conversation import State
from assistant.finding import Finder, Found
from assistant.intents import IntentName
from assistant.request import Intent, Request
from retrieval.catalog.candidate import Candidate, Reason, ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.filter import Condition, Filter, Operator, Sort
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.search.search import FaqHit, SearchResult

I = IntentName  # noqa: E741
RETURNS = Faq("returns", "What is your return policy?", "30 days.", ("check_refund_policy",))
SALE = Faq("sale", "Can I return sale items?", "No.", ("check_refund_policy",))
HIRING = Faq("hiring", "Are you hiring?", "Yes.")
PRODUCTS = tuple(
    Product(
        f"t-{number}", f"Tent {number}", Money(Decimal(number * 10)), product_type="Tents", item_group_id=f"g-{number // 2}",
        color="Red" if number % 2 else "Green", availability=Availability.OUT_OF_STOCK if number == 3 else Availability.IN_STOCK,
    )
    for number in range(1, 10)
)  # fmt: skip
CATALOG = Catalog(PRODUCTS, (RETURNS, SALE, HIRING))


class ListSearch:
    """Lists what the filter accepts, in catalogue order; a FAQ's score is the share of its title's words in the question."""

    def products(
        self, query: str, filter: Filter, limit: int, customer_id: str | None = None, offset: int = 0
    ) -> SearchResult:
        accepted = [product for product in PRODUCTS if filter.accepts(product)]
        shown = accepted[offset : offset + limit]
        return SearchResult(tuple(Candidate(product, 1.0) for product in shown), len(accepted))

    def has_kind(self, query: str) -> bool:
        return "kayak" not in query

    def similar(self, product_id: str, filter: Filter, limit: int, customer_id: str | None = None) -> SearchResult:
        found = self.products("", filter, limit)
        kept = tuple(candidate for candidate in found.candidates if candidate.product.id != product_id)
        return SearchResult(kept, len(kept))

    def recommend(self, customer_id: str | None, filter: Filter, limit: int) -> SearchResult:
        reasons = (Reason(ReasonKind.LIKE_VIEWED, "close to what you viewed", 1.0),) if customer_id else ()
        found = self.products("", filter, limit)
        return SearchResult(tuple(Candidate(c.product, 1.0, reasons) for c in found.candidates), found.total)

    def faqs(self, query: str, limit: int, intents: Sequence[str] = ()) -> tuple[FaqHit, ...]:
        asked = set(query.lower().strip("?").split())
        titles = ((faq, faq.title.lower().strip("?").split()) for faq in CATALOG.faqs.values())
        return tuple(FaqHit(faq, len(asked & set(title)) / len(title)) for faq, title in titles)


FINDER = Finder(CATALOG, ListSearch())  # type: ignore[arg-type]


def _find(
    *intents: str, state: State | None = None, customer: str | None = None, message: str = "hm", **fields: object
) -> Found:
    request = Request(message, tuple(Intent(name, 1.0) for name in intents), **fields)  # type: ignore[arg-type]
    return FINDER.find(request, customer, state or State())


def _at_most(number: int) -> Condition:
    return Condition("price", Operator.AT_MOST, number=Decimal(number))


def _in(field: str, *values: str) -> Condition:
    return Condition(field, Operator.IN, values)


def _ids(found: Found) -> list[str]:
    return [candidate.product.id for candidate in found.candidates]


def test_a_search_lists_what_fits() -> None:
    found = _find(I.FIND_PRODUCT, query="tents", filter=Filter((_at_most(30),)))
    assert (_ids(found), found.total, found.dropped) == (["t-1", "t-2", "t-3"], 3, ())


def test_an_impossible_condition_is_given_up_and_named() -> None:
    purple = _in("color", "Purple")
    found = _find(I.FIND_PRODUCT, query="tents", filter=Filter((purple, _at_most(30))))
    assert (_ids(found), found.dropped) == (["t-1", "t-2", "t-3"], (purple,))
    assert found.kept == Filter((_at_most(30),))


def test_both_bounds_of_a_range_are_given_up_together() -> None:
    bounds = (
        Condition("price", Operator.AT_LEAST, number=Decimal(500)),
        Condition("price", Operator.AT_MOST, number=Decimal(600)),
    )
    assert _find(I.FIND_PRODUCT, query="tents", filter=Filter(bounds)).dropped == bounds


def test_several_conditions_are_given_up_only_where_one_is_not_enough() -> None:
    wanted = Filter((_in("color", "Purple"), _in("brand", "Nobody"), _at_most(20)))
    found = _find(I.FIND_PRODUCT, query="tents", filter=wanted)
    assert {condition.field for condition in found.dropped} == {"color", "brand"}
    assert found.kept == Filter((_at_most(20),))


@pytest.mark.parametrize(
    "kept", [_in("product_type", "Kettles"), Condition("product_type", Operator.NOT_IN, ("Tents",))]
)
def test_the_kind_and_what_is_ruled_out_are_never_given_up(kept: Condition) -> None:
    found = _find(I.FIND_PRODUCT, query="kettle", filter=Filter((kept,)))
    assert (found.searched, found.total, found.dropped) == (True, 0, ())


def test_more_goes_on_where_the_list_ended() -> None:
    before = Request("tents", (Intent(I.FIND_PRODUCT, 1.0),), query="tents")
    found = _find(I.MORE_RESULTS, state=State(request=before, offset=6))
    assert _ids(found) == ["t-7", "t-8", "t-9"]


def test_a_recommendation_is_personal_only_with_a_history() -> None:
    assert _find(I.RECOMMEND, customer="c").personal
    assert not _find(I.RECOMMEND).personal


def test_an_open_request_searches_nothing() -> None:
    assert not _find(I.FIND_PRODUCT).searched


def test_it_is_the_product_in_focus() -> None:
    assert [product.id for product in _find(I.PRICE, state=State(focus="t-2", shown=("t-1", "t-2"))).pointed] == ["t-2"]


def test_the_first_two_shown_are_compared() -> None:
    found = _find(I.COMPARE, state=State(shown=("t-4", "t-5", "t-6")))
    assert [product.id for product in found.pointed] == ["t-4", "t-5"]


def test_a_named_product_is_compared_with_another_one_shown() -> None:
    found = _find(I.COMPARE, state=State(shown=("t-4", "t-5")), product_ids=("t-5",))
    assert [product.id for product in found.pointed] == ["t-5", "t-4"]


def test_the_variant_asked_for_is_meant() -> None:
    found = _find(I.AVAILABILITY, product_ids=("t-2",), filter=Filter((_in("color", "Red"),)))
    assert [product.id for product in found.pointed] == ["t-3"]


def test_products_are_similar_to_the_one_pointed_at() -> None:
    found = _find(I.SIMILAR, product_ids=("t-1",), filter=Filter((_at_most(30),)))
    assert _ids(found) == ["t-2", "t-3"]
    assert not _find(I.SIMILAR).searched


def test_sale_and_best_sellers_add_their_conditions() -> None:
    assert (
        _find(I.ON_SALE).kept.conditions == (Condition("discount", Operator.AT_LEAST, number=Decimal("0.01")),)
        or _find(I.ON_SALE).dropped
    )
    assert _find(I.BEST_SELLERS, query="tents").kept.sort is Sort.POPULARITY


def test_the_faq_that_says_no_more_than_was_asked_answers() -> None:
    assert (
        _find(I.CHECK_REFUND_POLICY, message="what is your return policy").answers[I.CHECK_REFUND_POLICY].faq is RETURNS
    )
    assert _find(I.CHECK_REFUND_POLICY, message="can i return sale items").answers[I.CHECK_REFUND_POLICY].faq is SALE


def test_a_distant_faq_does_not_answer() -> None:
    assert not _find(I.POLICY_QUESTION, message="do you rent tents").answers


def test_each_of_two_questions_finds_its_own_answer() -> None:
    found = _find(I.CHECK_REFUND_POLICY, I.POLICY_QUESTION, message="what is your return policy and are you hiring")
    assert {name: hit.faq.id for name, hit in found.answers.items()} == {
        "check_refund_policy": "returns",
        "policy_question": "hiring",
    }


def test_a_message_beyond_the_shop_is_answered_where_a_faq_fits_it_closely() -> None:
    assert _find(I.OUT_OF_SCOPE, message="are you hiring").answers[""].faq is HIRING
    assert not _find(I.OUT_OF_SCOPE, message="who are we").answers
