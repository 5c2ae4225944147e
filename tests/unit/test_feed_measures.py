"""The weight and the measures of a feed's product and of its parcel are facts in the lines of its record."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.reading.lines import product_lines
from tests.unit.feed_files import read_bytes

MERCHANT = "id,title,price,{}\nT,Cat Tree,129 EUR,{}\n"
XML = (
    '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>T</g:id><g:title>Cat Tree</g:title>'
    "<g:price>129 EUR</g:price><g:{0}>{1}</g:{0}></item></channel></rss>"
)
JSON = '{{"id": "T", "title": "Cat Tree", "price": "129 EUR", "{}": "{}"}}'


@pytest.mark.parametrize("form", [MERCHANT, XML, JSON], ids=["table", "XML", "JSON"])
@pytest.mark.parametrize(
    ("column", "value", "line"),
    [
        ("shipping_weight", "18.5 kg", "Shipping weight: 18.5 kg"),
        ("shipping_length", "120 cm", "Shipping length: 120 cm"),
        ("shipping_height", "20 in", "Shipping height: 20 in"),
        ("product_weight", "17 kg", "Weight: 17 kg"),
        ("product_length", "60 cm", "Length: 60 cm"),
        ("product_width", "50 cm", "Width: 50 cm"),
    ],
)
def test_a_measure_is_told(tmp_path: Path, form: str, column: str, value: str, line: str) -> None:
    (product,) = read_bytes(tmp_path, form.format(column, value).encode()).products.values()
    assert line in {each.text for each in product_lines(product)}


@pytest.mark.parametrize("column", ["shipping", "shipping_label", "shipping_country", "shipping_price"])
def test_terms_of_shipping_are_no_attributes(tmp_path: Path, column: str) -> None:
    (product,) = read_bytes(tmp_path, MERCHANT.format(column, "IE:::4.95 EUR").encode()).products.values()
    assert not product.attributes


def test_of_two_weights_each_keeps_its_meaning(tmp_path: Path) -> None:
    content = MERCHANT.format("shipping_weight,product_weight", "18.5 kg,17 kg").encode()
    (product,) = read_bytes(tmp_path, content).products.values()
    assert product.attributes == {"shipping_weight": "18.5 kg", "weight": "17 kg"}
