"""Variants: which variant of a product a step is about, by the colors and sizes that the message and the need name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assistant.planning.option_form import SaidOption, asks_for_the_same, options_said
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
    counts = Counter(map(group_of, products))
    options = bench.constraints.options(task.message) if max(counts.values(), default=0) > 1 else None
    kept: dict[tuple[str, int], str] = {}
    for product in products:
        parts = options.each_of(bench.catalog.variants(product)) if options else []
        place = next((place for place, part in enumerate(parts) if product in part), 0) if len(parts) > 1 else 0
        kept.setdefault((group_of(product), place), product.id)
    return tuple(kept.values())


def group_of(product: Product) -> str:
    """What all variants of a product have in common."""
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
    """Variants that may take a product's place and can be had: those that a message means, and all, the nearest to it first."""

    meant: tuple[Product, ...] = ()
    possible: tuple[Product, ...] = ()


def other_variants(product: Product, message: str, task: Task, bench: Bench) -> OtherVariants:
    """What may take the place of `product`: "in blue" means the blue one that is otherwise the same, if there is one.

    A variant is meant only if it has every option that `message` names; "the same again" means the product itself.
    """
    own = option_values(product)
    offered = [each for each in bench.catalog.variants(product) if each.offer_at(task.moment).is_available]
    possible = tuple(sorted((each for each in offered if each.id != product.id), key=lambda each: -_alike(each, own)))
    values = {field: {option_values(each).get(field, "") for each in offered} - {""} for field in own}
    heard = options_said(message, {field: found for field, found in values.items() if len(found) > 1})
    said = [each for each in heard if not _has_option(own, each)] or [*_elsewhere(heard, own)]
    if not said:
        if asks_for_the_same(message) and product in offered:
            return OtherVariants((product,), possible)
        return OtherVariants(_by_synonym(product, message, possible, bench), possible)
    fitting = [each for each in possible if all(_has_option(option_values(each), one) for one in said)]
    nearest = max((_alike(each, own) for each in fitting), default=0)
    return OtherVariants(tuple(each for each in fitting if _alike(each, own) == nearest), possible)


def option_values(product: Product) -> dict[str, str]:
    """The options of a variant by their names, color and size first."""
    fields = {name: str(getattr(product, name)) for name in ("color", "size", "material", "brand")}
    return {name: value for name, value in {**fields, **product.attributes}.items() if isinstance(value, str) and value}


def _by_synonym(product: Product, message: str, possible: tuple[Product, ...], bench: Bench) -> tuple[Product, ...]:
    """The variants in the color or size that a message names in other words than the shop's."""
    options = bench.constraints.options(message)
    meant = options.among(possible) if options.color or options.size else []
    for field in ("color", "size"):
        alike = [each for each in meant if getattr(each, field) == getattr(product, field)]
        meant = alike or meant
    return tuple(meant) if len(meant) < len(possible) or len(possible) == 1 else ()


def _has_option(options: Mapping[str, str], said: SaidOption) -> bool:
    return any(options.get(field, "").casefold() == said.value for field in said.fields)


def _elsewhere(said: Iterable[SaidOption], own: Mapping[str, str]) -> Iterator[SaidOption]:
    """Values that the old variant has in one option and may be wanted in another: "the brown one" of black frames with brown lenses."""
    for each in said:
        if other := frozenset(field for field in each.fields if own.get(field, "").casefold() != each.value):
            yield SaidOption(each.value, other)


def _alike(variant: Product, own: Mapping[str, str]) -> int:
    """How many options a variant shares with `own`."""
    return sum(own.get(field) == value for field, value in option_values(variant).items())


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
    """What sets a variant apart from the others of its product: "Navy, L"; other options only where color and size do not."""
    variants = [option_values(each) for each in catalog.variants(product)]
    varying = [name for name in option_values(product) if len({each.get(name, "") for each in variants}) > 1]
    telling = [name for name in varying if name in ("color", "size")]
    for name in varying:
        if len({tuple(each.get(field, "") for field in telling) for each in variants}) == len(variants):
            break
        if name not in telling:
            telling.append(name)
    return ", ".join(_told(name, option_values(product)[name]) for name in telling) or product.title


def _told(name: str, value: str) -> str:
    """A value that says nothing without its option's name has it in front: "timer: yes"."""
    return f"{name.replace('_', ' ')}: {value}" if value.casefold() in ("yes", "no", "none") else value
