"""ProductNumbers: what the products of a conversation are called in plans and briefs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductNumbers:
    """The products of one conversation in the order they came up; the first is #1. Variants of one product share a number.

    `groups` holds the key of each product's group, `latest` the variant of it that was shown last.
    """

    groups: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()

    def number(self, group: str) -> int | None:
        """The number of a product group, or None if it has not come up."""
        return self.groups.index(group) + 1 if group in self.groups else None

    def product(self, number: int) -> str | None:
        """The id of the product with this number, or None."""
        return self.latest[number - 1] if 0 < number <= len(self.latest) else None

    def adding(self, products: Sequence[tuple[str, str]]) -> ProductNumbers:
        """These numbers and those of `products`, pairs of an id and its group's key."""
        groups, latest = list(self.groups), list(self.latest)
        for id, group in products:
            if group in groups:
                latest[groups.index(group)] = id
            else:
                groups.append(group)
                latest.append(id)
        return ProductNumbers(tuple(groups), tuple(latest))
