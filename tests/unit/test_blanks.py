"""What feeds write where they have nothing, and what they hold that is not for customers, alike for every reader."""

from __future__ import annotations

import json
from decimal import Decimal
from html import escape
from pathlib import Path

import pytest

from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.feeds.blanks import is_blank, is_blank_attribute
from retrieval.feeds.faqs import read_faqs
from retrieval.feeds.intake import Intake
from retrieval.feeds.not_public import hidden, is_internal
from retrieval.feeds.report import Skipped
from retrieval.feeds.source import Source
from tests.unit.feed_files import read_bytes

WORDS = [
    "nan", "NULL", "None", "n/a", "N.A.", "#N/A", "#REF!", "-", "—", "...", "()", " unknown ", "Not applicable", "(none)", "<NA>", "\\N", "--none--",
    "[null]", "not specified", "Default Title", "k. A.", "keine Angabe", "non renseigné", "sin especificar", "0000-00-00",
]  # fmt: skip
MEANT = ["None", "n/a", "-", " unknown ", "Not applicable", "Nan", "Empty", "N.D."]
MACHINE = ["nan", "NaN", "NULL", "null", "#N/A", "#VALUE!", "undefined", "<NA>", "\\N"]
ZEROS = ["0", "0.00", "0,00", "$0.00", "0.00 USD", "EUR 0"]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_nothing_is_nothing(word: str) -> None:
    assert is_blank(word, "color")
    assert is_blank(word)


@pytest.mark.parametrize("word", ["Does not apply", "unbranded", " Sin marca "])
def test_what_marketplaces_write_without_a_brand_is_no_brand(word: str) -> None:
    assert is_blank(word, "brand")
    assert is_blank(word, "gtin")
    assert not is_blank(word, "material")


@pytest.mark.parametrize("word", MEANT)
def test_a_name_may_be_such_a_word(word: str) -> None:
    assert not is_blank(word, "title")
    assert not is_blank(word, "id")


@pytest.mark.parametrize("word", MACHINE)
def test_what_only_programs_write_is_no_name(word: str) -> None:
    assert is_blank(word, "title")
    assert is_blank(word, "id")


@pytest.mark.parametrize("zero", [*ZEROS, 0, 0.0, Decimal("0.00")])
def test_zero_is_nothing_only_where_shops_write_it_for_none(zero: object) -> None:
    assert is_blank(zero, "sale_price")
    assert not is_blank(zero, "quantity")
    assert not is_blank(zero, "price")


@pytest.mark.parametrize(
    "value", ["0.01", "10", "100.00 USD", "A0", "size 0 dress", "Navy", "✓", "+", "No. 5", "Missing Link"]
)
def test_what_says_something_is_kept(value: object) -> None:
    assert not is_blank(value, "sale_price")


def _rows(word: str) -> dict[str, str]:
    """The same product in every form, with `word` as its color and as an attribute."""
    cells = {"id": "A", "title": "Coat rack", "price": "39.00 USD", "color": word, "brand": word, "hooks": word}
    table = "\n".join([",".join(cells), ",".join(cells.values())])
    tags = "".join(f"<g:{name}>{escape(value)}</g:{name}>" for name, value in cells.items())
    head = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item>'
    return {"table": table, "json": json.dumps(cells), "xml": f"{head}{tags}</item></channel></rss>"}


@pytest.mark.parametrize("field", ["sale_price", "brand", "quantity", "title"])
def test_false_is_how_some_programs_write_nothing(field: str) -> None:
    assert is_blank(False, field)
    assert not is_blank(False, "availability")


@pytest.mark.parametrize("name", ["weight", "shipping_weight", "inner_width"])
@pytest.mark.parametrize("zero", ["0", "0.00", "0 kg", "0,0 cm"])
def test_what_was_not_measured_is_no_attribute(name: str, zero: str) -> None:
    assert is_blank_attribute(name, zero)
    assert not is_blank_attribute("sugar", zero)
    assert not is_blank_attribute(name, "0.4 kg")


@pytest.mark.parametrize("form", ["table", "json", "xml"])
@pytest.mark.parametrize("word", ["nan", "N/A", "-", "#VALUE!", "(none)", "unspecified"])
def test_no_reader_takes_a_word_for_nothing_as_a_value(tmp_path: Path, form: str, word: str) -> None:
    product = read_bytes(tmp_path, _rows(word)[form]).products["A"]
    assert (product.color, product.brand, dict(product.attributes)) == ("", "", {})


@pytest.mark.parametrize("zero", ["0", "0.00", "0.0000"])
def test_no_sale_is_no_sale_price_of_nothing(tmp_path: Path, zero: str) -> None:
    ours = json.dumps({"id": "A", "title": "Stool", "price": "49.00", "sale_price": zero})
    merchant = f"id,title,price,sale_price\nA,Stool,49.00 USD,{zero}"
    woo = f"ID,Type,SKU,Name,Published,In stock?,Sale price,Regular price\n1,simple,A,Stool,1,1,{zero},49"
    for content in (ours, merchant, woo):
        product = read_bytes(tmp_path, content).products["A"]
        assert (product.price, product.sale_price) == (Money(Decimal(49)), None)


def test_products_without_a_parent_are_no_group(tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "name": "Stool", "price": "9.00", "parent_id": parent}
        for n, parent in ((1, 0), (2, "0"), (3, 7))
    ]
    products = read_bytes(tmp_path, json.dumps(rows)).products
    assert [products[id].item_group_id for id in ("1", "2", "3")] == ["", "", "7"]


@pytest.mark.parametrize(
    "mark",
    [
        {"status": "draft"},
        {"status": "private"},
        {"catalog_visibility": "hidden"},
        {"published": False},
        {"draft": "yes"},
        {"status": "Archived"},
        {"is_active": 0},
        {"hidden": True},
        {"visibility": "internal"},
        {"published_at": None},
        {"publish_date": "2999-01-01"},
        {"isVisible": "no"},
    ],
)
def test_what_is_not_for_customers_is_left_out_and_counted(tmp_path: Path, mark: dict[str, object]) -> None:
    read = read_bytes(tmp_path, json.dumps({"id": "A", "name": "Secret", "price": "9.00", **mark}))
    assert (read.products, read.reports, len(read.skipped)) == ({}, [], 1)


def test_a_hidden_row_of_woocommerce_is_left_out(tmp_path: Path) -> None:
    rows = [
        "ID,Type,SKU,Name,Published,Visibility in catalog,Regular price",
        "1,simple,A,Seen,1,visible,5",
        "2,simple,B,Staff,1,hidden,5",
    ]
    read = read_bytes(tmp_path, "\n".join(rows))
    assert (set(read.products), read.skipped) == ({"A"}, [3])


@pytest.mark.parametrize(
    "name",
    [
        "cost_per_item", "supplier", "Supplier name", "wholesalePrice", "auto_pricing_min_price", "min_sale_price", "margin_percent", "lowest_price",
        "reorder_level", "internal_note", "Einkaufspreis", "prix_achat", "bin_location", "dealer_price", "installment_months",
        "map_price", "vendor_sku",
    ],
)  # fmt: skip
def test_the_shops_own_business_is_never_a_fact(tmp_path: Path, name: str) -> None:
    row = {"id": "A", "title": "Phone", "price": "600.00", name: "420", "details": {name: "420"}, "storage": "128 GB"}
    product = read_bytes(tmp_path, json.dumps(row)).products["A"]
    assert dict(product.attributes) == {"storage": "128 GB"}


@pytest.mark.parametrize(
    "name", ["internal_storage", "shipping_weight", "price_group", "minimum_order", "taxonomy", "shelf_life"]
)
def test_what_describes_the_thing_is_a_fact(name: str) -> None:
    assert not is_internal(name)


def test_plain_records_are_seen() -> None:
    assert hidden({}) == ""
    assert hidden({"status": "publish", "published": "1", "visible": True, "draft": False}) == ""


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("---\ntitle: Hours\ndraft: true\n---\nWe close at noon.", "draft"),
        ("---\ntitle: Repairs\npublished: false\n---\nInternal.", "not published"),
        ("---\ntitle: Repairs\nstatus: private\n---\nInternal.", "private"),
        ('+++\ntitle = "Hours"\ndraft = true\n+++\nWe close at noon.', "draft"),
        ("---\ntitle: Hours\nvisibility: internal\n---\nWe close at noon.", "hidden"),
        ("---\ntitle: Hours\npublish_date: 2999-12-24\n---\nWe close at noon.", "not published yet"),
        ("---\ntitle: Hours\nexpiryDate: 2020-01-01\n---\nWe closed at noon.", "no longer published"),
    ],
)
def test_a_page_that_is_a_draft_is_never_told(tmp_path: Path, page: str, reason: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(page)
    (row,) = read_faqs(Source.open(path), Intake())
    assert isinstance(row, Skipped)
    assert row.reason == reason


def test_front_matter_in_toml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "invoice.md"
    path.write_text('+++\ntitle = "Can I pay by invoice?"\ndraft = false\n+++\nFirms pay within 14 days.')
    (row,) = read_faqs(Source.open(path), Intake())
    assert isinstance(row, Faq)
    assert (row.title, row.answer) == ("Can I pay by invoice?", "Firms pay within 14 days.")


def test_an_attribute_can_say_none(tmp_path: Path) -> None:
    row = {"id": "A", "title": "Paint", "price": "9.00", "color": "none", "smell": "none", "odor": "nan"}
    product = read_bytes(tmp_path, json.dumps(row)).products["A"]
    assert (product.color, dict(product.attributes)) == ("", {"smell": "none"})


def test_a_product_of_our_own_may_be_called_unknown(tmp_path: Path) -> None:
    product = read_bytes(tmp_path, json.dumps({"id": "none", "title": "Unknown", "price": "9.00"})).products["none"]
    assert isinstance(product, Product)
    assert product.title == "Unknown"
