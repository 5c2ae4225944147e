"""A row is dropped only if it cannot be sold or shown; every other field that is wrong is mended, with a warning, by every reader."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability
from retrieval.catalog.window import ALWAYS
from tests.unit.feed_files import Read, read_bytes

FORMS = ("table", "json", "xml", "schema_org")


def row(cells: dict[str, str], form: str) -> str:
    """One product in a form. `cells` are by Merchant's names."""
    cells = {"id": "A", "title": "Tent", "price": "20.00 USD", **cells}
    if form == "table":
        return "\t".join(cells) + "\n" + "\t".join(cells.values())
    if form == "json":
        return json.dumps(cells)
    if form == "xml":
        tags = "".join(f"<g:{name}>{value}</g:{name}>" for name, value in cells.items())
        return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item>{tags}</item></channel></rss>'
    names = {"id": "sku", "title": "name", "image_link": "image", "link": "url"}
    offer = {
        "@type": "Offer",
        "price": "20.00",
        "priceCurrency": "USD",
        "availability": cells.get("availability", "InStock"),
    }
    if "quantity" in cells:
        offer["inventoryLevel"] = {"value": cells["quantity"]}  # type: ignore[assignment]
    node = {
        names.get(name, name): value
        for name, value in cells.items()
        if name not in ("price", "availability", "quantity")
    }
    return json.dumps({"@context": "https://schema.org", "@type": "Product", **node, "offers": offer})


def kept(read: Read) -> None:
    assert (list(read.products), read.reports, len(read.mended)) == (["A"], [], 1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", ["perhaps", "ask in store", "7 weeks"])
def test_an_unknown_availability_is_never_told_as_in_stock(tmp_path: Path, form: str, word: str) -> None:
    read = read_bytes(tmp_path, row({"availability": word}, form))
    kept(read)
    assert read.products["A"].availability is Availability.OUT_OF_STOCK


@pytest.mark.parametrize(("quantity", "is_available"), [("5", True), ("0", False)])
def test_the_number_in_stock_counts_where_the_word_says_nothing(
    tmp_path: Path, quantity: str, is_available: bool
) -> None:
    read = read_bytes(tmp_path, row({"availability": "perhaps", "quantity": quantity}, "table"))
    kept(read)
    assert read.products["A"].is_available is is_available


@pytest.mark.parametrize(
    ("word", "availability"),
    [
        ("Auf Lager", Availability.IN_STOCK),
        ("en stock", Availability.IN_STOCK),
        ("Disponibile", Availability.IN_STOCK),
        ("Temporarily out of stock", Availability.OUT_OF_STOCK),
        ("Discontinued", Availability.OUT_OF_STOCK),
        ("ausverkauft", Availability.OUT_OF_STOCK),
        ("Rupture de stock", Availability.OUT_OF_STOCK),
        ("Coming soon", Availability.PREORDER),
        ("Available on backorder", Availability.BACKORDER),
    ],
)
def test_words_of_other_countries_are_known(tmp_path: Path, word: str, availability: Availability) -> None:
    read = read_bytes(tmp_path, row({"availability": word}, "table"))
    assert (read.mended, read.products["A"].availability) == ([], availability)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("written", "quantity"),
    [
        ("-3", 0),
        ("-1.0", 0),
        ("2.5", 2),
        ("0.4", 0),
        ("1,204", 1204),
        ("1 204", 1204),
        ("25+", 25),
        (">10", 10),
        ("12 pcs", 12),
    ],
)
def test_stock_is_counted_in_whole_things(tmp_path: Path, form: str, written: str, quantity: int) -> None:
    read = read_bytes(tmp_path, row({"quantity": written.replace(">", "&gt;") if form == "xml" else written}, form))
    assert (read.reports, read.mended, read.products["A"].quantity) == ([], [], quantity)


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("quantity", "plenty", None),
        ("quantity", "99999999999", None),
        ("rating", "nine", None),
        ("rating", "97", None),
        ("rating_count", "many", 0),
        ("link", "javascript:alert(1)", ""),
        ("image_link", "data:text/html,x", ""),
        ("link", " java\nscript:alert(1)", ""),
        ("gtin", "4.00641E+12", ""),
        ("brand", "x" * 1_001, ""),
        ("sale_price", "soon", None),
        ("sale_price", "15.00 EUR", None),
        ("sale_price", "25.00 USD", None),
        ("sale_price", "-1.00 USD", None),
    ],
)
def test_a_field_that_cannot_be_read_is_left_out(tmp_path: Path, field: str, written: str, value: object) -> None:
    read = read_bytes(tmp_path, row({field: written}, "json"))
    kept(read)
    assert read.mended == [(1, field)]
    assert getattr(read.products["A"], field) == value
    assert read.products["A"].sale_price_effective_date == ALWAYS


@pytest.mark.parametrize(("written", "rating"), [("4,5", 4.5), ("4.5 out of 5", 4.5), ("4/5", 4.0), ("5 stars", 5.0)])
def test_ratings_as_shops_write_them(tmp_path: Path, written: str, rating: float) -> None:
    read = read_bytes(tmp_path, row({"rating": written}, "json"))
    assert (read.mended, read.products["A"].rating) == ([], rating)


def test_a_description_that_is_too_long_is_cut(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, row({"description": "A tent. " * 20_000}, "json"))
    kept(read)
    assert 99_990 < len(read.products["A"].description) <= 100_000


def test_several_faults_are_each_named(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, row({"rating": "nine", "quantity": "some", "link": "ftp://x"}, "table"))
    assert read.mended == [(2, "link"), (2, "quantity"), (2, "rating")]
    assert read.products["A"].price == Money(Decimal(20))


@pytest.mark.parametrize("missing", ["id", "title", "price"])
def test_what_cannot_be_sold_or_shown_is_dropped(tmp_path: Path, missing: str) -> None:
    for nothing in ("", "nan", "#N/A"):
        read = read_bytes(tmp_path, row({missing: nothing, "rating": "nine"}, "json"))
        assert (read.products, read.errors) == ({}, [(1, missing)])


def test_a_discount_that_cannot_be_is_left_out(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, row({"discountPercentage": "120"}, "json"))
    kept(read)
    assert (read.products["A"].price, read.products["A"].sale_price) == (Money(Decimal(20)), None)


def test_numbers_that_are_none_lose_no_row(tmp_path: Path) -> None:
    read = read_bytes(
        tmp_path, '{"id": "A", "title": "Tent", "price": 20, "rating": NaN, "weight": NaN, "sale_price": -Infinity}'
    )
    product = read.products["A"]
    assert (read.reports, product.rating, product.sale_price, dict(product.attributes)) == ([], None, None, {})


@pytest.mark.parametrize(
    "broken", ['{"id": "B", "title": "Mat" "price": 3}', '{"id": "B", title: "Mat"}', '{"id": "B", "price": 1,,}']
)
def test_an_object_that_is_no_json_loses_no_other(tmp_path: Path, broken: str) -> None:
    one = row({}, "json")
    read = read_bytes(tmp_path, f"[{one},\n {broken},\n {one.replace('A', 'C', 1)}]")
    assert (list(read.products), [report.line for report in read.reports]) == (["A", "C"], [2])


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            "<table><tr><th>Weight</th><td>2 kg</td></tr><tr><th>Seats</th><td>4</td></tr></table>",
            "Weight: 2 kg\nSeats: 4",
        ),
        (
            "<table><tr><td>Points</td><td>Voucher</td></tr><tr><td>100</td><td>$5</td></tr></table>",
            "Points, Voucher\n100, $5",
        ),
        ("<dl><dt>Care</dt><dd>Wash cold</dd><dt>Made in</dt><dd>Wales</dd></dl>", "Care: Wash cold\nMade in: Wales"),
    ],
)
def test_cells_of_a_table_are_kept_apart(tmp_path: Path, cells: str, text: str) -> None:
    assert read_bytes(tmp_path, row({"description": cells}, "json")).products["A"].description == text


WOO = 'ID,Type,SKU,Name,Published,In stock?,Stock,Regular price,Tags,Images,Parent,"Attribute 1 name","Attribute 1 value(s)","Attribute 1 visible"\n'


def test_an_escaped_comma_of_woocommerce_is_a_comma(tmp_path: Path) -> None:
    rows = [
        r'1,variable,ROPE,Rope,1,1,,,"blue\, dark, hemp","https://x.example/a\,b.jpg, https://x.example/c.jpg",,Length,"2\,5 m, 5 m",1',
        r'2,variation,ROPE-2,Rope,1,1,-4,9,,,ROPE,Length,"2\,5 m",',
    ]
    rope = read_bytes(tmp_path, WOO + "\n".join(rows)).products["ROPE-2"]
    assert dict(rope.attributes) == {"length": "2,5 m", "tags": "blue, dark, hemp"}
    assert (rope.image_link, rope.quantity) == ("https://x.example/a,b.jpg", 0)


def test_a_variable_product_without_variations_is_reported_or_sold_at_its_own_price(tmp_path: Path) -> None:
    rows = [
        "1,variable,SHIRT,Shirt,1,1,,,,,,Size,M,1",
        "2,variable,HAT,Hat,1,1,,15,,,,Size,M,1",
        "3,variable,OLD,Old,-1,1,,,,,,,,",
    ]
    read = read_bytes(tmp_path, WOO + "\n".join(rows))
    assert (list(read.products), read.errors) == (["HAT"], [(2, "Type")])


def test_attributes_that_the_shop_does_not_show_are_no_facts(tmp_path: Path) -> None:
    read = read_bytes(
        tmp_path, WOO + "1,simple,JAR,Jar,1,1,3,9,,,,Batch,B-17,0\n2,simple,CUP,Cup,1,1,3,9,,,,Glaze,Blue,1"
    )
    assert [dict(read.products[id].attributes) for id in ("JAR", "CUP")] == [{}, {"glaze": "Blue"}]


def test_an_escaped_comma_is_a_comma_in_every_reader(tmp_path: Path) -> None:
    row = {"id": "A", "title": "Rope\\, blue", "price": "9 USD", "length": "1\\,5 m", "brand": "Knot\\, Ltd"}
    product = read_bytes(tmp_path, json.dumps(row)).products["A"]
    assert (product.title, product.brand, product.attributes["length"]) == ("Rope, blue", "Knot, Ltd", "1,5 m")
