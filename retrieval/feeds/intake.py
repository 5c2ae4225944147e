"""Intake: what holds for all files of one import, the shop's currency and time zone and what was met so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from retrieval.catalog.product import Product


@dataclass(frozen=True, slots=True)
class Intake:
    """Prices that name no currency are in `currency`, and dates that name no time zone in `zone`.

    Of two records of one kind with one id, the first one counts.
    """

    currency: str = "USD"
    zone: tzinfo = UTC
    _seen: dict[tuple[type, str], tuple[str, int]] = field(default_factory=dict)
    columns: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many records took a field of ours from a column of theirs, by (column, field)."""
    _products: dict[str, Product] = field(default_factory=dict)

    def note(self, fields: Mapping[str, str]) -> None:
        """Counts from which column of the file each field of a record was read."""
        for name, column in fields.items():
            self.columns[column, name] = self.columns.get((column, name), 0) + 1

    def first_place(self, kind: type, identity: str, file: str, line: int) -> str:
        """Where a record of this kind with this id was met before, in words; "" for a new one, which is remembered."""
        first_file, first_line = self._seen.setdefault((kind, identity), (file, line))
        if (first_file, first_line) == (file, line):
            return ""
        return f"line {first_line}" if first_file == file else f"{first_file}, line {first_line}"

    def first_product(self, product: Product) -> Product:
        """The product that was first met with this id: `product` itself if there was none, which is remembered."""
        return self._products.setdefault(product.id, product)
