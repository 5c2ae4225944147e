"""Products of our own JSONL, and of lists and tables with similar names: DummyJSON, a shop's API, a Merchant table.

Our own form names Product's fields, with money as text:

    {"id": "T-100", "title": "Tarn Tent", "price": "189.00 USD", "attributes": {"weight": "1.9 kg"}}

Other names are understood where they are common ("name", "category", "stock", "discountPercentage"), and whatever is
left becomes an attribute, so that a customer can ask about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from retrieval.catalog.money import Money
from retrieval.catalog.product import Product
from retrieval.feeds.amount import price_and_sale, read_amount
from retrieval.feeds.blanks import is_blank, is_empty
from retrieval.feeds.draft import Draft, read_attributes
from retrieval.feeds.highlights import highlight_sentences, with_highlights
from retrieval.feeds.intake import Intake
from retrieval.feeds.json_values import json_values
from retrieval.feeds.json_variants import with_variants
from retrieval.feeds.not_public import NAMES, hidden
from retrieval.feeds.report import WHOLE_ROW, FeedRow, RowError, RowWarning
from retrieval.feeds.source import Source
from retrieval.feeds.table import normal_name
from retrieval.feeds.values import read_number, shown

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "product_id", "sku", "item_id", "uid"),
    "title": ("title", "name", "product_name", "product_title"),
    "description": ("description", "product_description", "body_html", "body", "short_description", "summary"),
    "link": ("link", "url", "product_url", "permalink"),
    "image_link": ("image_link", "image", "image_url", "thumbnail", "images", "picture", "image_src"),
    "price": ("price", "amount"),
    "sale_price": ("sale_price", "discounted_price", "special_price"),
    "availability": ("availability", "availability_status", "stock_status", "in_stock", "is_in_stock", "available"),
    "quantity": ("quantity", "stock", "stock_quantity", "inventory", "inventory_quantity"),
    "brand": ("brand", "vendor", "manufacturer", "brand_name"),
    "product_type": ("product_type", "category", "categories", "category_name", "google_product_category", "type"),
    "item_group_id": ("item_group_id", "group_id", "parent_id"),
    "color": ("color", "colour"),
    "size": ("size",),
    "material": ("material",),
    "gtin": ("gtin", "barcode", "ean", "upc", "isbn"),
    "rating": ("rating", "average_rating", "rating_average", "stars"),
    "rating_count": ("rating_count", "review_count", "reviews_count", "num_reviews", "ratings_count"),
    "reviews": ("reviews",),
    "sale_price_effective_date": ("sale_price_effective_date",),
    "availability_date": ("availability_date", "availability_starts", "available_from"),
    "expiration_date": ("expiration_date", "price_valid_until", "availability_ends"),
}
"""For each field of Product, the names under which it is looked for, best first."""

OLD_PRICES = ("regular_price", "list_price", "compare_at_price", "original_price", "old_price", "msrp")
"""Names of the price before a sale."""
_SALE_STARTS = (
    "sale_starts", "sale_start_date", "sale_price_starts", "sale_price_start_date", "date_on_sale_from_gmt", "date_on_sale_from",
    "special_from_date",
)  # fmt: skip
_SALE_ENDS = (
    "sale_ends", "sale_end_date", "sale_price_ends", "sale_price_end_date", "date_on_sale_to_gmt", "date_on_sale_to",
    "special_to_date",
)  # fmt: skip
"""Names of the two sides of a sale's window; WooCommerce gives each twice, and only the one in GMT says its zone."""
HIGHLIGHTS = ("product_highlight", "product_highlights", "highlights", "bullet_points", "bullet_point")
"""Names of lists of short sentences about the thing, which a customer reads below its description."""
_PERCENT_OFF = ("discount_percentage", "discount_percent")
_ALSO: Mapping[str, str] = {
    **dict.fromkeys(OLD_PRICES, "price"),
    **dict.fromkeys(_PERCENT_OFF, "sale_price"),
    **dict.fromkeys((*_SALE_STARTS, *_SALE_ENDS), "sale_price_effective_date"),
    **dict.fromkeys(("currency", "currency_code"), "currency"),
    **dict.fromkeys(HIGHLIGHTS, "description"),
    "product_detail": "attributes",
}
"""What columns are read for that are no field of Product by themselves."""
_NO_ATTRIBUTES = frozenset(
    {
        "attributes", "currency", "currency_code", "discount", "handle", "meta", "option1", "option2", "option3",
    }
    | NAMES | {alias for aliases in ALIASES.values() for alias in aliases} | set(OLD_PRICES) | set(_PERCENT_OFF) | set(_SALE_STARTS) | set(_SALE_ENDS) | set(HIGHLIGHTS)
) - {"sku"}  # fmt: skip


def read_json_products(source: Source, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every product of a JSON or JSONL file."""
    for value in json_values(source):
        if isinstance(value, RowError):
            yield value
            continue
        line, record = value
        if isinstance(record, dict):
            for variant in with_variants(record):
                yield from product_rows(source.name, line, variant, intake)
        else:
            yield RowError(source.name, line, WHOLE_ROW, f"{shown(record)} is no object with the fields of a product")


def product_rows(
    file: str, line: int, record: Mapping[str, Any], intake: Intake, written: Mapping[str, Any] | None = None
) -> Iterator[FeedRow[Product]]:
    """The product that `record` holds, whatever common names it uses, or what is wrong with it.

    `written` is the row as the file has it, where `record` is only a part of that.
    """
    given = {normal_name(name): value for name, value in record.items() if not is_empty(value)}
    spelled = {normal_name(name): name for name in record}
    own = given.get("currency", given.get("currency_code"))
    is_code = isinstance(own, str) and re.fullmatch("[A-Za-z]{3}", own.strip())
    currency = str(own).strip().upper() if is_code else intake.currency
    values: dict[str, object] = {}
    names: dict[str, str] = {}
    if str(given.get("google_product_category", "")).strip().isdecimal():  # a number of Google's own list
        del given["google_product_category"]
    for field, aliases in ALIASES.items():
        if used := next((name for name in aliases if name in given and not is_blank(given[name], field)), ""):
            values[field], names[field] = _SIMPLER.get(field, _same)(given[used], used), spelled[used]
    if highlights := [each for name in HIGHLIGHTS for each in highlight_sentences(given.get(name))]:
        values["description"] = with_highlights(values.get("description"), highlights)
    reason = hidden({normal_name(name): value for name, value in record.items()})
    row = record if written is None else written
    also = {name: _ALSO[normal] for name in row if (normal := normal_name(name)) in _ALSO}
    draft = Draft(file, line, values, names, currency, reason, row, also)
    listed, fault = _listed_attributes(given.get("attributes"))
    values["attributes"] = _other_fields(given, names.get("id", "")) | listed
    values.update(_ratings(given))
    faults = [("attributes", fault)] if fault else []
    faults += _prices(given, spelled, values, names, currency)
    _sale_window(given, spelled, values, names)
    for name, wrong in faults if not reason else ():
        yield RowWarning(file, line, spelled.get(name, name), f"{wrong}; it is left out")
    yield from draft.read(intake)


def product_json(product: Product) -> dict[str, object]:
    """`product` in our own JSONL form, from which `read_json_products` reads the same product."""
    record: dict[str, object] = asdict(product)
    record["price"] = _money_text(product.price)
    record["sale_price"] = None if product.sale_price is None else _money_text(product.sale_price)
    record["availability"] = product.availability.value
    record["attributes"] = dict(product.attributes)
    record["sale_price_effective_date"] = str(product.sale_price_effective_date)
    for name in ("availability_date", "expiration_date"):
        moment = getattr(product, name)
        record[name] = None if moment is None else moment.isoformat()
    return record


def _first(given: Mapping[str, object], names: Iterable[str]) -> str:
    return next((name for name in names if name in given), "")


def _same(value: object, used: str) -> object:
    return value


def _other_fields(given: Mapping[str, Any], id_name: str) -> dict[str, Any]:
    """Every field of the record that is none of Product's."""
    return {name: value for name, value in given.items() if name not in _NO_ATTRIBUTES and name != normal_name(id_name)}


def _listed_attributes(listed: object) -> tuple[dict[str, str], str]:
    """The record's own list of attributes, and what is wrong with it."""
    try:
        return ({} if listed is None else read_attributes(listed)), ""
    except ValueError as error:
        return {}, str(error)


def _prices(
    given: Mapping[str, Any],
    spelled: Mapping[str, str],
    values: dict[str, object],
    names: dict[str, str],
    currency: str,
) -> Iterator[tuple[str, str]]:
    """Understands an old price next to the price, and a discount in per cent, as a sale. Yields the field that it cannot read, and why."""
    old, percent = _first(given, OLD_PRICES), _first(given, _PERCENT_OFF)
    if old and "sale_price" not in values and "price" in values:
        values["price"], values["sale_price"] = price_and_sale(values["price"], given[old], currency)
    elif old:
        values["price"], names["price"] = given[old], spelled[old]
    elif percent and "sale_price" not in values and "price" in values:
        try:
            values["sale_price"] = _reduced(values["price"], given[percent], currency)
        except ValueError as error:
            yield percent, str(error)


def _sale_window(
    given: Mapping[str, Any], spelled: Mapping[str, str], values: dict[str, object], names: dict[str, str]
) -> None:
    """Puts the two sides of a sale, where they are fields of their own, into one window."""
    start, end = _first(given, _SALE_STARTS), _first(given, _SALE_ENDS)
    if "sale_price_effective_date" in values or not (start or end):
        return
    values["sale_price_effective_date"] = "/".join(_zoned(given.get(name), name) for name in (start, end))
    names["sale_price_effective_date"] = spelled[start or end]


def _zoned(value: object, name: str) -> str:
    """A date as text; one whose field is called so is in GMT."""
    text = "" if is_blank(value, "sale_price_effective_date") else str(value).strip()
    return f"{text}Z" if name.endswith("_gmt") and re.search(r"\d\d:\d\d(?::\d\d)?$", text) else text


def _reduced(price: object, percent: object, currency: str) -> str | None:
    off = read_number(percent)
    if not 0 <= off < 100:
        raise ValueError(f"a discount of {shown(percent)} per cent cannot be")
    try:
        full = read_amount(price, currency)
    except ValueError:
        return None  # the price is reported as the field that it is
    return _money_text(Money((full.amount * (100 - off) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP), full.currency))


def _ratings(given: Mapping[str, Any]) -> dict[str, object]:
    """The mean and the number of ratings, where the file leaves them to be read off an object or off the reviews."""
    found: dict[str, object] = {}
    rating = given.get("rating")
    if isinstance(rating, Mapping):
        count = rating.get("count", rating.get("rating_count"))
        found = {"rating_count": count} if count is not None else {}
    reviews = given.get("reviews")
    if isinstance(reviews, list) and not _first(given, ALIASES["rating_count"]) and "rating_count" not in found:
        found["rating_count"] = len(reviews)
    return found


def _one_name(value: object, used: str) -> object:
    return value.get("name", value.get("title")) if isinstance(value, Mapping) else value


def _category(value: object, used: str) -> object:
    parts = [_one_name(part, used) for part in (value if isinstance(value, list) else [value])]
    if used != "product_type":  # "kitchen-accessories" is how machines spell it
        parts = [part.replace("-", " ") if isinstance(part, str) and _SLUG.fullmatch(part) else part for part in parts]
    return " > ".join(map(str, parts)) if isinstance(value, list) else parts[0]


def _image(value: object, used: str) -> object:
    first = value[0] if isinstance(value, list) else value
    return first.get("src", first.get("url")) if isinstance(first, Mapping) else first


def _in_words(value: object, used: str) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _rating(value: object, used: str) -> object:
    return value.get("rate", value.get("value", value.get("average"))) if isinstance(value, Mapping) else value


def _money_text(money: Money) -> str:
    digits = f"{money.amount:f}"
    three_decimals = re.search(r"\.\d{3}$", digits)  # which a reader could take for thousands
    return f"{digits}{'0' if three_decimals else ''} {money.currency}"


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_SIMPLER: Mapping[str, Callable[[object, str], object]] = {
    "brand": _one_name,
    "product_type": _category,
    "image_link": _image,
    "color": _in_words,
    "size": _in_words,
    "material": _in_words,
    "rating": _rating,
}
