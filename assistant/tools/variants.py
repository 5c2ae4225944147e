"""Variants: which variant of a product a step is about, by the colors and sizes that the message and the need name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assistant.tools.tool import Bench, Task
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.options import Options
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


@dataclass(frozen=True, slots=True)
class OtherVariants:
    """Variants that may take a product's place and can be had: those that the message means, and all."""

    meant: tuple[Product, ...] = ()
    possible: tuple[Product, ...] = ()


def other_variants(product: Product, task: Task, bench: Bench) -> OtherVariants:
    """What may take the place of `product`: "in blue" means the blue one in the same size, if there is one."""
    offered = [each for each in bench.catalog.variants(product) if each.offer_at(task.moment).is_available]
    possible = tuple(each for each in offered if each.id != product.id)
    options = bench.constraints.options(task.message)
    meant = options.among(possible) if options.color or options.size else []
    for field in ("color", "size"):
        alike = [each for each in meant if getattr(each, field) == getattr(product, field)]
        meant = alike or meant
    return OtherVariants(tuple(meant) if len(meant) < len(possible) or len(possible) == 1 else (), possible)


def narrowed(product: Product, color: str, size: str, task: Task, bench: Bench) -> list[Product]:
    """The variants of `product` that may be meant, by what was chosen before and what the message and the need name.

    A variant that a reply has named, or whose page is open, is meant unless the message names another one.
    """
    chosen = Options((color,) if color else (), (size,) if size else ())
    said = bench.constraints.options(task.message)
    variants = list(bench.catalog.variants(product))
    if not (said.color or said.size or color or size) and product.id in (task.thread.page, *task.thread.named):
        return [product]
    return said.over(chosen).over(bench.constraints.meant(task.message, task.need)).among(variants)


def label_of(product: Product, catalog: Catalog) -> str:
    """What sets a variant apart from the others of its product: "Navy, L"."""
    variants = catalog.variants(product)
    varying = [name for name in ("color", "size") if len({getattr(each, name) for each in variants}) > 1]
    return ", ".join(value for name in varying if (value := getattr(product, name))) or product.title
