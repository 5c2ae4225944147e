"""Variants: which variant of a product a step is about, by the colors and sizes that the message and the need name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from assistant.tools.tool import Bench, Task
from retrieval.catalog.product import Product

_MOST_COMPARED = 4
"""Variants of one product that one reply sets side by side."""


def meant_products(ids: Iterable[str], task: Task, bench: Bench) -> list[Product]:
    """The products with `ids`, each in the variant that the customer asks about; several where they name several colors or sizes.

    "Is it cheaper in red?" is about the red variant, whichever was shown before. Unknown ids are left out.
    """
    options = bench.constraints.meant(task.message, task.need)
    found: dict[str, Product] = {}
    for id in ids:
        if id not in bench.catalog.products:
            continue
        shown = bench.catalog.products[id]
        for part in options.each_of(bench.catalog.variants(shown))[:_MOST_COMPARED]:
            best = shown if shown in part else _best(shown, part, task.moment)
            found[best.id] = best
    return list(found.values())


def once_each(ids: Sequence[str], task: Task, bench: Bench) -> tuple[str, ...]:
    """`ids` with one variant of each product, but for variants of which the message itself names several."""
    products = [bench.catalog.products[id] for id in ids]
    counts = Counter(map(_group, products))
    options = bench.constraints.options(task.message) if max(counts.values(), default=0) > 1 else None
    kept: dict[tuple[str, int], str] = {}
    for product in products:
        parts = options.each_of(bench.catalog.variants(product)) if options else []
        place = next((place for place, part in enumerate(parts) if product in part), 0) if len(parts) > 1 else 0
        kept.setdefault((_group(product), place), product.id)
    return tuple(kept.values())


def _group(product: Product) -> str:
    return product.item_group_id or product.id


def _best(shown: Product, variants: Sequence[Product], moment: datetime) -> Product:
    """One that can be had, as near to `shown` as can be, then the cheapest."""

    def cost(variant: Product) -> tuple[bool, bool, Decimal]:
        offer = variant.offer_at(moment)
        is_other = (variant.color, variant.size) not in ((shown.color, variant.size), (variant.color, shown.size))
        return not offer.is_available, is_other, offer.price.amount

    return min(variants, key=cost)
