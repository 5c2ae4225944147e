"""XML feeds as they come: broken items between good ones, nested and repeated elements, entities twice over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.feed_files import Read, read_bytes

HEAD = '<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
END = "</channel></rss>\n"


def item(id: str, inside: str = "") -> str:
    return f"<item><g:id>{id}</g:id><title>Cup {id}</title><g:price>5.00 USD</g:price>{inside}</item>\n"


def read(folder: Path, *items: str, end: str = END) -> Read:
    return read_bytes(folder, HEAD + "".join(items) + end)


@pytest.mark.parametrize(
    "fault",
    [
        "<b>open",
        "<b></c>",
        "<b a=1>x</b>",
        "<b>]]></b>",
    ],
)
def test_an_item_that_is_not_well_formed_loses_no_other(tmp_path: Path, fault: str) -> None:
    found = read(tmp_path, item("1"), item("2", fault), item("3"), item("4", fault), item("5"))
    assert set(found.products) == {"1", "3", "5"}
    assert len(found.reports) == 2
    assert {report.field for report in found.reports} == {"(row)"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cr&egrave;me&nbsp;dish", "Crème dish"),
        ("Salt & pepper", "Salt & pepper"),
        ("B&B & Sons", "B&B & Sons"),
        ("Fish&chips;", "Fish&chips;"),
        ("Bad\x01\x1fbell &#1;", "Badbell"),
        ("5 &euro; &ndash; &#8211; &#x2013;", "5 € – – –"),
    ],
)
def test_what_people_write_is_mended_and_named_once(tmp_path: Path, written: str, meant: str) -> None:
    found = read(tmp_path, item("1"), item("2").replace("Cup 2", written), item("3").replace("Cup 3", written))
    assert [found.products[id].title.replace("\u00a0", " ") for id in ("1", "2", "3")] == ["Cup 1", meant, meant]
    assert (found.reports, found.mended) == ([], [(4, "(row)")])


def test_items_on_one_line_are_read_on_as_well(tmp_path: Path) -> None:
    line = (item("1") + item("2", "<b>a < b</b>") + item("3")).replace("\n", "")
    assert set(read(tmp_path, line).products) == {"1", "3"}


def test_lines_are_counted_on_after_a_fault(tmp_path: Path) -> None:
    found = read(tmp_path, item("1"), item("2", "a < b"), item("3").replace("5.00", "free"))
    assert [report.line for report in found.reports] == [4, 5]


def test_a_feed_that_ends_inside_an_item_keeps_those_before(tmp_path: Path) -> None:
    found = read(tmp_path, item("1"), "<item><g:id>2</g:id>", end="")
    assert (set(found.products), len(found.reports)) == ({"1"}, 1)


def test_terms_of_sale_in_parts_are_no_facts(tmp_path: Path) -> None:
    parts = (
        "<g:installment><g:months>6</g:months><g:amount>50 USD</g:amount></g:installment>"
        "<g:unheard_of><g:a>x</g:a><g:b>y</g:b></g:unheard_of><g:auto_pricing_min_price>4 USD</g:auto_pricing_min_price>"
    )
    assert dict(read(tmp_path, item("1", parts)).products["1"].attributes) == {}


def test_of_repeated_elements_the_first_counts_and_highlights_are_sentences_of_the_description(tmp_path: Path) -> None:
    repeated = (
        "<product_type>Loose</product_type><g:product_type>Phones</g:product_type><g:product_type>Gifts</g:product_type>"
        "<g:product_highlight>Bright</g:product_highlight><g:product_highlight>Light</g:product_highlight>"
    )
    product = read(tmp_path, item("1", repeated)).products["1"]
    assert (product.product_type, product.description) == ("Phones", "Bright. Light.")


def test_entities_are_resolved_even_twice_over(tmp_path: Path) -> None:
    text = "<g:brand><![CDATA[Hale &amp; Sons]]></g:brand><description>&amp;lt;p&amp;gt;Holds 300 ml.&amp;lt;/p&amp;gt;</description>"
    kind = "<g:product_type><![CDATA[Home &amp; Kitchen &gt; Mills]]></g:product_type>"
    product = read(tmp_path, item("1", text + kind)).products["1"]
    assert (product.brand, product.description) == ("Hale & Sons", "Holds 300 ml.")
    assert product.category_path == ("Home & Kitchen", "Mills")


def test_json_resolves_them_too(tmp_path: Path) -> None:
    row = '{"id": "1", "title": "Salt &amp; Pepper Mill &#8211; Oak", "price": "5.00", "cost": "2.00", "supplier": "Hale"}'
    product = read_bytes(tmp_path, row).products["1"]
    assert (product.title, dict(product.attributes)) == ("Salt & Pepper Mill – Oak", {})
