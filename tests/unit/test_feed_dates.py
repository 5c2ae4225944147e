"""Dates of feeds: when a sale is on, a pre-order is sent and an offer ends, in every format that says so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.catalog.window import ALWAYS, Window
from retrieval.feeds.dates import read_end, read_start, read_window
from tests.unit.feed_files import Read, read_bytes
from tests.unit.shop_values import days, windows

BERLIN = ZoneInfo("Europe/Berlin")
SALE = Window(datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC))
SHIPS, ENDS = datetime(2027, 1, 10, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
DATED = {
    "merchant table": (
        "id\ttitle\tprice\tsale_price\tsale_price_effective_date\tavailability\tavailability_date\texpiration_date\n"
        "A\tTent\t20.00\t10.00\t2026-11-27T00:00-0000/2026-12-01T13:00+0100\tpreorder\t2027-01-10\t2027-02-28\n"
    ),
    "merchant xml": (
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>A</g:id><title>Tent</title>'
        "<g:price>20.00 USD</g:price><g:sale_price>10.00 USD</g:sale_price>"
        "<g:sale_price_effective_date>2026-11-27/2026-12-01T12:00Z</g:sale_price_effective_date>"
        "<g:availability>preorder</g:availability><g:availability_date>2027-01-10T00:00Z</g:availability_date>"
        "<g:expiration_date>2027-03-01T00:00Z</g:expiration_date></item></channel></rss>"
    ),
    "our own lines": json.dumps(
        {
            "id": "A", "title": "Tent", "price": "20.00 USD", "sale_price": "10.00 USD", "availability": "preorder",
            "sale_price_effective_date": "2026-11-27/2026-12-01T12:00", "availability_date": "2027-01-10",
            "expiration_date": "2027-02-28",
        }
    ),
    "another shop's json": json.dumps(
        {
            "id": "A", "name": "Tent", "regular_price": "20.00", "sale_price": "10.00", "availability": "preorder",
            "date_on_sale_from": "2026-11-27T01:00:00", "date_on_sale_from_gmt": "2026-11-27T00:00:00",
            "date_on_sale_to_gmt": "2026-12-01T12:00:00", "availabilityStarts": "2027-01-10", "priceValidUntil": "2027-02-28",
        }
    ),
    "schema.org, on sale": json.dumps(
        {
            "@type": "Product", "sku": "A", "name": "Tent",
            "offers": {
                "price": "10.00", "priceCurrency": "USD", "availability": "https://schema.org/PreOrder",
                "validFrom": "2026-11-27", "priceValidUntil": "2026-12-01T12:00Z", "availabilityStarts": "2027-01-10",
                "availabilityEnds": "2027-02-28",
                "priceSpecification": {"priceType": "https://schema.org/StrikethroughPrice", "price": "20.00"},
            },
        }
    ),
}  # fmt: skip


def only(read: Read) -> Product:
    assert read.errors == []
    (product,) = read.products.values()
    return product


@pytest.mark.parametrize("name", DATED)
def test_every_format_gives_the_same_dates(tmp_path: Path, name: str) -> None:
    read = read_bytes(tmp_path, DATED[name])
    tent = only(read)
    assert read.mended == []
    assert tent.sale_price is not None
    assert (tent.sale_price_effective_date, tent.availability_date, tent.expiration_date) == (SALE, SHIPS, ENDS)
    assert tent.attributes == {}


def test_woocommerce_says_when_a_sale_begins_and_ends(tmp_path: Path) -> None:
    text = (
        "ID,Type,SKU,Name,Published,In stock?,Regular price,Sale price,Date sale price starts,Date sale price ends\n"
        "1,simple,A,Tent,1,1,20.00,10.00,2026-11-27,2026-11-30\n"
        "2,simple,B,Tent,1,1,20.00,10.00,,2026-11-30 18:00:00\n"
    )
    products = read_bytes(tmp_path, text, zone=BERLIN).products
    start, end = datetime(2026, 11, 26, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert products["A"].sale_price_effective_date == Window(start, end)
    assert products["B"].sale_price_effective_date == Window(None, datetime(2026, 11, 30, 17, tzinfo=UTC))


def test_a_price_that_is_valid_until_a_day_ends_the_offer_if_nothing_is_reduced(tmp_path: Path) -> None:
    node = {
        "@type": "Product", "sku": "A", "name": "Tent",
        "offers": {"price": "10.00", "priceCurrency": "USD", "priceValidUntil": "2027-02-28"},
    }  # fmt: skip
    tent = only(read_bytes(tmp_path, json.dumps(node)))
    assert (tent.sale_price_effective_date, tent.expiration_date) == (ALWAYS, ENDS)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(days, st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "UTC"]))
def test_a_date_without_a_time_is_the_shops_whole_day(tmp_path: Path, day: date, name: str) -> None:
    zone = ZoneInfo(name)
    row = {"id": "A", "title": "Tent", "price": 20, "sale_price": 10, "sale_price_effective_date": f"{day}/{day}"}
    window = only(read_bytes(tmp_path, json.dumps(row), zone=zone)).sale_price_effective_date
    midnight = datetime.combine(day, time(), zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    assert window == Window(midnight.astimezone(UTC), next_midnight.astimezone(UTC))
    assert window.holds(datetime.combine(day, time(23, 59, 59), zone))
    assert not window.holds(next_midnight)
    assert not window.holds(midnight - timedelta(seconds=1))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(windows)
def test_a_window_is_read_as_it_is_written(tmp_path: Path, window: Window) -> None:
    row = {"id": "A", "title": "Tent", "price": 20, "sale_price": 10, "sale_price_effective_date": str(window)}
    assert only(read_bytes(tmp_path, json.dumps(row), zone=BERLIN)).sale_price_effective_date == window


@pytest.mark.parametrize(
    ("cells", "field", "lost"),
    [
        ({"sale_price_effective_date": "soon/later"}, "sale_price_effective_date", "sale_price"),
        ({"sale_price_effective_date": "2026-12-01/2026-11-01"}, "sale_price_effective_date", "sale_price"),
        ({"expiration_date": "never"}, "expiration_date", "expiration_date"),
        ({"availability_date": "2026-13-01"}, "availability_date", "availability_date"),
        ({"sale_price": "30.00"}, "sale_price", "sale_price"),
    ],
)
def test_a_product_is_kept_without_what_is_wrong_with_its_sale_or_dates(
    tmp_path: Path, cells: dict[str, str], field: str, lost: str
) -> None:
    row = {
        "id": "A", "title": "Tent", "price": "20.00", "sale_price": "10.00", "sale_price_effective_date": "2026-11-01/2026-12-01",
        "availability_date": "2026-11-01", "expiration_date": "2027-01-01", **cells,
    }  # fmt: skip
    read = read_bytes(tmp_path, json.dumps(row))
    tent = only(read)
    assert read.mended == [(1, field)]
    assert getattr(tent, lost) is None
    kept = {"sale_price", "availability_date", "expiration_date"} - {lost}
    assert all(getattr(tent, name) is not None for name in kept)
    if lost == "sale_price":
        assert tent.sale_price_effective_date == ALWAYS


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-27", "27.11.2026", "27.11.26", "27/11/2026", "11/27/2026", "2026/11/27", "27-11-2026", "Nov 27, 2026", "27 Nov 2026", "27. November 2026",
        "27 de noviembre de 2026", "November 27th, 2026", "27 novembre 2026",
    ],
)  # fmt: skip
def test_days_as_countries_write_them(written: str) -> None:
    assert read_start(written, BERLIN) == datetime(2026, 11, 27, tzinfo=BERLIN)
    assert read_end(written, BERLIN) == datetime(2026, 11, 28, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "written",
    [
        "27.11.2026 09:30",
        "11/27/2026 9:30 AM",
        "2026-11-27T08:30Z",
        "Fri, 27 Nov 2026 09:30:00 +0100",
        "1795768200",
        "1795768200000",
        "Nov 27, 2026, 09:30",
    ],
)
def test_moments_as_programs_write_them(written: str) -> None:
    assert read_start(written, BERLIN) == read_end(written, BERLIN) == datetime(2026, 11, 27, 9, 30, tzinfo=BERLIN)


@pytest.mark.parametrize("written", ["03/04/2026", "31.02.2026", "soon", "27 Smarch 2026", "2026", "12.2026"])
def test_a_day_that_may_be_two_or_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"may be|no date"):
        read_start(written, BERLIN)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-27/2026-11-30",
        "27.11.2026 - 30.11.2026",
        "27/11/2026/30/11/2026",
        "11/27/2026 to 11/30/2026",
        "27.11.2026 bis 30.11.2026",
        "Nov 27, 2026 – Nov 30, 2026",
    ],
)
def test_windows_as_countries_write_them(written: str) -> None:
    assert read_window(written, BERLIN) == Window(
        datetime(2026, 11, 27, tzinfo=BERLIN), datetime(2026, 12, 1, tzinfo=BERLIN)
    )


@pytest.mark.parametrize("nothing", ["0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "null", 0, False])
def test_a_date_of_zeros_is_none(tmp_path: Path, nothing: object) -> None:
    row = {
        "id": "A",
        "title": "Tent",
        "price": 20,
        "sale_price": 10,
        "expiration_date": nothing,
        "sale_price_end_date": nothing,
    }
    read = read_bytes(tmp_path, json.dumps(row))
    assert (read.mended, only(read).sale_price, only(read).expiration_date) == ([], Money(Decimal(10)), None)
