"""Offers: price, saving and availability at one moment, before, inside and after every date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.catalog.window import ALWAYS, Window
from tests.unit.shop_values import moments, products

calm = settings(suppress_health_check=[HealthCheck.too_slow])  # a whole product takes long to draw
TENT = Product("T", "Tent", Money(Decimal(200)), sale_price=Money(Decimal(150)))
INSTANT = timedelta(microseconds=1)


@given(moments, moments)
def test_a_sale_counts_from_its_start_until_before_its_end(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other + INSTANT))
    tent = replace(TENT, sale_price_effective_date=Window(start, end))
    on, off = Money(Decimal(150)), Money(Decimal(200))
    for moment, price in ((start - INSTANT, off), (start, on), (end - INSTANT, on), (end, off)):
        if start < end or price == off:
            offer = tent.offer_at(moment)
            assert offer.price == price
            assert offer.saving == (Money(Decimal(50)) if price == on else None)
            assert offer.old_price == (off if price == on else None)


@calm
@given(products(), moments, st.integers(-12, 14))
def test_an_offer_is_of_the_moment_whatever_its_time_zone(product: Product, moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert product.offer_at(moment) == product.offer_at(elsewhere)


@calm
@given(products(), moments)
def test_price_old_price_and_saving_always_fit_together(product: Product, moment: datetime) -> None:
    offer = product.offer_at(moment)
    if offer.old_price is None:
        assert (offer.price, offer.saving) == (product.price, None)
    else:
        assert offer.saving is not None
        assert (offer.old_price, offer.price) == (product.price, product.sale_price)
        assert offer.old_price - offer.saving == offer.price
        assert product.sale_price_effective_date.holds(moment)


@calm
@given(products(), st.lists(moments, min_size=2, max_size=2, unique=True))
def test_an_offer_changes_only_at_the_moments_that_the_product_names(product: Product, pair: list[datetime]) -> None:
    before, after = sorted(pair)
    if not any(before < change <= after for change in product.changes()):
        assert product.offer_at(before) == product.offer_at(after)


@given(moments)
def test_an_offer_is_over_from_its_expiration_on(end: datetime) -> None:
    tent = replace(TENT, expiration_date=end)
    assert tent.offer_at(end - INSTANT).is_available
    over = tent.offer_at(end)
    assert (over.is_over, over.is_available, over.availability) == (True, False, Availability.OUT_OF_STOCK)


@given(moments, st.sampled_from(Availability))
def test_a_shipping_date_is_said_of_what_is_sent_later_and_only_before_it(
    date: datetime, availability: Availability
) -> None:
    tent = replace(TENT, availability=availability, availability_date=date)
    awaited = tent.offer_at(date - INSTANT)
    assert awaited.ships_from == (date if awaited.can_be_ordered_later else None)
    assert tent.offer_at(date).ships_from is None
    assert tent.offer_at(date).availability is availability  # a date that has passed puts nothing in stock


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        TENT.offer_at(datetime(2026, 11, 29))


def test_a_window_is_written_as_feeds_do() -> None:
    start = datetime(2026, 11, 27, tzinfo=UTC)
    assert str(Window(start, None)) == "2026-11-27T00:00:00+00:00/"
    assert str(Window(None, start)) == "/2026-11-27T00:00:00+00:00"
    assert str(ALWAYS) == ""
