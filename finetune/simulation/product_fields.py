"""Single facts about a simulated product, worded as live ones are."""

from __future__ import annotations

from assistant.evidence import hints
from finetune.simulation.scene import FactList
from finetune.simulation.shop import SimulatedProduct

_STOCK = {
    hints.IN_STOCK: "in stock",
    hints.LOW_STOCK: "nearly sold out",
    hints.OUT_OF_STOCK: "sold out",
    hints.LATER: "available to pre-order",
}


def name_and_price(facts: FactList, slot: str, product: SimulatedProduct) -> None:
    """Title and price of a product as `slot`."""
    facts.add(f"{slot}.name", product.name, hints.name_hint(product.name))
    facts.add(f"{slot}.price", facts.shop.money(product.price))


def sale(facts: FactList, slot: str, product: SimulatedProduct) -> None:
    """The old price of a product on sale; what is saved, for the first."""
    if product.old_price:
        facts.add(f"{slot}.old_price", facts.shop.money(product.old_price))
        if slot == "p1" and facts.maybe(0.8):
            facts.add(f"{slot}.saving", facts.shop.money(product.old_price - product.price))


def stock(facts: FactList, slot: str) -> None:
    """Whether it can be had."""
    hint = facts.chance.choices((hints.IN_STOCK, hints.LOW_STOCK, hints.OUT_OF_STOCK, hints.LATER), (70, 14, 12, 4))[0]
    facts.add(f"{slot}.stock", _STOCK[hint], hint)


def rating(facts: FactList, slot: str, product: SimulatedProduct) -> None:
    """What customers think."""
    facts.add(f"{slot}.rating", f"{product.rating} out of 5", hints.rating_hint(product.rating))


def feature(facts: FactList, slot: str, product: SimulatedProduct) -> None:
    """A phrase from the record."""
    hint = hints.WITH if facts.maybe(0.8) else ""
    facts.add(f"{slot}.feature", product.feature if hint else f"{product.feature}, made in small batches", hint)
