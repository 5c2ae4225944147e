"""Shared ids: variants that a feed gives one SKU are kept apart by their options, so that none is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.catalog.product import Product

_FIELDS = ("color", "size", "material")
_LONGEST_OPTION = 40
"""Characters of an attribute that may still be an option, such as a flavor; longer ones describe."""
_LONGEST_ID = 200


def kept_apart(product: Product, first: Product) -> Product | None:
    """`product` with an id of its own if it is another variant than `first`, which has the same id; else None.

    The id is made of the options in which the two differ: "CAP" in red, size M, becomes "CAP-red-m".
    """
    same_thing = product.item_group_id == first.item_group_id and (
        product.item_group_id or product.title == first.title
    )
    options = list(_other_options(product, first)) if same_thing else []
    id = "-".join([product.id, *(re.sub(r"[\W_]+", "-", option.casefold()).strip("-") for option in options)])
    if not options or id == product.id or len(id) > _LONGEST_ID:
        return None
    return replace(product, id=id, item_group_id=product.item_group_id or first.id)


def _other_options(product: Product, first: Product) -> Iterator[str]:
    """The values of `product` that set it apart: color, size and material, else short attributes that both have."""
    fields = [str(getattr(product, name)) for name in _FIELDS if getattr(product, name) != getattr(first, name)]
    if any(fields) or not product.item_group_id:
        yield from filter(None, fields)
        return
    for name, value in product.attributes.items():
        if first.attributes.get(name, value) != value and len(value) <= _LONGEST_OPTION:
            yield value
