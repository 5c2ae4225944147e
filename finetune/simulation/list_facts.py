"""Facts about a simulated search, and about the list of products it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.act import Act
from assistant.evidence import hints
from assistant.reference import PRODUCT_SLOTS
from finetune.simulation.product_fields import feature, name_and_price, rating, sale, stock
from finetune.simulation.scene import FactList, in_words
from finetune.simulation.service_facts import offers
from finetune.simulation.shop import SimulatedProduct

_COUNTED = (Act.FOUND_PRODUCTS, Act.RELAXED, Act.GIFT, Act.MORE_SHOWN)
_CHOSEN = (Act.RECOMMENDED, Act.RECOMMENDED_POPULAR)
_LISTED_FIELDS = 3
"""Of how many products a list brings more than name and price."""


def search(facts: FactList) -> None:
    """What was looked for. The query is told where it says more than the kind."""
    scene, kind = facts.scene, facts.scene.kind
    if scene.maybe(0.7):
        _kind(facts)
    if scene.maybe(0.5):
        facts.add("search.query", f"{kind} for {scene.shop.word('occasions', facts.chance)}")
    if scene.maybe(0.5):
        facts.add("search.filters", _conditions(facts))


def _conditions(facts: FactList) -> str:
    shop, chance = facts.shop, facts.chance
    listed = [
        f"in {shop.word('colors', chance)}",
        f"under {shop.money(chance.randrange(1000, 20000, 500))}",
        f"from {shop.word('brands', chance)}",
        f"without {shop.word('materials', chance)}",
        f"in size {shop.word('sizes', chance)}",
        f"made of {shop.word('materials', chance)}",
        "on sale",
        "rated at least 4 out of 5",
    ]
    return in_words(chance.sample(listed, chance.choice((1, 1, 2, 2, 3))))


def _list(facts: FactList, act: Act) -> None:
    """The products of a list, with whatever of them all have this time."""
    count = facts.chance.choice((1, 2, 2, 3, 3, 4, 5, 6, 6))
    if act is Act.FOUND_PRODUCTS:
        count = max(count, 2)
    shown = [facts.scene.product() for _ in range(count)]
    facts.scene.shown = shown
    if act in _COUNTED:
        total = count if count < len(PRODUCT_SLOTS) else count + facts.chance.choice((0, 1, 5, 14, 80))
        facts.add("search.count", str(total), hints.count_hint(total))
    shares = {"reason": 0.9 if act in _CHOSEN else 0.4, "feature": 0.5, "rating": 0.7}
    fields = {name for name, share in shares.items() if facts.maybe(share)}
    for place, (slot, product) in enumerate(zip(PRODUCT_SLOTS, shown, strict=False)):
        name_and_price(facts, slot, product)
        if place < _LISTED_FIELDS:
            _extras(facts, slot, product, fields)


def _extras(facts: FactList, slot: str, product: SimulatedProduct, fields: set[str]) -> None:
    sale(facts, slot, product)
    if slot == "p1" or facts.maybe(0.5):
        stock(facts, slot)
    if "rating" in fields and facts.maybe(0.85):
        rating(facts, slot, product)
    if slot == "p1" and facts.maybe(0.4):
        facts.add(f"{slot}.brand", product.brand)
    if "feature" in fields and facts.maybe(0.8):
        feature(facts, slot, product)
    if "reason" in fields and facts.maybe(0.85):
        facts.add(f"{slot}.reason", facts.shop.word("reasons", facts.chance))


def _found(facts: FactList, act: Act) -> None:
    search(facts)
    _list(facts, act)


def _found_nothing(facts: FactList) -> None:
    search(facts)


def _relaxed(facts: FactList) -> None:
    facts.add("search.dropped", _conditions(facts))
    _found(facts, Act.RELAXED)


def _chosen(facts: FactList, act: Act) -> None:
    if facts.maybe(0.4):
        _kind(facts)
    if facts.maybe(0.25):
        facts.add("search.filters", _conditions(facts))
    _list(facts, act)


def _similar(facts: FactList) -> None:
    if facts.maybe(0.25):
        facts.add("search.filters", _conditions(facts))
    product = facts.scene.product()
    facts.add("item.name", product.name, hints.name_hint(product.name))
    _list(facts, Act.SIMILAR)


def _which_product(facts: FactList) -> None:
    if facts.maybe(0.4):
        _kind(facts)
    if facts.maybe(0.55):
        for place in range(1, facts.chance.choice((1, 2, 2, 3, 3)) + 1):
            product = facts.scene.product()
            facts.add(f"p{place}.name", product.name, hints.name_hint(product.name))


def _kind(facts: FactList) -> None:
    facts.add("search.kind", facts.shop.kinds.get(facts.scene.kind, facts.scene.kind))


def _preference(facts: FactList) -> None:
    if facts.maybe(0.4):
        _kind(facts)
    if facts.maybe(0.5):
        offers(facts)


def _no_more(facts: FactList) -> None:
    if facts.maybe(0.7):
        _kind(facts)
    if facts.maybe(0.4):
        facts.add("search.filters", _conditions(facts))


MAKERS: Mapping[Act, Callable[[FactList], None]] = {
    Act.FOUND_PRODUCTS: lambda facts: _found(facts, Act.FOUND_PRODUCTS),
    Act.FOUND_NOTHING: _found_nothing,
    Act.RELAXED: _relaxed,
    Act.GIFT: lambda facts: _found(facts, Act.GIFT),
    Act.MORE_SHOWN: lambda facts: _found(facts, Act.MORE_SHOWN),
    Act.RECOMMENDED: lambda facts: _chosen(facts, Act.RECOMMENDED),
    Act.RECOMMENDED_POPULAR: lambda facts: _chosen(facts, Act.RECOMMENDED_POPULAR),
    Act.SIMILAR: _similar,
    Act.ASK_WHICH_PRODUCT: _which_product,
    Act.ASK_PREFERENCE: _preference,
    Act.NO_MORE: _no_more,
}
"""What each act about a search adds."""
