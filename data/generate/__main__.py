"""Rebuilds every made file of the sample shop: `python -m data.generate`."""

from __future__ import annotations

from data.generate.paths import SHOP, jsonl, write_text
from data.generate.products import product_records, read_groups


def main() -> None:
    """Writes products."""
    groups = read_groups()
    write_text(SHOP / "products.jsonl", jsonl(product_records(groups)))


if __name__ == "__main__":
    main()
