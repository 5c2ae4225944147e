"""Facts about one simulated product that the customer asks about."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.act import Act
from assistant.evidence import hints
from finetune.simulation.comparison_facts import compared
from finetune.simulation.list_facts import search
from finetune.simulation.product_fields import feature, name_and_price, rating, sale, stock
from finetune.simulation.scene import FactList, in_words
from finetune.simulation.service_facts import contact
from finetune.simulation.shop import SimulatedProduct

_QUOTES = (
    "Exactly what I was looking for.", "Better than I expected.", "Good, but a little small.", "I use it every day!",
    "My daughter loves it.", "Nice quality for the money.", "It broke after a month.", "Would buy it again.",
)  # fmt: skip


def _focus(facts: FactList) -> SimulatedProduct:
    scene = facts.scene
    if not scene.shown:
        scene.shown = [scene.product()]
    return scene.shown[0]


def _found_one(facts: FactList) -> None:
    scene = facts.scene
    search(facts)
    facts.add("search.count", "1", hints.ONE)
    scene.shown = [scene.product()]
    _one(facts, scene.shown[0], 0.5)


def _one(facts: FactList, product: SimulatedProduct, share: float) -> None:
    """p1 with name and price, and each other field in `share` of all draws."""
    shop, maybe = facts.shop, facts.maybe
    name_and_price(facts, "p1", product)
    if maybe(share):
        stock(facts, "p1")
    if maybe(share):
        rating(facts, "p1", product)
        if maybe(0.5):
            facts.add("p1.reviews", _counted(product.reviews))
    if maybe(share):
        sale(facts, "p1", product)
    for name, value in (("brand", product.brand), ("color", product.color), ("material", product.material)):
        if maybe(share * 0.6):
            facts.add(f"p1.{name}", value)
    if maybe(share * 0.4):
        facts.add("p1.size", shop.word("sizes", facts.chance))
    if maybe(share * 0.4):
        facts.add("p1.kind", product.kind, hints.kind_hint(product.kind))
    if maybe(share):
        feature(facts, "p1", product)
    if maybe(share * 0.4):
        facts.add("p1.reason", shop.word("reasons", facts.chance))


def _told_price(facts: FactList) -> None:
    product = _focus(facts)
    name_and_price(facts, "p1", product)
    sale(facts, "p1", product)
    if facts.maybe(0.6):
        _one(facts, product, 0.3)
    _perhaps_others(facts, _price_and_sale)


def _told_stock(facts: FactList) -> None:
    product = _focus(facts)
    facts.add("p1.name", product.name, hints.name_hint(product.name))
    stock(facts, "p1")
    hint = facts.hints["p1.stock"]
    if hint in (hints.IN_STOCK, hints.LOW_STOCK) and facts.maybe(0.5):
        quantities = range(1, 6) if hint == hints.LOW_STOCK else range(7, 90)
        facts.add("p1.quantity", str(facts.chance.choice(quantities)))
    if facts.maybe(0.3):
        _colors_and_sizes(facts)
    if facts.maybe(0.6):
        _one(facts, product, 0.3)
    _perhaps_others(facts, lambda facts, slot, _: stock(facts, slot))


def _told_rating(facts: FactList) -> None:
    product = _focus(facts)
    facts.add("p1.name", product.name, hints.name_hint(product.name))
    if facts.maybe(0.88):
        rating(facts, "p1", product)
        if facts.maybe(0.8):
            facts.add("p1.reviews", _counted(product.reviews))
        if facts.maybe(0.6):
            facts.add("p1.quote", facts.chance.choice(_QUOTES))
    _perhaps_others(facts, rating)


def _told_options(facts: FactList) -> None:
    product = _focus(facts)
    facts.add("p1.name", product.name, hints.name_hint(product.name))
    if facts.maybe(0.3):
        name_and_price(facts, "p1", product)
    if facts.maybe(0.93):
        _colors_and_sizes(facts)


def _colors_and_sizes(facts: FactList) -> None:
    which = facts.chance.choice((("colors",), ("sizes",), ("colors", "sizes"), ("colors", "sizes")))
    for name in which:
        count = facts.chance.choice((1, 2, 3, 4, 7))
        listed = facts.chance.sample(facts.shop.words[name], min(count, len(facts.shop.words[name])))
        facts.add(f"p1.{name}", in_words(listed), hints.count_hint(len(listed)))


def _perhaps_others(facts: FactList, add: Callable[[FactList, str, SimulatedProduct], None]) -> None:
    """Now and then the question is about two or three products."""
    for slot in ("p2", "p3"):
        if facts.alone and facts.maybe(0.15 if slot == "p2" else 0.3):
            other = facts.scene.product()
            facts.add(f"{slot}.name", other.name, hints.name_hint(other.name))
            add(facts, slot, other)
        else:
            return


def _price_and_sale(facts: FactList, slot: str, product: SimulatedProduct) -> None:
    name_and_price(facts, slot, product)
    sale(facts, slot, product)


def _described(facts: FactList) -> None:
    product = _focus(facts)
    about, value = facts.chance.choice(list(facts.shop.properties.items()))
    if facts.maybe(0.75):
        facts.add("ask.about", about)
    facts.add("p1.name", product.name, hints.name_hint(product.name))
    detail = f"{about.capitalize()}: {value}"
    facts.add("p1.detail", detail, hints.answer_hint(detail))
    if facts.maybe(0.6):
        _one(facts, product, 0.35)


def _detail_missing(facts: FactList) -> None:
    if facts.maybe(0.85):
        facts.add("ask.about", facts.chance.choice(list(facts.shop.properties)))
    product = _focus(facts)
    facts.add("p1.name", product.name, hints.name_hint(product.name))
    if facts.maybe(0.4):
        _one(facts, product, 0.2)
    contact(facts, 0.5)


def _cart(facts: FactList) -> None:
    if facts.maybe(0.8):
        product = _focus(facts)
        name_and_price(facts, "p1", product)
        if facts.maybe(0.7):
            stock(facts, "p1")


def _counted(count: int) -> str:
    return f"{count} rating" if count == 1 else f"{count} ratings"


MAKERS: Mapping[Act, Callable[[FactList], None]] = {
    Act.FOUND_ONE: _found_one,
    Act.COMPARED: compared,
    Act.DESCRIBED: _described,
    Act.DETAIL_MISSING: _detail_missing,
    Act.TOLD_PRICE: _told_price,
    Act.TOLD_STOCK: _told_stock,
    Act.TOLD_RATING: _told_rating,
    Act.TOLD_OPTIONS: _told_options,
    Act.CART_HELP: _cart,
}
"""What each act about a product adds."""
