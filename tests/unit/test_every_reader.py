"""One thing in the form of every reader is one product: blanks, entities, encodings, decimals and nesting alike."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.feeds.blanks import is_blank
from tests.unit.feed_files import read_bytes

Cells = Mapping[str, str]
NOTHING = ["", " ", "n/a", "NULL", "-", "nan", "#N/A", "(none)", "unspecified"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
LETTERS = st.sampled_from("abcdefghij XYZ &<>\"' äöüéèñ°½–’")


def table(cells: Cells, delimiter: str = "\t") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(cells), delimiter=delimiter)
    writer.writeheader()
    writer.writerow(dict(cells))
    return file.getvalue()


def merchant_xml(cells: Cells) -> str:
    tags = "".join(f"<g:{name}>{escape(value, quote=False)}</g:{name}>" for name, value in cells.items())
    nested = "<g:installment><g:months>6</g:months><g:amount>5 EUR</g:amount></g:installment><g:shipping><g:price>9 EUR</g:price></g:shipping>"
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item>{tags}{nested}</item></channel></rss>'


def shopify(cells: Cells) -> str:
    names = {
        "id": "Variant SKU",
        "title": "Title",
        "price": "Variant Price",
        "brand": "Vendor",
        "quantity": "Variant Inventory Qty",
    }
    row = {"Handle": "h", **{names[name]: value for name, value in cells.items() if name in names}}
    row |= {
        "Option1 Name": "Color",
        "Option1 Value": cells["color"],
        "Cost per item": "1.00",
        "Variant Inventory Tracker": "shopify",
    }
    return table(row, ",")


def woocommerce(cells: Cells) -> str:
    names = {
        "id": "SKU",
        "title": "Name",
        "price": "Regular price",
        "brand": "Brands",
        "quantity": "Stock",
        "sale_price": "Sale price",
    }
    row = {
        "Type": "simple",
        "Published": "1",
        "In stock?": "1",
        **{names[name]: value for name, value in cells.items() if name in names},
    }
    return table(
        row
        | {
            "Attribute 1 name": "Color",
            "Attribute 1 value(s)": cells["color"].replace(",", "\\,"),
            "Attribute 1 visible": "1",
        },
        ",",
    )


def schema_org(cells: Cells) -> str:
    offer = {
        "@type": "Offer",
        "price": cells["price"],
        "inventoryLevel": {"@type": "QuantitativeValue", "value": cells["quantity"]},
    }
    node = {
        "sku": cells["id"],
        "name": cells["title"],
        "brand": {"@type": "Brand", "name": cells["brand"]},
        "color": cells["color"],
    }
    return json.dumps(
        {"@context": "https://schema.org", "@graph": [{"@type": "Product", **node, "offers": [offer]}]},
        ensure_ascii=False,
    )


FORMS: Mapping[str, Callable[[Cells], str]] = {
    "Merchant table": lambda cells: table(cells), "semicolons": lambda cells: table(cells, ";"), "Merchant XML": merchant_xml, "Shopify": shopify,
    "WooCommerce": woocommerce, "schema.org": schema_org, "JSON": lambda cells: json.dumps({**cells, "cost_price": "1", "supplier": "x"}, ensure_ascii=False),
    "JSON list": lambda cells: json.dumps({"products": [dict(cells)]}, ensure_ascii=False),
}  # fmt: skip

words = (
    st.text(LETTERS, min_size=3, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text.isprintable() and not is_blank(text))
)
harmless = words.filter(lambda text: "<" not in text and text.strip("\"'&<> ") == text and len(text) > 2)


def prices(amount: Decimal) -> list[str]:
    """`amount` as countries write it."""
    english, plain = f"{amount:,.2f}", f"{amount:.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    return [
        f"{plain} EUR",
        f"EUR {english}",
        f"{german} €",
        f"€{plain}",
        f"{german.replace('.', ' ')} €",
        f"{english.replace(',', chr(39))} EUR",
    ]


def read(folder: Path, content: bytes) -> Product:
    found = read_bytes(folder, content, "EUR")
    assert (found.reports, found.mended, found.skipped) == ([], [], [])
    (product,) = found.products.values()
    return product


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_reader_reads_the_same_product(tmp_path: Path, form: str, data: st.DataObject) -> None:
    title, brand = data.draw(harmless), data.draw(st.sampled_from(NOTHING) | harmless)
    amount = data.draw(st.decimals("0.01", "99999.99", places=2))
    color = data.draw(st.sampled_from([*NOTHING, "Navy", "Rot & Weiß", "blue, green"]))
    quantity, known = data.draw(
        st.sampled_from([("", None), ("3", 3), ("3.0", 3), ("-2", 0), ("2.5", 2), ("1,204", 1204), ("null", None)])
    )
    cells: dict[str, Any] = {
        "id": "A-1",
        "title": title,
        "price": data.draw(st.sampled_from(prices(amount))),
        "brand": brand,
    }
    cells |= {
        "color": color,
        "quantity": quantity,
        "sale_price": data.draw(st.sampled_from(["", "0", "0.00", "0.00 EUR", "n/a"])),
    }
    escapes = data.draw(st.booleans())
    if escapes:  # exports that escape once more than their format asks for
        cells |= {name: escape(cells[name]) for name in ("title", "brand", "color")}
    text, encoding = FORMS[form](cells), data.draw(st.sampled_from(ENCODINGS))
    content = text.encode(encoding, "strict")
    assume(encoding != "cp1252" or not re.search(rb"[\xc2-\xf4][\x80-\xbf]", content))  # would be right UTF-8 too
    product = read(tmp_path, gzip.compress(content) if data.draw(st.booleans()) else content)
    assert (product.title, product.price, product.sale_price) == (title, Money(amount, "EUR"), None)
    assert product.brand == ("" if is_blank(brand, "brand") else brand)
    assert product.color == ("" if is_blank(color, "color") else color)
    assert product.quantity == known
    assert dict(product.attributes) == {}


def _nested(depth: int) -> Any:
    return {"inner": _nested(depth - 1), "cost": "1"} if depth else "deep"


@pytest.mark.parametrize("depth", [1, 5, 40])
def test_nesting_is_never_run_together(tmp_path: Path, depth: int) -> None:
    row = {
        "id": "A",
        "title": "Phone",
        "price": "600 EUR",
        "terms": {"installment": {"months": 6, "amount": "50"}},
        "more": _nested(depth),
    }
    product = read(tmp_path, json.dumps(row).encode())
    assert not any("50" in value or "6" in value for value in product.attributes.values())
    assert not any("cost" in name for name in product.attributes)
