"""Meant variants: which variants of a product a message can mean, by what the customer said and what was named to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.evidence.brief import PRODUCT_SLOTS
from retrieval.catalog.options import Options, words_in, words_of
from retrieval.catalog.product import Product

_NAMED = re.compile(r"\{(p\d)\.(?:color|size)\}")


@dataclass(frozen=True, slots=True)
class MeantVariants:
    """What settles which variant is spoken of.

    `options` are colors and sizes that the customer named, `message` is what they said, and of the products `ids` no other
    variant is meant. `possible` are the variants that may be meant where the product with that id is shown; without an entry the options
    decide.
    """

    options: Options = Options()
    message: str = ""
    ids: frozenset[str] = frozenset()
    possible: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)

    def among(self, product: Product, variants: Sequence[Product]) -> tuple[Product, ...]:
        """Those of `variants` that can be meant where `product` is shown; `product` is one of them."""
        if product.id in self.ids:
            return (product,)
        said = words_of(product, variants) & words_in(self.message)
        meant = self.possible[product.id] if product.id in self.possible else self.options.among(variants)
        found = [variant for variant in meant if said <= words_of(variant, variants)]
        return tuple(found) if product in found else (product,)


def named_in(reply: str, shown: Sequence[str]) -> frozenset[str]:
    """Ids of the products `shown` whose color or size `reply`, as written with references, has named."""
    slots = dict(zip(PRODUCT_SLOTS, shown, strict=False))
    return frozenset(slots[slot] for slot in _NAMED.findall(reply) if slot in slots)
