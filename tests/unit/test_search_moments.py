"""Search at a moment: filter, order, discount and reasons agree with the offers of that moment, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalog.candidate import ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter, Operator, Sort
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.catalog.window import Window
from retrieval.index.index import Index
from retrieval.search.search import Search
from tests.unit.small_shop import product, random_shop
from tests.unit.word_encoder import WordEncoder

ENCODER = WordEncoder()
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOURS = st.integers(-80, 80).map(lambda hours: NOON + timedelta(hours=hours))


def dated(number: int, item: Product) -> Product:
    """A product on sale for some hours around noon, or expiring then, by its number."""
    start, end = NOON + timedelta(hours=number % 97 - 60), NOON + timedelta(hours=number % 61 - 10)
    sale = Money(item.price.amount / 2) if number % 3 else None
    window = Window(start, end) if sale and start < end else Window(start if sale else None, None)
    return replace(
        item,
        item_group_id="",
        sale_price=sale,
        sale_price_effective_date=window,
        expiration_date=NOON + timedelta(hours=number % 83) if number % 7 == 0 else None,
    )


@cache
def search() -> Search:
    items = random_shop(300).products.values()
    catalog = Catalog(dated(number, item) for number, item in enumerate(items))
    return Search(catalog, Index.in_memory(catalog, ENCODER), ENCODER, now=lambda: NOON)


@given(HOURS, st.integers(0, 300).map(Decimal), st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_one_moment_decides_price_saving_filter_and_order(moment: datetime, limit: Decimal, is_reduced: bool) -> None:
    reduced = Condition("discount", Operator.AT_LEAST, number=Decimal("0.01"))
    conditions = (Condition("price", Operator.AT_MOST, number=limit), *((reduced,) if is_reduced else ()))
    found = search().products("", Filter(conditions, Sort.PRICE_LOW), 1000, moment=moment).candidates
    offers = [candidate.product.offer_at(moment) for candidate in found]
    assert [offer.price.amount for offer in offers] == sorted(offer.price.amount for offer in offers)
    assert not any(offer.is_over for offer in offers)
    wanted = {
        item.id
        for item in search()._catalog.products.values()
        if not (offer := item.offer_at(moment)).is_over
        and offer.price.amount <= limit
        and (offer.saving is not None or not is_reduced)
    }
    assert {candidate.product.id for candidate in found} == wanted
    for candidate, offer in zip(found, offers, strict=True):
        is_said = any(reason.kind is ReasonKind.GOOD_PRICE for reason in candidate.reasons)
        assert not is_said or offer.saving is not None


def test_a_search_without_a_moment_is_about_now() -> None:
    assert search().products("", Filter(), 1000) == search().products("", Filter(), 1000, moment=NOON)


def test_what_is_no_longer_offered_is_never_found_or_suggested() -> None:
    tents = [product(f"t{n}", "Alder Tent", "100", "Camping > Tents") for n in range(3)]
    tents[1] = replace(tents[1], expiration_date=NOON)
    catalog = Catalog(tents)
    shop = Search(catalog, Index.in_memory(catalog, ENCODER), ENCODER)
    before, after = NOON - timedelta(seconds=1), NOON

    def ids(moment: datetime) -> list[set[str]]:
        pages = (
            shop.products("tent", Filter(), 9, moment=moment),
            shop.recommend(None, Filter(), 9, moment),
            shop.similar("t0", Filter(), 9, moment=moment),
        )
        return [{candidate.product.id for candidate in page.candidates} for page in pages]

    assert ids(before) == [{"t0", "t1", "t2"}, {"t0", "t1", "t2"}, {"t1", "t2"}]
    assert ids(after) == [{"t0", "t2"}, {"t0", "t2"}, {"t2"}]
