"""SaidOptions: the colors and sizes that the customer last named, by the kind of goods they were named for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.catalog.options import Options
from retrieval.catalog.product import Product


@dataclass(frozen=True, slots=True)
class SaidOptions:
    """What was named for goods of one `kind`: a size of jackets is no size of boots."""

    kind: str
    options: Options = Options()


def kind_of(product: Product) -> str:
    """The kind whose products share what was said of color and size; a product without a category is its own."""
    return product.product_type or product.item_group_id or product.id


def with_said(kept: Sequence[SaidOptions], kind: str, said: Options) -> tuple[SaidOptions, ...]:
    """`kept` with what was `said` now of a kind; an option that was not named again stays as it was."""
    before = next((each.options for each in kept if each.kind == kind), Options())
    others = tuple(each for each in kept if each.kind != kind)
    options = said.over(before)
    return (*others, SaidOptions(kind, options)) if options != Options() else others
