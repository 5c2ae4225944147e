"""Tastes: what each customer of the sample shop secretly likes, so that a recommender has something true to find.

A taste weighs every product as the product of five likings: kind of product (drifting over the months), brand, colour,
price level within the kind, and whether it comes in the customer's size; times the product's own appeal, which is what
makes some things popular with everybody. Nothing outside `data/generate` knows these numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from data.generate.paths import Record, dice
from data.generate.people import Person

LOVED_KINDS = 5
_INDIFFERENT = 0.25
_SIZE_RUNS = (("S", "M", "L", "XL"), ("6", "7", "8", "9", "10", "11"), ("S/M", "L/XL"))


@dataclass(frozen=True, slots=True)
class Taste:
    """One customer's likings. `kinds` gives the weight of a kind on the first and on the last day."""

    kinds: Mapping[str, tuple[float, float]]
    brands: Mapping[str, float]
    colors: Mapping[str, float]
    price_level: float
    sizes: frozenset[str]

    def of_kind(self, kind: str, progress: float) -> float:
        """How much this kind is wanted when `progress` (0 to 1) of the history has passed."""
        first, last = self.kinds[kind]
        return first + (last - first) * progress

    def weight(self, thing: Thing, progress: float) -> float:
        """How likely this product is chosen, relative to others, at `progress` (0 to 1) of the history."""
        price = math.exp(-(((thing.price_rank - self.price_level) / 0.35) ** 2)) + 0.1
        size = 1.0 if not thing.sized or thing.size in self.sizes else 0.05
        liking = self.brands[thing.brand] * self.colors.get(thing.color, 1.0) * price * size
        return round(self.of_kind(thing.kind, progress) * liking * thing.appeal, 9)


@dataclass(frozen=True, slots=True)
class Thing:
    """A product as tastes see it. `price_rank` is 0 for the cheapest of its kind and 1 for the dearest."""

    id: str
    group: str
    kind: str
    brand: str
    color: str
    size: str
    sized: bool
    price_rank: float
    appeal: float


def things(records: Sequence[Record]) -> tuple[Thing, ...]:
    """The products of the shop, each with an appeal of its own (skewed, helped by a good rating)."""
    kinds: dict[str, list[float]] = {}
    for record in records:
        kinds.setdefault(str(record["product_type"]), []).append(_price(record))
    return tuple(_thing(record, sorted(kinds[str(record["product_type"])])) for record in records)


def taste_of(person: Person, shop: Sequence[Thing]) -> Taste:
    """Draws the taste of one customer, with dice that depend on the customer alone."""
    roll = dice("taste", person.id)
    kinds = sorted({thing.kind for thing in shop})
    brands = sorted({thing.brand for thing in shop})
    colors = sorted({thing.color for thing in shop} - {""})
    loved = _loved_kinds(roll, shop)
    strengths = [roll.uniform(6, 16) for _ in loved]
    kind_weights = {kind: (_INDIFFERENT, _INDIFFERENT) for kind in kinds}
    for kind, strength in zip(loved, strengths, strict=True):
        kind_weights[kind] = (strength, strength)
    fading, rising = loved[-2], loved[-1]
    kind_weights[fading] = (strengths[-2], _INDIFFERENT)
    kind_weights[rising] = (_INDIFFERENT, strengths[-1])
    return Taste(
        kinds=kind_weights,
        brands={brand: roll.choices((0.3, 1.0, 3.5), (3, 8, 4))[0] for brand in brands},
        colors={color: roll.choices((0.3, 1.0, 4.0), (4, 9, 4))[0] for color in colors},
        price_level=roll.random(),
        sizes=frozenset(roll.choice(run[:-1] if len(run) > 2 else run) for run in _SIZE_RUNS),
    )


def _loved_kinds(roll: Random, shop: Sequence[Thing]) -> list[str]:
    """`LOVED_KINDS` and one more, drawn without repetition; a kind with many products is likelier."""
    kinds = sorted({(thing.kind, thing.group) for thing in shop})
    loved: list[str] = []
    while len(loved) <= LOVED_KINDS:
        kind, _ = roll.choice(kinds)
        if kind not in loved:
            loved.append(kind)
    return loved


def _thing(record: Record, prices: Sequence[float]) -> Thing:
    group = str(record["item_group_id"])
    size = str(record.get("size", ""))
    rating = record.get("rating")
    quality = float(rating) - 4.4 if isinstance(rating, float) else 0.0
    return Thing(
        id=str(record["id"]),
        group=group,
        kind=str(record["product_type"]),
        brand=str(record["brand"]),
        color=str(record.get("color", "")),
        size=size,
        sized=any(size in run for run in _SIZE_RUNS),
        price_rank=prices.index(_price(record)) / max(1, len(prices) - 1),
        appeal=round(dice("appeal", group).lognormvariate(quality, 0.6), 6),
    )


def _price(record: Record) -> float:
    return float(str(record.get("sale_price") or record["price"]).split()[0])
