"""Catalog: all products and FAQs of one shop in memory, with their vocabulary and a version."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from retrieval.catalog.facets import Facets
from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product


class Catalog:
    """An immutable snapshot. A change in the shop's data makes a new one, with another `version`."""

    def __init__(self, products: Iterable[Product], faqs: Iterable[Faq] = ()) -> None:
        self.products: Mapping[str, Product] = {product.id: product for product in products}
        self.faqs: Mapping[str, Faq] = {faq.id: faq for faq in faqs}
        self._groups: dict[str, list[Product]] = defaultdict(list)
        for product in self.products.values():
            self._groups[product.item_group_id or product.id].append(product)

    @cached_property
    def facets(self) -> Facets:
        """The vocabulary of the products."""
        return Facets.of(self.products.values())

    @cached_property
    def version(self) -> str:
        """A hash of every record: the same content has the same version, in any order."""
        digest = hashlib.sha256()
        for record in sorted(map(repr, (*self.products.values(), *self.faqs.values()))):
            digest.update(record.encode())
        return digest.hexdigest()[:16]

    def variants(self, product: Product) -> tuple[Product, ...]:
        """`product` and the others of its item group, in catalogue order."""
        return tuple(self._groups[product.item_group_id or product.id])
