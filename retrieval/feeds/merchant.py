"""Google Merchant products: a delimited table, or RSS 2.0 or Atom with elements in the `g:` namespace.

Field reference: https://support.google.com/merchants/answer/7052112
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from retrieval.catalog.product import Product
from retrieval.feeds.draft import readable_id
from retrieval.feeds.intake import Intake
from retrieval.feeds.json_products import product_rows
from retrieval.feeds.report import WHOLE_ROW, FeedRow, RowError, RowWarning
from retrieval.feeds.source import Source
from retrieval.feeds.table import Table, normal_name
from retrieval.feeds.text import unescaped
from retrieval.feeds.xml_items import xml_items

_TERMS_OF_SALE = ("shipping", "tax")
"""Beginnings of names of terms in parts; in other formats they may be words."""
_NEXT_DETAIL = re.compile(r",(?=[^,:]*:)")
_MEASURES = frozenset({"shipping_weight", "shipping_length", "shipping_width", "shipping_height"})
"""Names that begin so and are about the product all the same, as it is packed."""


def read_merchant_table(table: Table, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every product of a table with Merchant's column names, or names much like them."""
    intake.columns.name(table.columns.values())
    for row in table.rows():
        if isinstance(row, RowError):
            yield row
        else:
            record = {table.columns[name]: unescaped(cell) for name, cell in row.cells.items()}
            yield from _product(table.source.name, row.line, record, intake)


def read_merchant_xml(source: Source, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every product of an RSS or Atom feed."""
    for item in xml_items(source):
        if isinstance(item, RowError | RowWarning):
            yield item
        else:
            fields = {
                name: unescaped(value) if isinstance(value, str) else value for name, value in item.fields.items()
            }
            yield from _product(source.name, item.line, fields, intake)


def _product(file: str, line: int, record: Mapping[str, Any], intake: Intake) -> Iterator[FeedRow[Product]]:
    fields = {
        name: value
        for name, value in record.items()
        if (normal := normal_name(name)) in _MEASURES or not normal.startswith(_TERMS_OF_SALE)
    }
    by_name = {normal_name(name): name for name in fields}
    try:
        attributes = _details(fields.pop(by_name.get("product_detail", ""), []))
    except ValueError as error:
        yield RowError(file, line, WHOLE_ROW, str(error), readable_id(fields.get(by_name.get("id", ""))))
        return
    yield from product_rows(file, line, {**fields, "attributes": attributes}, intake, record)


def _details(value: Any) -> dict[str, str]:
    """`product_detail`: elements with a name and a value, or "section:name:value" in a table, where a value may have commas."""
    found: dict[str, str] = {}
    for detail in value if isinstance(value, list) else _NEXT_DETAIL.split(str(value)):
        if isinstance(detail, Mapping):
            name, text = detail.get("attribute_name", ""), detail.get("attribute_value", "")
        else:
            *_, name, text = detail.split(":", 2) if ":" in detail else ("", "")
        if name.strip() and text.strip():
            found[normal_name(name)] = text.strip()
    return found
