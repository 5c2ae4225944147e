"""Every format's fixture: good rows are read, broken ones named as tests/fixtures/feeds/README.md says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Review
from retrieval.errors import FeedError
from tests.unit.feed_files import FEEDS, Read

EXPECTED = {
    "google.tsv": (
        ["HL-100", "HL-101", "HL-102", "HL-105", "HL-107", "HL-108"],
        [(5, "title"), (6, "price"), (8, "id"), (9, "(row)")],
        [],
    ),
    "google.xml": (["HX-1", "HX-2", "HX-5", "HX-7"], [(40, "id"), (45, "price"), (57, "price")], []),
    "shopify.csv": (
        ["TJ-NAVY-S", "TJ-NAVY-M", "TJ-OAT-S", "LM-1", "RB-L", "RS-1"],
        [(8, "Variant Price"), (10, "Handle"), (11, "Title"), (14, "Variant SKU")],
        [12],
    ),
    "woocommerce.csv": (
        ["W-MUG", "W-HAT-R", "W-HAT-N", "W-BELL", "W-SOAP", "W-TEA"],
        [(7, "Regular price"), (8, "Name"), (10, "Parent")],
        [11],
    ),
    "schema_org.jsonld": (
        ["SO-1", "SO-2", "SO-3", "SO-6", "SO-8"],
        [(38, "offers.price"), (44, "sku"), (56, "offers.price")],
        [],
    ),
    "products.jsonl": (
        ["J-1", "J-2", "J-4", "J-6", "J-7", "J-8", "J-9"],
        [(3, "(row)"), (5, "price"), (6, "(row)"), (12, "id")],
        [],
    ),
    "google_truncated.xml": ([], [(8, "(row)")], []),
}
MENDED = {
    "google.tsv": [(7, "availability"), (10, "sale_price")],
    "shopify.csv": [(13, "Variant Inventory Qty")],
    "woocommerce.csv": [(9, "In stock?"), (12, "Sale price")],
    "schema_org.jsonld": [(49, "aggregateRating.ratingValue")],
    "products.jsonl": [(4, "rating"), (9, "sale_price"), (10, "reviews")],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_good_rows_are_read_and_broken_ones_named(name: str) -> None:
    products, errors, skipped = EXPECTED[name]
    read = Read(FEEDS / name)
    assert list(read.products) == products
    assert read.errors == errors
    assert read.skipped == skipped
    assert read.mended == MENDED.get(name, [])
    assert all(report.file.endswith(name) and report.reason for report in read.reports)


def test_entities_are_refused() -> None:
    with pytest.raises(FeedError, match=r"google_entity\.xml:2"):
        Read(FEEDS / "google_entity.xml")


def test_merchant_table() -> None:
    products = Read(FEEDS / "google.tsv").products
    assert products["HL-102"].price == Money(Decimal("1049.50"))
    assert products["HL-102"].availability is Availability.OUT_OF_STOCK
    assert products["HL-101"].sale_price == Money(Decimal("11.20"))
    assert products["HL-101"].item_group_id == "QUAY"
    assert products["HL-100"].attributes == {"capacity": "350 ml"}


def test_merchant_xml() -> None:
    products = Read(FEEDS / "google.xml").products
    assert products["HX-1"].attributes == {"width": "70 cm"}
    assert products["HX-1"].brand == "Tarn & Co"
    assert products["HX-2"].description == "A wool throw with a knotted fringe."
    assert products["HX-2"].sale_price == Money(Decimal("71.20"))


def test_shopify() -> None:
    products = Read(FEEDS / "shopify.csv").products
    jersey = products["TJ-NAVY-S"]
    assert (jersey.price, jersey.sale_price) == (Money(Decimal("98.00")), Money(Decimal("79.00")))
    assert (jersey.color, jersey.size, jersey.item_group_id) == ("Navy", "S", "towpath-jersey")
    assert jersey.description.splitlines()[1:] == ["Reinforced elbows", "Wash at 30 °C"]
    assert jersey.product_type == "Apparel & Accessories > Clothing > Knitwear"
    assert products["TJ-NAVY-M"].availability is Availability.OUT_OF_STOCK
    assert products["TJ-OAT-S"].availability is Availability.BACKORDER
    assert products["TJ-OAT-S"].image_link.endswith("jersey-oatmeal.jpg")
    assert products["RB-L"].sale_price is None


def test_woocommerce() -> None:
    products = Read(FEEDS / "woocommerce.csv").products
    assert (products["W-MUG"].brand, products["W-MUG"].material) == ("Tarn & Co", "Stoneware")
    assert products["W-MUG"].product_type == "Kitchen > Mugs"
    assert products["W-MUG"].attributes["weight"] == "0.4 kg"
    for hat, color in (("W-HAT-R", "Rust"), ("W-HAT-N", "Navy")):
        assert products[hat].title == "Bosun Beanie"
        assert (products[hat].color, products[hat].item_group_id) == (color, "W-HAT")
        assert products[hat].description.startswith("Ribbed lambswool.")
    assert products["W-HAT-R"].sale_price == Money(Decimal("19.00"))
    assert products["W-BELL"].availability is Availability.BACKORDER
    assert (products["W-TEA"].price, products["W-TEA"].sale_price) == (Money(Decimal("9.00")), None)


def test_schema_org() -> None:
    products = Read(FEEDS / "schema_org.jsonld").products
    lamp = products["SO-1"]
    assert (lamp.rating, lamp.rating_count) == (4.4, 31)
    assert lamp.reviews[1] == Review(3, "Pretty, but the cable is short.")
    assert lamp.attributes == {"height": "46 cm"}
    assert (lamp.brand, lamp.gtin) == ("Brightwater", "4006381333955")
    assert {products[name].item_group_id for name in ("SO-2", "SO-3")} == {"SO-G"}
    assert products["SO-2"].description == "Thick socks with a cushioned sole."
    assert products["SO-8"].price == Money(Decimal("19.00"))
    assert products["SO-8"].availability is Availability.PREORDER


def test_our_own_lines() -> None:
    products = Read(FEEDS / "products.jsonl").products
    assert products["J-1"].attributes == {"capacity": "1.2 l", "dishwasher_safe": "yes"}
    assert products["J-9"].price == Money(Decimal("6.50"), "EUR")
    assert products["J-9"].title == "Sandpiper Spoon ☕"
