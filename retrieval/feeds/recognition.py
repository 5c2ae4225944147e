"""Recognition: which format a file of products is in, told by what is in it and not by its name."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.catalog.product import Product
from retrieval.errors import FeedError
from retrieval.feeds.intake import Intake
from retrieval.feeds.json_products import ALIASES, read_json_products
from retrieval.feeds.json_values import json_values
from retrieval.feeds.merchant import read_merchant_table, read_merchant_xml
from retrieval.feeds.not_public import NAMES
from retrieval.feeds.report import FeedRow, RowError
from retrieval.feeds.schema_org import is_schema_org, read_html_page, read_schema_org
from retrieval.feeds.shopify import read_shopify
from retrieval.feeds.source import Source
from retrieval.feeds.table import Table
from retrieval.feeds.woocommerce import read_woocommerce

_HIDING = NAMES | set(ALIASES["id"]) | set(ALIASES["title"])
"""Columns that are enough to hide products: their ids, and that they are hidden."""
_HTML_MARKS = ("<!doctype html", "<html", "<head", "<body", "<script", "<div", "<meta")


def read_products(source: Source, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every product of a feed in any known format. Raises FeedError when none fits."""
    start = next((line.strip() for line in source.lines() if line.strip()), "").lstrip("\ufeff")
    if start.lower().startswith(_HTML_MARKS):
        return read_html_page(source, intake)
    if start.startswith("<"):
        return read_merchant_xml(source, intake)
    if start.startswith(("{", "[")):
        return read_schema_org(source, intake) if _starts_as_schema_org(source) else read_json_products(source, intake)
    return _read_table(Table.open(source), intake)


def _starts_as_schema_org(source: Source) -> bool:
    first = next((value for value in json_values(source, frozenset()) if not isinstance(value, RowError)), None)
    return first is not None and is_schema_org(first[1])


def _read_table(table: Table, intake: Intake) -> Iterator[FeedRow[Product]]:
    columns = set(table.columns)
    if "title" in columns and columns & {"handle", "url_handle"}:
        return read_shopify(table, intake)
    if {"type", "name"} <= columns and columns & {"regular_price", "parent", "in_stock"}:
        return read_woocommerce(table, intake)
    missing = [field for field in ("id", "title", "price") if not columns & set(ALIASES[field])]
    if not missing or (columns & NAMES and columns <= _HIDING):
        return read_merchant_table(table, intake)
    raise FeedError(
        f"{table.source.name} is in no known format: a table without a column for {' and '.join(missing)}.",
        f"Its columns are: {', '.join(list(table.columns.values())[:20])[:400]}. Known are Google Merchant (TSV, XML), "
        "Shopify CSV, WooCommerce CSV, schema.org JSON-LD and JSONL with the fields id, title and price.",
    )
