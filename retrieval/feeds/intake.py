"""Intake: what holds for all files of one import, the shop's currency and time zone and what was met so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from retrieval.catalog.product import Product
from retrieval.feeds.blanks import is_blank
from retrieval.feeds.not_public import NAMES
from retrieval.feeds.table import normal_name


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of the files, as they spell them, in the order in which they were met.

    `read` counts the records that took a field of ours from a column, by (column, field); `attributes` are the names of the
    attributes that were read. `named` are all columns, and `filled` those that have a value in any row.
    """

    read: dict[tuple[str, str], int] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)

    def name(self, columns: Iterable[str]) -> None:
        """Note that a file has these columns, whether or not any row has a value in them."""
        self.named.update(dict.fromkeys(columns))

    def fill(self, row: Mapping[str, object], is_hidden: bool) -> None:
        """Note the columns of a row, those that have a value in it and, if it is hidden, those that can have hidden it."""
        self.name(row)
        for column in row.keys() - self.filled:
            if not is_blank(row[column]):
                self.filled.add(column)
        for column in row if is_hidden else ():
            if normal_name(column) in NAMES and not is_blank(row[column]):
                self.note(column, "shown or hidden")

    def note(self, column: str, name: str) -> None:
        """Count that a record took the field `name` from `column`."""
        self.read[column, name] = self.read.get((column, name), 0) + 1

    @property
    def unused(self) -> list[str]:
        """Columns from which nothing was read."""
        used = {column for column, _ in self.read}
        return [column for column in self.named if column not in used]


@dataclass(frozen=True, slots=True)
class Intake:
    """Prices that name no currency are in `currency`, and dates that name no time zone in `zone`.

    Of two records of one kind with one id, the first one counts.
    """

    currency: str = "USD"
    zone: tzinfo = UTC
    _seen: dict[tuple[type, str], tuple[str, int]] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)
    """What became of the columns of the files."""
    _products: dict[str, Product] = field(default_factory=dict)

    def first_place(self, kind: type, identity: str, file: str, line: int) -> str:
        """Where a record of this kind with this id was met before, in words; "" for a new one, which is remembered."""
        first_file, first_line = self._seen.setdefault((kind, identity), (file, line))
        if (first_file, first_line) == (file, line):
            return ""
        return f"line {first_line}" if first_file == file else f"{first_file}, line {first_line}"

    def first_product(self, product: Product) -> Product:
        """The product that was first met with this id: `product` itself if there was none, which is remembered."""
        return self._products.setdefault(product.id, product)
