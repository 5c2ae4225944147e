"""WooCommerce product CSV: simple products, and variations that point to a variable parent by SKU or "id:123".

Column reference: https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from retrieval.catalog.product import Availability, Product
from retrieval.feeds.draft import Draft, readable_id
from retrieval.feeds.intake import Intake
from retrieval.feeds.not_public import hidden
from retrieval.feeds.report import MISSING, WHOLE_ROW, FeedRow, RowError, Skipped
from retrieval.feeds.table import Table, TableRow, normal_name
from retrieval.feeds.text import unescaped

_INHERITED = ("name", "description", "short_description", "categories", "tags", "images", "brands")
_OPTION_FIELDS = {"color": "color", "colour": "color", "size": "size", "material": "material", "brand": "brand"}
_STOCK = {
    "1": Availability.IN_STOCK,
    "yes": Availability.IN_STOCK,
    "instock": Availability.IN_STOCK,
    "0": Availability.OUT_OF_STOCK,
    "no": Availability.OUT_OF_STOCK,
    "outofstock": Availability.OUT_OF_STOCK,
    "backorder": Availability.BACKORDER,
    "onbackorder": Availability.BACKORDER,
}
_ALSO = {
    "type": "kind of row", "parent": "item_group_id", "short_description": "description", "categories": "product_type", "tags": "search words",
    "images": "image_link", "id": "id", "date_sale_price_starts": "sale_price_effective_date", "date_sale_price_ends": "sale_price_effective_date",
}  # fmt: skip
"""What columns are read for that are no field of Product by themselves."""
_GTINS = ("gtin_upc_ean_or_isbn", "gtin", "ean")


def read_woocommerce(table: Table, intake: Intake) -> Iterator[FeedRow[Product]]:
    """Every simple product and variation that is published. Its id is the SKU, or the ID where there is none."""
    intake.columns.name(table.columns.values())
    reader = _Reader(table, intake)
    early: list[TableRow] = []
    for row in table.rows():
        if isinstance(row, RowError):
            yield row
        elif reader.is_early(row):
            early.append(row)
        else:
            yield from reader.read(row)
    for row in early:  # variations above their parent
        yield from reader.read(row)
    yield from reader.without_variations()


class _Reader:
    """Remembers the variable products, from which their variations inherit."""

    def __init__(self, table: Table, intake: Intake) -> None:
        self._file = table.source.name
        self._columns = table.columns
        self._intake = intake
        self._parents: dict[str, Mapping[str, str]] = {}
        self._childless: dict[str, tuple[int, Mapping[str, str]]] = {}
        self._hidden: list[Skipped] = []

    def without_variations(self) -> Iterator[FeedRow[Product]]:
        """A report on each variable product that is hidden, or of which the file has no variation.

        One without variations that has a price of its own is sold as it is.
        """
        yield from self._hidden
        for line, cells in self._childless.values():
            if cells.get("regular_price"):
                yield from self._read(line, cells, {})
            else:
                reason = "is variable, but the file has none of its variations, which have the prices"
                yield RowError(self._file, line, self._columns.get("type", "Type"), reason, _id(cells))

    def is_early(self, row: TableRow) -> bool:
        """Whether the row is a variation whose parent has not been read yet."""
        return "variation" in row.cells.get("type", "") and row.cells.get("parent", "").strip() not in self._parents

    def read(self, row: TableRow) -> Iterator[FeedRow[Product]]:
        cells = {name: _unfolded(cell) for name, cell in row.cells.items()}
        kinds = {kind.strip().lower() for kind in cells.get("type", "simple").split(",")}
        if any(kind.startswith("variable") for kind in kinds):
            references = [reference for reference in (cells.get("sku"), f"id:{cells.get('id')}") if reference]
            self._parents |= dict.fromkeys(references, cells)
            if reason := hidden(cells):
                self._intake.columns.fill({self._columns[name]: cell for name, cell in row.cells.items()}, True)
                self._hidden.append(Skipped(self._file, row.line, reason, _id(cells), is_whole=True))
            else:
                self._childless[references[0]] = row.line, cells
            return
        is_variation = any(kind.endswith("variation") for kind in kinds)
        parent = self._parents.get(cells.get("parent", ""), {}) if is_variation else {}
        if is_variation and not parent:
            reason = f"no variable product has SKU or ID {cells['parent']}" if "parent" in cells else MISSING
            yield RowError(self._file, row.line, self._columns.get("parent", "Parent"), reason, _id(cells))
        elif "grouped" in kinds and not hidden(cells):
            yield Skipped(self._file, row.line, "a group of products without a price of its own", _id(cells))
        else:
            self._childless = {name: held for name, held in self._childless.items() if held[1] is not parent}
            yield from self._read(row.line, cells, parent)

    def _read(self, line: int, cells: Mapping[str, str], parent: Mapping[str, str]) -> Iterator[FeedRow[Product]]:
        try:
            draft = self._draft(line, cells, parent)
        except ValueError as error:
            yield RowError(self._file, line, WHOLE_ROW, str(error), _id(cells))
        else:
            yield from draft.read(self._intake)

    def _draft(self, line: int, cells: Mapping[str, str], parent: Mapping[str, str]) -> Draft:
        own = {**{name: parent[name] for name in _INHERITED if name in parent}, **cells}
        title = parent.get("name", own.get("name", ""))
        options = _options(parent) | _options(cells)
        attributes = {name: value for name, value in options.items() if name not in _OPTION_FIELDS}
        attributes |= {
            name: f"{own[column]} {unit}" for column, (name, unit) in _measures(self._columns).items() if column in own
        }
        if "tags" in own:
            attributes["tags"] = ", ".join(_listed(own["tags"]))
        sources = {
            "id": _first(cells, "sku", "id"),
            "title": "name",
            "description": _first(own, "description", "short_description"),
            "price": "regular_price",
            "sale_price": "sale_price",
            "availability": "in_stock",
            "quantity": "stock",
            "brand": _first(own, "brands", "brand"),
            "gtin": _first(own, *_GTINS),
        }
        values: dict[str, object] = {field: own.get(column, "") for field, column in sources.items()}
        values |= {
            "title": title,
            "availability": _STOCK.get(own.get("in_stock", "1").lower(), own.get("in_stock")),
            "product_type": _deepest(own.get("categories", "")),
            "image_link": _listed(own.get("images", ""))[0],
            "item_group_id": parent.get("sku", parent.get("id", "")),
            "attributes": attributes,
        }
        values |= {_OPTION_FIELDS[name]: value for name, value in options.items() if name in _OPTION_FIELDS}
        starts, ends = own.get("date_sale_price_starts", ""), own.get("date_sale_price_ends", "")
        if starts or ends:
            values["sale_price_effective_date"] = f"{starts}/{ends}"
        names = {field: self._columns.get(name, name) for field, name in sources.items()}
        names["sale_price_effective_date"] = self._columns.get(
            "date_sale_price_starts" if starts else "date_sale_price_ends", "Date sale price starts"
        )
        given = {self._columns[name]: cell for name, cell in own.items() if name in self._columns}
        also = {spelled: _ALSO[name] for name, spelled in self._columns.items() if name in _ALSO}
        also |= {spelled: "options" for name, spelled in self._columns.items() if name.startswith("attribute_")}
        also |= {self._columns[column]: "attributes" for column in _measures(self._columns)}
        return Draft(self._file, line, values, names, hidden=hidden(cells) or hidden(parent), given=given, also=also)


def _unfolded(cell: str) -> str:
    """The export writes line ends in a cell as a backslash and an n."""
    return unescaped(cell).replace("\\n", "\n").strip()


def _id(cells: Mapping[str, str]) -> str:
    """The id of the row's product; "" if it has none that can be read."""
    return readable_id(cells.get(_first(cells, "sku", "id")))


def _first(cells: Mapping[str, str], *names: str) -> str:
    return next((name for name in names if name in cells), names[0])


def _options(cells: Mapping[str, str]) -> dict[str, str]:
    """The values of "Attribute 1 name", "Attribute 1 value(s)" and so on, by the attribute's name, without those that are not shown."""
    found = {}
    for column, name in cells.items():
        match = re.fullmatch(r"attribute_(\d+)_name", column)
        values = _listed(cells.get(f"attribute_{match[1]}_value_s", "")) if match else []
        is_variable = cells.get("type", "").casefold().endswith("variation")
        if match and any(values) and (is_variable or cells.get(f"attribute_{match[1]}_visible") != "0"):
            found[normal_name(name).removeprefix("pa_")] = ", ".join(values)
    return found


def _listed(cell: str) -> list[str]:
    r"""The values of a list with commas, in which "\," is a comma of a value."""
    return [value.replace("\\,", ",").strip() for value in re.split(r"(?<!\\),", cell)]


def _measures(columns: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Columns such as "Weight (kg)", each with the measure and its unit."""
    found = {}
    for column, spelled in columns.items():
        match = re.fullmatch(r"(Weight|Length|Width|Height) \((\w+)\)", spelled)
        if match:
            found[column] = (match[1].lower(), match[2])
    return found


def _deepest(categories: str) -> str:
    """The category path with the most steps of a list such as "Kitchen, Kitchen > Mugs"."""
    return max(_listed(categories), key=lambda path: path.count(">"))
