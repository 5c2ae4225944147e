"""Kind of file: which kind of record a file plainly holds, so that one that was given as another kind is refused.

Without this a product feed that is imported as FAQs would be one long page, with its cost prices and hidden rows. Decided by names of
columns and fields that only one kind has, in every format. A file that could be of several kinds is left to the reader of its kind.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence, Set
from itertools import islice

from retrieval.errors import FeedError
from retrieval.feeds.faqs import COLUMNS, is_faq_header
from retrieval.feeds.json_products import ALIASES, OLD_PRICES
from retrieval.feeds.json_values import json_values
from retrieval.feeds.people import CUSTOMER, EVENT
from retrieval.feeds.report import RowError
from retrieval.feeds.source import Source
from retrieval.feeds.table import Table, normal_name
from retrieval.store.versions import Kind

_BRIEFLY = frozenset({"q", "a"})
_TITLE = frozenset({"title", "name", "heading"})
_TEXT = frozenset({"text", "body", "content", "response", "reply", "html"})
_QUESTION = frozenset(COLUMNS["title"]) - _TITLE - _BRIEFLY
_ANSWER = frozenset(COLUMNS["answer"]) - _TEXT - _BRIEFLY
_LINES = frozenset({"lines", "line_items"})
_CUSTOMER_ID, _PRODUCT_ID = frozenset(EVENT["customer_id"]), frozenset(EVENT["product_id"])
_HAPPENED = frozenset((*EVENT["kind"], *EVENT["time"]))
_ORDER = frozenset(
    {
        "lines", "line_items", "lineitem_name", "lineitem_sku", "lineitem_quantity", "placed", "placed_at", "order_id", "order_number",
        "order_date", "order_status", "order_total", "financial_status", "fulfillment_status", "tracking",
        "tracking_number", "delivered",
    }
)  # fmt: skip
"""Fields of orders. Two of them are needed, because one alone may be an attribute of a product ("order number")."""
_PRICE = frozenset(
    {
        *ALIASES["sale_price"], *OLD_PRICES, "price", "variant_price", "variant_compare_at_price", "variants", "has_variant", "offers",
        "availability", "item_group_id", "gtin", "variant_sku", "stock_quantity", "inventory_quantity",
    }
)  # fmt: skip
"""Fields of products. One of them is enough."""
_PRODUCT = frozenset(
    {
        *ALIASES["brand"], *ALIASES["quantity"], *ALIASES["gtin"], "sku", "image_link", "image_url", "product_type", "mpn", "in_stock",
        "google_product_category", "handle", "product_name", "product_title", "condition", "cost_of_goods_sold", "body_html",
    }
)  # fmt: skip
"""Fields of products. Two of them are needed."""
_PERSON = frozenset((*CUSTOMER["email"], *CUSTOMER["name"], "accepts_marketing", "accepts_email_marketing")) - _TITLE
_WHOLE_NAME = frozenset({"first_name", "last_name"})
_NOUNS: Mapping[Kind, str] = {
    Kind.PRODUCTS: "products",
    Kind.FAQS: "FAQs or policies",
    Kind.CUSTOMERS: "customers",
    Kind.ORDERS: "orders",
    Kind.EVENTS: "events",
}
_PAGE = re.compile(r"(?:#{1,6}\s|-{3}\s*$|\+{3}\s*$|\*\*|Q:)")
"""How a page in Markdown begins."""
_HTML = re.compile(
    r"<(?:!doctype html|html|head|body|main|article|h[1-6]|div|section|details|dl|ul|ol|table|p|b|strong)\b", re.I
)
_LINKED_DATA = re.compile(r"<script\b[^<>]*application/ld\+json[^<>]*>(.*?)</script", re.I | re.S)
_PRODUCT_DATA = re.compile(r'"@type"\s*:\s*\[?\s*"Product(?:Group)?"')
_ASKED = re.compile(r'"(?:FAQPage|Question)"|itemtype="[^"]*/(?:FAQPage|Question)"', re.I)
_QUESTIONS = re.compile(r"<(?:summary|dt|h[1-6])\b[^<>]*>[^<]*\?", re.I)
_FEED = re.compile(r"<(?:rss|feed|item|entry)[\s>]", re.I)
_TAG = re.compile(r"<(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)[\s/>]")
_MOST_RECORDS, _MOST_LINES, _MOST_NAMED = 20, 6, 5
_MOST_TAGS = 200_000  # letters of an XML file in which its tags are looked for


def check_kind(kind: Kind, source: Source) -> None:
    """Raise FeedError if a file that is given as `kind` plainly holds records of another kind, or cannot be a page of FAQs."""
    start = next((line.strip() for line in source.lines() if line.strip()), "").lstrip("\ufeff")
    if start.startswith("<"):
        _check_markup(kind, source, start)
    elif start.startswith(("{", "[")):
        _refuse_other(kind, source, _json_names(source))
    elif _PAGE.match(start):
        if kind is not Kind.FAQS:
            raise _refusal(kind, source, Kind.FAQS)
    else:
        _check_table(kind, source)


def _check_table(kind: Kind, source: Source) -> None:
    table = Table.open(source)
    if kind is not Kind.FAQS:
        _refuse_other(kind, source, table.columns)
        return
    if _is_table(table, 1):  # a page may begin with a line of words and commas
        _refuse_other(kind, source, table.columns)
    if not is_faq_header(set(table.columns)) and _is_table(table, 2):
        raise FeedError(
            f"{source.name} is a table without columns for question and answer. Nothing of it was imported.",
            f"Its columns are: {', '.join(list(table.columns.values())[:20])[:400]}. Name them question and answer, or give pages in Markdown or HTML.",
        )


def _is_table(table: Table, rows: int) -> bool:
    """Whether the name of the file says so, or the first lines, `rows` of them at least, divide as the header does."""
    if {".csv", ".tsv"} & {suffix.lower() for suffix in table.source.path.suffixes}:
        return True
    lines = islice((line for line in table.source.lines() if line.strip()), _MOST_LINES + 1)
    try:
        header, *cells = csv.reader(lines, delimiter=table.delimiter, skipinitialspace=True)
    except (csv.Error, ValueError):
        return False
    if all(
        re.fullmatch(r"[\s:-]*", cell) for cell in (cells or [header])[0]
    ):  # the rule under the head of a table in Markdown
        return False
    if not cells:
        return len(header) > _MOST_LINES
    least = 2 if table.delimiter == "\t" or rows == 1 else 3
    return len(header) >= least and len(cells) >= rows and all(len(row) == len(header) for row in cells[:-1] or cells)


def _check_markup(kind: Kind, source: Source, start: str) -> None:
    head = next(source.blocks(), "")[:_MOST_TAGS]
    if not _HTML.match(start) and "<html" not in head.lower():  # a feed, or a page in Markdown that begins with a tag
        _refuse_other(kind, source, {normal_name(tag): tag for tag in _TAG.findall(head)})
        if kind is Kind.FAQS and (start.startswith("<?xml") or _FEED.search(head)):
            raise FeedError(
                f"{source.name} is XML, which is no format of FAQs. Nothing of it was imported.",
                "Give pages in Markdown or HTML, or a table with the columns question and answer.",
            )
        return
    text = source.text()
    is_asked = _ASKED.search(text) is not None
    if any(map(_PRODUCT_DATA.search, _LINKED_DATA.findall(text))):
        if kind is not Kind.PRODUCTS and not (kind is Kind.FAQS and is_asked):
            raise _refusal(kind, source, Kind.PRODUCTS)
    elif kind is not Kind.FAQS and (kind is not Kind.PRODUCTS or is_asked or _QUESTIONS.search(text)):
        raise _refusal(kind, source, Kind.FAQS)


def _json_names(source: Source) -> dict[str, str]:
    """The names of the fields of the first records, by their normal names."""
    records = (value[1] for value in json_values(source) if not isinstance(value, RowError))
    first = (record for record in islice(records, _MOST_RECORDS) if isinstance(record, Mapping))
    return {normal_name(name): name for record in first for name in record}


def _refuse_other(kind: Kind, source: Source, names: Mapping[str, str]) -> None:
    found, by = _kind_of(names.keys())
    if found not in (None, kind):
        raise _refusal(kind, source, found, [spelled for name, spelled in names.items() if name in by])


def _kind_of(names: Set[str]) -> tuple[Kind | None, Set[str]]:
    """The kind that alone has these names, with those that say so; None if none does."""
    if (names & _QUESTION and names & (_ANSWER | _TEXT)) or (names & _ANSWER and names & _TITLE) or names >= _BRIEFLY:
        return Kind.FAQS, _QUESTION | _ANSWER | _BRIEFLY
    if names & _CUSTOMER_ID and names & _PRODUCT_ID and names & _HAPPENED and not names & _LINES:
        return Kind.EVENTS, _CUSTOMER_ID | _PRODUCT_ID | _HAPPENED
    if len(names & _ORDER) > 1 or (names & _LINES and names & (_CUSTOMER_ID | _PERSON)):
        return Kind.ORDERS, _ORDER
    if names & _PRICE or len(names & _PRODUCT) > 1:
        return Kind.PRODUCTS, _PRICE | _PRODUCT
    if not names & _TEXT and (names & _PERSON or names >= _WHOLE_NAME):
        return Kind.CUSTOMERS, _PERSON | _WHOLE_NAME
    return None, frozenset()


def _refusal(kind: Kind, source: Source, found: Kind, by: Sequence[str] = ()) -> FeedError:
    fields = f" ({', '.join(by[:_MOST_NAMED])})" if by else ""
    otherwise = " If it does hold FAQs, name its columns question and answer." if kind is Kind.FAQS and by else ""
    return FeedError(
        f"{source.name} looks like {_NOUNS[found]}{fields}, not like {_NOUNS[kind]}. Nothing of it was imported.",
        f"Run: aisle import {found} {source.name} (POST /api/import: kind={found}).{otherwise}",
    )
