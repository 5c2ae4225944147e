from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product, Review
from retrieval.errors import FeedError
from retrieval.feeds.json_products import product_json
from tests.unit.feed_files import FEEDS, Read, read_bytes
from tests.unit.shop_values import products

many = settings(max_examples=60, suppress_health_check=list(HealthCheck))
FIXTURES = [path.read_bytes() for path in sorted(FEEDS.iterdir()) if path.is_file()]


@many
@given(st.lists(products(), unique_by=lambda product: product.id, min_size=1, max_size=5))
def test_our_own_lines_round_trip(tmp_path: Path, listed: list[Product]) -> None:
    lines = "\n".join(json.dumps(product_json(product)) for product in listed)
    assert list(read_bytes(tmp_path, lines).products.values()) == listed
    assert list(read_bytes(tmp_path, gzip.compress(lines.encode())).products.values()) == listed
    as_list = json.dumps([product_json(product) for product in listed], ensure_ascii=False, indent=1)
    assert list(read_bytes(tmp_path, as_list).products.values()) == listed


def _read_or_refused(folder: Path, content: bytes) -> None:
    try:
        read = read_bytes(folder, content)
    except FeedError:
        return
    assert all(report.line >= 0 and report.reason for report in read.reports)


@many
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    _read_or_refused(tmp_path, content)


@settings(many, max_examples=150)
@given(st.data())
def test_any_damage_to_a_feed_is_reported_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    feed = data.draw(st.sampled_from(FIXTURES))
    start = data.draw(st.integers(0, len(feed)))
    end = data.draw(st.integers(start, min(len(feed), start + 200)))
    _read_or_refused(tmp_path, feed[:start] + data.draw(st.binary(max_size=40)) + feed[end:])


@many
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "title",
                        "price",
                        "sale_price",
                        "rating",
                        "reviews",
                        "attributes",
                        "images",
                        "category",
                        "stock",
                        "discountPercentage",
                        "brand",
                        "dimensions",
                        "currency",
                        "@type",
                        "@graph",
                        "offers",
                        "name",
                        "sku",
                        "hasVariant",
                        "aggregateRating",
                        "products",
                        "in_stock",
                        "msrp",
                    ]
                ),
                inner,
                max_size=8,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(tmp_path: Path, value: object) -> None:
    _read_or_refused(tmp_path, json.dumps(value).encode())


def test_names_of_other_shops_are_understood(tmp_path: Path) -> None:
    foreign = {
        "id": 7,
        "title": "Garlic Press",
        "category": "kitchen-accessories",
        "price": 19.99,
        "discountPercentage": 10.48,
        "rating": 3.5,
        "stock": 4,
        "tags": ["kitchen", "steel"],
        "sku": "KIT-7",
        "weight": 4,
        "dimensions": {"width": 15.14, "height": 13.08},
        "warrantyInformation": "1 year warranty",
        "availabilityStatus": "Low Stock",
        "reviews": [{"rating": 4, "comment": "Sturdy.", "reviewerName": "A B"}],
        "thumbnail": "https://cdn.example/7.webp",
        "images": ["https://cdn.example/7-1.webp"],
        "returnPolicy": "30 days",
    }
    press = read_bytes(tmp_path, json.dumps({"products": [foreign], "total": 1})).products["7"]
    assert press == Product(
        id="7",
        title="Garlic Press",
        price=Money(Decimal("19.99")),
        sale_price=Money(Decimal("17.90")),
        image_link="https://cdn.example/7.webp",
        availability=Availability.IN_STOCK,
        quantity=4,
        rating=3.5,
        rating_count=1,
        product_type="kitchen accessories",
        reviews=(Review(4, "Sturdy."),),
        attributes={
            "tags": "kitchen, steel",
            "sku": "KIT-7",
            "weight": "4",
            "width": "15.14",
            "height": "13.08",
            "warranty_information": "1 year warranty",
            "return_policy": "30 days",
        },
    )


def test_variants_of_a_shops_own_list_become_products(tmp_path: Path) -> None:
    shop = {
        "products": [
            {
                "id": 1,
                "title": "Cap",
                "handle": "cap",
                "vendor": "Fell",
                "body_html": "<p>Warm.</p>",
                "product_type": "Hats",
                "options": [{"name": "Size", "values": ["S", "M"]}, {"name": "Colour"}],
                "images": [{"src": "https://x.example/c.jpg"}],
                "variants": [
                    {
                        "id": 11,
                        "title": "S / Red",
                        "option1": "S",
                        "option2": "Red",
                        "sku": "",
                        "price": "20.00",
                        "available": True,
                    },
                    {
                        "id": 12,
                        "title": "M / Red",
                        "option1": "M",
                        "option2": "Red",
                        "sku": "CAP-M",
                        "price": "20.00",
                        "compare_at_price": "25.00",
                        "available": False,
                    },
                ],
            }
        ]
    }
    products = read_bytes(tmp_path, json.dumps(shop, indent=2)).products
    small, medium = products["11"], products["CAP-M"]
    assert (small.title, small.size, small.color, small.item_group_id, small.brand) == ("Cap", "S", "Red", "1", "Fell")
    assert (small.description, small.image_link, small.attributes) == ("Warm.", "https://x.example/c.jpg", {})
    assert (medium.price, medium.sale_price) == (Money(Decimal("25.00")), Money(Decimal("20.00")))
    assert medium.availability is Availability.OUT_OF_STOCK


def test_records_may_be_held_by_their_ids(tmp_path: Path) -> None:
    variants = {
        "11": {"item_id": "11", "options": {"size": "M", "style": "crew neck"}, "available": True, "price": 50.88}
    }
    shop = {"users": {}, "products": {"1": {"name": "Shirt", "product_id": "1", "variants": variants}}}
    assert read_bytes(tmp_path, json.dumps(shop)).products == {
        "11": Product(
            "11", "Shirt", Money(Decimal("50.88")), size="M", item_group_id="1", attributes={"style": "crew neck"}
        )
    }


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"price": "79.00", "compare_at_price": "98.00"}, ("98.00", "79.00")),
        ({"price": "79.00", "regular_price": "79.00"}, ("79.00", None)),
        ({"regular_price": "98.00", "sale_price": "79.00"}, ("98.00", "79.00")),
        ({"price": "79.00", "regular_price": "98.00", "sale_price": "79.00"}, ("98.00", "79.00")),
        ({"price": 50, "discount_percentage": 0}, ("50", None)),
        ({"price": {"amount": 50, "currency": "USD"}}, ("50", None)),
    ],
)
def test_prices_of_other_shops(tmp_path: Path, record: dict[str, object], expected: tuple[str, str | None]) -> None:
    product = read_bytes(tmp_path, json.dumps({"id": "A", "name": "Thing", **record})).products["A"]
    sale = None if expected[1] is None else Money(Decimal(expected[1]))
    assert (product.price, product.sale_price) == (Money(Decimal(expected[0])), sale)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"price": "-3"}, "price"),
        ({"price": "1.299"}, "price"),
        ({"price": "12 kr"}, "price"),
        ({"price": "0"}, "price"),
        ({"price": "$0.00"}, "price"),
        ({"id": "x" * 201}, "id"),
        ({"title": "x" * 1001}, "title"),
    ],
)
def test_each_fault_is_named_by_its_field(tmp_path: Path, cells: dict[str, str], field: str) -> None:
    row = {"id": "A", "title": "Tent", "price": "20.00 USD", **cells}
    read = read_bytes(tmp_path, json.dumps(row))
    assert not read.products
    assert read.errors == [(1, field)]


def test_semicolons_decimal_commas_and_an_old_encoding(tmp_path: Path) -> None:
    text = (
        'ID;Title;Price;Availability;Brand\nA;"Stövel &amp; Söhne";12,99 €;in stock;Müller\nB;Schuh;1.299,00;instock;\n'
    )
    read = read_bytes(tmp_path, text.encode("cp1252"), "EUR")
    assert read.errors == []
    assert read.products["A"].title == "Stövel & Söhne"
    assert [product.price for product in read.products.values()] == [
        Money(Decimal("12.99"), "EUR"),
        Money(Decimal("1299.00"), "EUR"),
    ]


def test_bytes_that_are_no_text_cost_only_their_row(tmp_path: Path) -> None:
    content = "id\ttitle\tprice\nA\tCafé\t1.00\nB\tCrème brûlée\t2.00\n".encode()
    content += b"C\tbr\xffken\t3.00\nD\tMug\t4.00\n"
    read = read_bytes(tmp_path, content)
    assert list(read.products) == ["A", "B", "D"]
    assert read.errors == [(4, "title")]


def test_html_control_signs_and_scripts_become_plain_text(tmp_path: Path) -> None:
    row = {"id": "A", "title": "<b>Tent</b>\x07", "price": "5"}
    row["description"] = "<p>One &amp; two</p><script>bad()</script><br>5 < 6"
    product = read_bytes(tmp_path, json.dumps(row)).products["A"]
    assert product.title == "Tent"
    assert product.description == "One & two\n5 < 6"


def test_unknown_formats_name_what_is_missing(tmp_path: Path) -> None:
    for text, reason in (
        ("name,colour\nTent,red\n", "without a column for id and price"),
        ("Just a sentence.\n", "without a column for id and title and price"),
        ("<note><to>A</to></note>", "without any <item> or <entry>"),
    ):
        with pytest.raises(FeedError, match=reason):
            read_bytes(tmp_path, text)


def test_atom_feeds_are_read(tmp_path: Path) -> None:
    text = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
    <title>Shop</title><entry><id>tag:shop,1</id><g:id>A-1</g:id><title>Tent</title>
    <link rel="alternate" href="https://shop.example/a"/><summary>Light &amp; dry.</summary>
    <g:price>20.00 EUR</g:price><g:availability>in stock</g:availability>
    <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></entry></feed>"""
    tent = read_bytes(tmp_path, text).products["A-1"]
    assert tent.price == Money(Decimal("20.00"), "EUR")
    assert (tent.link, tent.description, tent.attributes) == ("https://shop.example/a", "Light & dry.", {})


def test_products_before_broken_xml_are_kept(tmp_path: Path) -> None:
    whole = (FEEDS / "google.xml").read_text()
    read = read_bytes(tmp_path, whole[: whole.index("HX-7")])
    assert list(read.products) == ["HX-1", "HX-2", "HX-5"]
    assert read.reports[-1].reason.startswith("the XML breaks off here")


def test_json_ld_inside_a_page(tmp_path: Path) -> None:
    graph = (FEEDS / "schema_org.jsonld").read_text()
    page = "<!DOCTYPE html>\n<html><head>\n<script>var a = 1;</script>\n"
    page += f"<script type='application/ld+json'>{graph}</script>"
    page += "<script type='application/ld+json'>{broken</script></head></html>"
    read = read_bytes(tmp_path, page)
    assert list(read.products) == ["SO-1", "SO-2", "SO-3", "SO-6", "SO-8"]
    assert len(read.errors) == 4


def test_variants_of_shopify_without_sku_are_known_by_handle_and_options(tmp_path: Path) -> None:
    text = (
        "URL handle,Title,Description,Vendor,Status,Option1 name,Option1 value,SKU,Price,Compare-at price,"
        "Inventory tracker,Inventory quantity,Continue selling when out of stock,Product image URL,"
        "Color (product.metafields.shopify.color-pattern)\n"
        "cap,Cap,<p>Warm.</p>,Fell,Active,Size,S,,20.00,,shopify,-2,FALSE,https://x.example/c.jpg,blue\n"
        "cap,,,,,,L,,22.00,30.00,,,,,\n"
    )
    products = read_bytes(tmp_path, text, "GBP").products
    assert list(products) == ["cap-s", "cap-l"]
    assert (products["cap-s"].quantity, products["cap-s"].availability) == (0, Availability.OUT_OF_STOCK)
    assert products["cap-s"].attributes == {"color": "blue"}
    assert products["cap-l"].price == Money(Decimal("30.00"), "GBP")
    assert products["cap-l"].quantity is None


def test_variations_of_woocommerce_may_stand_above_their_parent(tmp_path: Path) -> None:
    text = (
        "ID,Type,SKU,Name,Published,In stock?,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n"
        '2,variation,,Hat - Red,1,1,10.00,id:1,pa_color,Red\n1,variable,,Hat,1,1,,,pa_color,"Red, Blue"\n'
        "3,variation,,Hat - Any,1,1,11.00,id:1,,\n"
    )
    products = read_bytes(tmp_path, text).products
    assert {name: (product.title, product.color) for name, product in products.items()} == {
        "3": ("Hat", "Red, Blue"),
        "2": ("Hat", "Red"),
    }
    assert {product.item_group_id for product in products.values()} == {"1"}


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    for name in ("google.xml", "shopify.csv", "schema_org.jsonld", "products.jsonl", "google.tsv", "woocommerce.csv"):
        path = tmp_path / f"{name}.png"
        path.write_bytes(gzip.compress((FEEDS / name).read_bytes()))
        assert Read(path).products == Read(FEEDS / name).products


BOMBS = (
    "[" * 100_000,
    '{"a":' * 100_000,
    '{"id": 1' + "0" * 5000 + "}",
    '[{"id": NaN}]',
    '{"id": 1, "title": "A", "price": 1e999999999}',
)


@pytest.mark.parametrize("bomb", BOMBS)
def test_json_made_to_break_a_reader_is_reported(tmp_path: Path, bomb: str) -> None:
    read = read_bytes(tmp_path, bomb)
    assert not read.products
    assert read.reports
