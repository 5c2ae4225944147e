"""Shopify product CSV: one row per variant or further picture; what variants share stands on a handle's first row.

Column reference: https://help.shopify.com/en/manual/products/import-export/using-csv. Both the older names
("Variant Price") and those since 2024 ("Price") are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from retrieval.catalog.product import Availability, Product
from retrieval.feeds.amount import price_and_sale
from retrieval.feeds.draft import Draft
from retrieval.feeds.intake import Intake
from retrieval.feeds.not_public import hidden
from retrieval.feeds.report import MISSING, FeedRow, RowError
from retrieval.feeds.table import Table, TableRow, normal_name
from retrieval.feeds.text import unescaped
from retrieval.feeds.values import read_stock

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "handle": ("handle", "url_handle"),
    "title": ("title",),
    "description": ("body_html", "description"),
    "brand": ("vendor",),
    "type": ("type",),
    "category": ("product_category", "standardized_product_type"),
    "tags": ("tags",),
    "published": ("published", "published_on_online_store"),
    "status": ("status",),
    "sku": ("variant_sku", "sku"),
    "grams": ("variant_grams", "weight_value_grams"),
    "tracker": ("variant_inventory_tracker", "inventory_tracker"),
    "quantity": ("variant_inventory_qty", "inventory_quantity"),
    "policy": ("variant_inventory_policy", "continue_selling_when_out_of_stock"),
    "price": ("variant_price", "price"),
    "old_price": ("variant_compare_at_price", "compare_at_price"),
    "gtin": ("variant_barcode", "barcode"),
    "image_link": ("image_src", "product_image_url"),
    "variant_image": ("variant_image", "variant_image_url"),
}
_FIELDS = {"sku": "id", "type": "product_type"}
"""What Product calls some of them."""
_SHARED = ("title", "description", "brand", "type", "category", "tags", "published", "status", "image_link")
_OPTION_NAMES = tuple(f"option{number}_name" for number in (1, 2, 3))
_OPTION_FIELDS = {"color": "color", "colour": "color", "size": "size", "material": "material"}
_OPTION = re.compile(r"option[123]_(?:name|value)")
_ALSO = {
    "handle": "item_group_id", "category": "product_type", "tags": "search words", "published": "shown or hidden", "status": "shown or hidden",
    "grams": "attributes", "tracker": "quantity", "policy": "availability", "old_price": "price", "variant_image": "image_link",
}  # fmt: skip
"""What columns are read for that are no field of Product by themselves."""
_OVERSELLS = frozenset({"continue", "true"})
_METAFIELD = re.compile(r"(?P<name>.+?) \((?:product|variant)\.metafields\.[^)]+\)")


def read_shopify(table: Table, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every variant of every published product. Its id is the SKU, or the handle and options where there is none."""
    intake.columns.name(table.columns.values())
    reader = _Reader(table)
    for row in table.rows():
        if isinstance(row, RowError):
            yield row
        else:
            yield from reader.read(row, intake)


class _Reader:
    """Remembers what the first row of each handle says for all of its variants."""

    def __init__(self, table: Table) -> None:
        self._file = table.source.name
        self._columns = {
            field: next((name for name in names if name in table.columns), "") for field, names in _COLUMNS.items()
        }
        self._names = {_FIELDS.get(field, field): table.columns[name] for field, name in self._columns.items() if name}
        self._metafields = {
            name: normal_name(match["name"])
            for name, spelled in table.columns.items()
            if (match := _METAFIELD.match(spelled))
        }
        self._spelled = table.columns
        self._also = {
            table.columns[name]: _ALSO[field] for field, name in self._columns.items() if name and field in _ALSO
        }
        self._also |= {spelled: "options" for name, spelled in table.columns.items() if _OPTION.fullmatch(name)}
        self._also |= {table.columns[name]: "attributes" for name in self._metafields}
        self._first: dict[str, Mapping[str, str]] = {}

    def read(self, row: TableRow, intake: Intake) -> Iterator[FeedRow[Product]]:
        cells = {name: unescaped(cell).strip() for name, cell in row.cells.items()}
        own = {field: cells.get(column, "") for field, column in self._columns.items()}
        if not own["handle"]:
            yield RowError(self._file, row.line, self._names["handle"], MISSING)
            return
        first = self._first.setdefault(own["handle"], {**own, **cells})
        if not (own["price"] or own["sku"] or own["title"] or cells.get("option1_value")):
            return  # a further picture
        reason = hidden({"published": first["published"] or "true", "status": first["status"]})
        values = {**own, **{field: first[field] for field in _SHARED}}
        options = _options(first, cells)
        product = self._values(values, options, cells, intake.currency)
        given = {self._spelled[name]: cell for name, cell in cells.items()}
        yield from Draft(self._file, row.line, product, self._names, hidden=reason, given=given, also=self._also).read(
            intake
        )

    def _values(
        self, own: Mapping[str, str], options: Mapping[str, str], cells: Mapping[str, str], currency: str
    ) -> dict[str, object]:
        quantity = own["quantity"] if own["tracker"] or not self._columns["tracker"] else ""
        fields = {_OPTION_FIELDS[name]: value for name, value in options.items() if name in _OPTION_FIELDS}
        attributes = {name: value for name, value in options.items() if name not in _OPTION_FIELDS}
        attributes |= {attribute: cells[name] for name, attribute in self._metafields.items() if name in cells}
        if own["grams"].strip("0."):
            attributes["weight"] = f"{own['grams']} g"
        if own["tags"]:
            attributes["tags"] = own["tags"]
        price, sale_price = price_and_sale(own["price"], own["old_price"], currency)
        return {
            "id": own["sku"] or normal_name("-".join((own["handle"], *options.values()))).replace("_", "-"),
            "title": own["title"],
            "description": own["description"],
            "price": price,
            "sale_price": sale_price,
            "availability": _availability(quantity, own["policy"]),
            "quantity": quantity,
            "brand": own["brand"],
            "product_type": " > ".join(filter(None, (own["category"], own["type"]))),
            "item_group_id": own["handle"],
            "image_link": own["variant_image"] or own["image_link"],
            "gtin": own["gtin"].strip("'"),
            "attributes": attributes,
            **fields,
        }


def _options(first: Mapping[str, str], cells: Mapping[str, str]) -> dict[str, str]:
    """The variant's options by name; "Title: Default Title" is Shopify's way to say that there are none."""
    found = {}
    for name in _OPTION_NAMES:
        value = cells.get(name.replace("name", "value"), "")
        if value and value != "Default Title" and first.get(name):
            found[normal_name(first[name])] = value
    return found


def _availability(quantity: str, policy: str) -> Availability:
    try:
        if not quantity or read_stock(quantity):
            return Availability.IN_STOCK
    except ValueError:
        return Availability.IN_STOCK  # the number is reported as the field that it is
    return Availability.BACKORDER if policy.lower() in _OVERSELLS else Availability.OUT_OF_STOCK
