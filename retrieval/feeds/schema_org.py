"""schema.org products in JSON-LD: Product, ProductGroup with hasVariant, @graph, lists; alone or in an HTML page.

Reference: https://schema.org/Product
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from retrieval.catalog.product import Product
from retrieval.errors import FeedError
from retrieval.feeds.amount import price_and_sale
from retrieval.feeds.blanks import is_blank
from retrieval.feeds.draft import Draft
from retrieval.feeds.intake import Intake
from retrieval.feeds.json_values import decode, json_values
from retrieval.feeds.not_public import hidden
from retrieval.feeds.report import WHOLE_ROW, FeedRow, RowError
from retrieval.feeds.source import Source
from retrieval.feeds.table import normal_name
from retrieval.feeds.text import unescaped

_SCRIPT = re.compile(r"<script\b[^<>]*application/ld\+json[^<>]*>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script\b", re.IGNORECASE)
_LISTS = frozenset({"@graph", "itemListElement"})
_CONTAINERS = ("@graph", "itemListElement", "item", "mainEntity", "mainEntityOfPage", "hasPart")
_PRODUCT_TYPES = frozenset({"Product", "IndividualProduct", "ProductModel", "SomeProducts", "Vehicle", "Book"})
_GTINS = ("gtin", "gtin13", "gtin14", "gtin12", "gtin8")
_IDS = ("sku", "productID", "mpn", "@id")
_UNITS = {
    "KGM": "kg",
    "GRM": "g",
    "CMT": "cm",
    "MMT": "mm",
    "MTR": "m",
    "LTR": "l",
    "LBR": "lb",
    "INH": "in",
    "ONZ": "oz",
}
"""Common codes of UN/CEFACT, in which schema.org gives units."""
_NAMES = {
    "title": "name",
    "price": "offers.price",
    "sale_price": "offers.price",
    "availability": "offers.availability",
    "quantity": "offers.inventoryLevel",
    "link": "url",
    "image_link": "image",
    "rating": "aggregateRating.ratingValue",
    "rating_count": "aggregateRating.ratingCount",
    "reviews": "review",
    "sale_price_effective_date": "offers.priceValidUntil",
    "availability_date": "offers.availabilityStarts",
    "expiration_date": "offers.priceValidUntil",
}
_ALSO = {
    **dict.fromkeys(("@context", "@type", "@id"), "kind of record"), "offers": "price", "aggregateRating": "rating", "brand": "brand",
    "additionalProperty": "attributes", "category": "product_type", "review": "reviews", "url": "link", "sku": "id", "mpn": "id",
    "productID": "id", "isVariantOf": "item_group_id", "productGroupID": "item_group_id", "inProductGroupWithID": "item_group_id",
}  # fmt: skip
"""Properties that are read as a part of a field, or as one of another name."""
_MOST_LEVELS = 20


def read_schema_org(source: Source, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every product of a JSON-LD file."""
    for value in json_values(source, _LISTS):
        if isinstance(value, RowError):
            yield value
        else:
            yield from _products(source.name, value[0], value[1], intake)


def read_html_page(source: Source, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every product in the JSON-LD scripts of an HTML page. Raises FeedError when it has none of these."""
    scripts = list(_scripts(source.text()))
    if not scripts:
        raise FeedError(f"{source.name} is an HTML page without JSON-LD.", "Export the products as CSV, XML or JSON.")
    for line, script in scripts:
        try:
            yield from _products(source.name, line, decode(script), intake)
        except (ValueError, RecursionError) as error:
            yield RowError(source.name, line, WHOLE_ROW, f"is not JSON: {error}")


def _scripts(page: str) -> Iterator[tuple[int, str]]:
    """The JSON-LD scripts of a page, each with its line."""
    line, counted = 1, 0
    for opening in _SCRIPT.finditer(page):
        closing = _SCRIPT_END.search(page, opening.end())
        if closing is None:
            return
        line, counted = line + page.count("\n", counted, opening.end()), opening.end()
        if page[opening.end() : closing.start()].strip():
            yield line, page[opening.end() : closing.start()]


def is_schema_org(value: object) -> bool:
    """Whether a JSON value is JSON-LD."""
    if isinstance(value, list):
        return any(map(is_schema_org, value[:5]))
    return isinstance(value, Mapping) and any(name in value for name in ("@context", "@graph", "@type"))


def _products(
    file: str, line: int, node: Any, intake: Intake, shared: Mapping[str, Any] | None = None, level: int = 0
) -> Iterator[FeedRow[Product]]:
    """The products in `node`; `shared` is the product group around it, whose properties its variants have too."""
    if level > _MOST_LEVELS:
        return
    if isinstance(node, list):
        for inner in node:
            yield from _products(file, line, inner, intake, shared, level + 1)
    elif isinstance(node, Mapping):
        if "ProductGroup" in _types(node) or ("Product" in _types(node) and not is_blank(node.get("hasVariant"))):
            if is_blank(node.get("hasVariant")) and _hidden(node):
                whole = {**node, "sku": node.get("productGroupID") or node.get("sku")}
                yield from _draft(file, line, {**whole, "productGroupID": None}, _hidden(node)).read(intake)
            yield from _products(file, line, node.get("hasVariant", []), intake, node, level + 1)
        elif _types(node) & _PRODUCT_TYPES:
            reason = _hidden({**(shared or {}), **node})
            yield from _draft(file, line, {**_inheritable(shared), **node}, reason).read(intake)
        else:
            for name in _CONTAINERS:
                yield from _products(file, line, node.get(name), intake, shared, level + 1)


def _hidden(node: Mapping[str, Any]) -> str:
    return hidden({normal_name(name): value for name, value in node.items()})


def _draft(file: str, line: int, node: Mapping[str, Any], reason: str) -> Draft:
    offer = _offer(node.get("offers"))
    price, old_price = _prices(offer)
    currency = str(offer.get("priceCurrency", ""))
    dearer, sale = price_and_sale(_in(price, currency), _in(old_price, currency), currency or "USD")
    window, ends = _validity(offer, is_sale=sale is not None)
    rating = _one(node.get("aggregateRating"))
    id_name = next((name for name in _IDS if not is_blank(node.get(name))), "sku")
    values = {
        "id": node.get(id_name),
        "title": _text(node.get("name")),
        "description": _text(node.get("description")),
        "link": _text(offer.get("url") or node.get("url")),
        "image_link": _image(node.get("image")),
        "price": dearer,
        "sale_price": sale,
        "availability": offer.get("availability"),
        "quantity": _one(offer.get("inventoryLevel")).get("value"),
        "brand": _text(node.get("brand")),
        "product_type": _text(node.get("category")),
        "item_group_id": _group(node),
        "color": _text(node.get("color")),
        "size": _text(node.get("size")),
        "material": _text(node.get("material")),
        "gtin": next((node[name] for name in _GTINS if not is_blank(node.get(name))), None),
        "rating": _of_five(rating.get("ratingValue"), rating.get("bestRating")),
        "rating_count": rating.get("ratingCount", rating.get("reviewCount")),
        "reviews": [_review(_one(review)) for review in _listed(node.get("review", node.get("reviews")))],
        "attributes": _attributes(node),
        "sale_price_effective_date": window,
        "availability_date": offer.get("availabilityStarts"),
        "expiration_date": ends,
    }
    return Draft(file, line, values, {**_NAMES, "id": id_name}, hidden=reason, given=node, also=_ALSO)


def _offer(value: Any) -> Mapping[str, Any]:
    """Of several offers the first that can be had; of an aggregate without offers of its own, the aggregate."""
    offers = [_one(offer) for offer in _listed(value)]
    inner = [_one(offer) for aggregate in offers for offer in _listed(aggregate.get("offers"))]
    priced = [offer for offer in (inner or offers) if not is_blank(_prices(offer)[0])] or offers
    had = [offer for offer in priced if "instock" in str(offer.get("availability", "")).lower()]
    return next(iter(had or priced), {})


def _prices(offer: Mapping[str, Any]) -> tuple[Any, Any]:
    """Today's price and the one that is struck through."""
    price, old_price = offer.get("price", offer.get("lowPrice")), None
    for specification in map(_one, _listed(offer.get("priceSpecification"))):
        amount = _in(specification.get("price"), str(specification.get("priceCurrency", "")))
        if str(specification.get("priceType", "")).endswith(("ListPrice", "StrikethroughPrice", "MSRP", "SRP")):
            old_price = amount
        elif is_blank(price):
            price = amount
    return price, old_price


def _validity(offer: Mapping[str, Any], is_sale: bool) -> tuple[str, Any]:
    """From when to when the sale is on, and when the offer ends: a price that holds until a day ends a sale, or else the offer."""
    specifications = [_one(offer), *map(_one, _listed(offer.get("priceSpecification")))]
    starts, until = (
        next((found[name] for found in specifications for name in names if not is_blank(found.get(name))), "")
        for names in (("validFrom",), ("priceValidUntil", "validThrough"))
    )
    if is_sale:
        return (f"{starts}/{until}" if starts or until else ""), offer.get("availabilityEnds")
    return "", offer.get("availabilityEnds") if is_blank(until) else until


def _in(amount: Any, currency: str) -> Any:
    """A bare number with its currency behind it; anything else as it is."""
    if is_blank(amount) or not currency or any(letter.isalpha() for letter in str(amount)):
        return amount
    return {"amount": amount, "currency": currency}


def _attributes(node: Mapping[str, Any]) -> dict[str, str]:
    pairs = [(_text(_one(item).get("name")), _quantity(item)) for item in _listed(node.get("additionalProperty"))]
    pairs += [
        (name, _quantity(node[name])) for name in ("weight", "width", "height", "depth", "pattern") if name in node
    ]
    return {normal_name(name): value for name, value in pairs if name and value}


def _quantity(value: Any) -> str:
    """A QuantitativeValue or PropertyValue in words: "46 cm"."""
    if not isinstance(value, Mapping):
        return _text(value)
    unit = value.get("unitText") or _UNITS.get(str(value.get("unitCode", "")), value.get("unitCode", ""))
    return f"{_text(value.get('value'))} {unit}".strip()


def _review(review: Mapping[str, Any]) -> dict[str, Any]:
    rating = _one(review.get("reviewRating"))
    stars = _of_five(rating.get("ratingValue"), rating.get("bestRating"))
    return {"rating": stars, "text": _text(review.get("reviewBody") or review.get("description"))}


def _of_five(value: Any, best: Any) -> Any:
    """A rating out of `best` as one out of 5; anything else as it is, for the reader of the row to report."""
    try:
        top = Decimal(str(best or 5))
        return (
            value
            if top == 5 or not top.is_finite() or top <= 0
            else (Decimal(str(value)) * 5 / top).quantize(Decimal("0.01"))
        )
    except ArithmeticError:
        return value


def _group(node: Mapping[str, Any]) -> Any:
    parent = _one(node.get("isVariantOf"))
    return (
        node.get("productGroupID")
        or node.get("inProductGroupWithID")
        or parent.get("productGroupID")
        or parent.get("@id")
    )


def _inheritable(group: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a variant has from its group: everything but the group's own identity and its list of variants."""
    if group is None:
        return {}
    kept = {
        name: value for name, value in group.items() if name not in (*_IDS, *_GTINS, "@type", "hasVariant", "variesBy")
    }
    return kept | {
        "productGroupID": group.get("productGroupID") or next((group[name] for name in _IDS if name in group), "")
    }


def _types(node: Mapping[str, Any]) -> set[str]:
    return {str(name).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in _listed(node.get("@type"))}


def _text(value: Any) -> str:
    """Text, the name of a thing, or several of them in a list."""
    if isinstance(value, Mapping):
        return _text(value.get("name", value.get("@value", "")))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return "" if value is None else unescaped(str(value))


def _image(value: Any) -> Any:
    first = next(iter(_listed(value)), "")
    return first.get("url", first.get("contentUrl", "")) if isinstance(first, Mapping) else first


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one(value: Any) -> Mapping[str, Any]:
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, Mapping) else {}
