"""Facets: the catalogue's own vocabulary, from which understanding reads filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retrieval.catalog.product import Product


@dataclass(frozen=True, slots=True)
class Facets:
    """Every value that occurs, as the shop spells it, with the number of products that carry it.

    `product_types` counts each step of each category path. `attributes` maps an attribute's name to
    its values. `currency` is the most frequent one.
    """

    product_types: Mapping[str, int]
    brands: Mapping[str, int]
    colors: Mapping[str, int]
    sizes: Mapping[str, int]
    materials: Mapping[str, int]
    attributes: Mapping[str, Mapping[str, int]]
    currency: str

    @classmethod
    def of(cls, products: Iterable[Product]) -> Facets:
        """Counts the vocabulary of `products`."""
        listed = list(products)
        attributes: dict[str, Counter[str]] = {}
        for product in listed:
            for name, value in product.attributes.items():
                attributes.setdefault(name, Counter())[value] += 1
        currencies = Counter(product.price.currency for product in listed)
        return cls(
            product_types=Counter(step for product in listed for step in product.category_path),
            brands=_count(product.brand for product in listed),
            colors=_count(part for product in listed for part in _parts(product.color)),
            sizes=_count(product.size for product in listed),
            materials=_count(part for product in listed for part in _parts(product.material)),
            attributes=attributes,
            currency=currencies.most_common(1)[0][0] if currencies else "USD",
        )


def _count(values: Iterable[str]) -> Counter[str]:
    return Counter(value for value in values if value)


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.replace("/", ",").split(",") if part.strip()]
