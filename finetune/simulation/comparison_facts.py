"""Facts about two simulated products beside each other."""

from __future__ import annotations

from dataclasses import replace

from assistant.evidence import hints
from finetune.simulation.product_fields import feature, name_and_price, rating, stock
from finetune.simulation.scene import FactList
from finetune.simulation.shop import SimulatedProduct


def compared(facts: FactList) -> None:
    """Both products and what can be worked out about them."""
    maybe = facts.maybe
    pair = [facts.scene.product() for _ in range(2)]
    if maybe(0.08):
        pair[1] = replace(pair[1], price=pair[0].price)
    facts.scene.shown = pair
    rated, features, stocked = maybe(0.75), maybe(0.5), maybe(0.4)
    for slot, product in zip(("p1", "p2"), pair, strict=True):
        name_and_price(facts, slot, product)
        if rated:
            rating(facts, slot, product)
        if stocked:
            stock(facts, slot)
        if features and maybe(0.9):
            feature(facts, slot, product)
        if maybe(0.3):
            facts.add(f"{slot}.material", product.material)
    _difference(facts, pair, rated)
    if maybe(0.35):
        facts.add(
            "compare.common",
            facts.chance.choice(("the same brand", "the same material", "the same brand and color")),
        )


def _difference(facts: FactList, pair: list[SimulatedProduct], rated: bool) -> None:
    first, second = pair
    if first.price != second.price:
        cheaper = min(pair, key=lambda product: product.price)
        facts.add("compare.cheaper", cheaper.name, hints.FIRST if cheaper is first else hints.SECOND)
        facts.add("compare.difference", facts.shop.money(abs(first.price - second.price)))
    if rated and first.rating != second.rating:
        better = max(pair, key=lambda product: product.rating)
        facts.add("compare.better_rated", better.name, hints.FIRST if better is first else hints.SECOND)
