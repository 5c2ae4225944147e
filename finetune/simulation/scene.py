"""Scene and FactList: where a simulated conversation stands, and the facts of the turn being made."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from assistant.evidence.hints import listing_order
from assistant.language_model.prompt import PromptFact
from finetune.simulation.shop import Policy, SimulatedProduct, SimulatedShop


@dataclass
class Scene:
    """The shop, who is there ("" for a visitor), what they ask about, and what is on the screen."""

    shop: SimulatedShop
    chance: random.Random
    customer: str = ""
    policy: Policy | None = None
    second_policy: Policy | None = None
    kind: str = ""
    shown: list[SimulatedProduct] = field(default_factory=list)

    def maybe(self, share: float) -> bool:
        """True in `share` of all draws."""
        return self.chance.random() < share

    def product(self) -> SimulatedProduct:
        """A new product of the kind that the conversation is about."""
        return self.shop.product(self.chance, self.kind)


class FactList:
    """Collects the facts of one turn. `alone` tells that the turn has a single act."""

    def __init__(self, scene: Scene, alone: bool) -> None:
        self.scene = scene
        self.shop = scene.shop
        self.chance = scene.chance
        self.alone = alone
        self._facts: dict[str, PromptFact] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._facts

    def add(self, key: str, value: str, hint: str = "") -> None:
        """One fact; a later one with the same key does not replace it."""
        self._facts.setdefault(key, PromptFact(key, value, hint))

    def maybe(self, share: float) -> bool:
        """True in `share` of all draws."""
        return self.scene.maybe(share)

    @property
    def hints(self) -> dict[str, str]:
        """Key to hint, for drawing phrasings."""
        return {fact.key: fact.hint for fact in self._facts.values()}

    def listed(self) -> tuple[PromptFact, ...]:
        """All facts in the order of prompts."""
        return tuple(sorted(self._facts.values(), key=lambda fact: listing_order(fact.key)))


def in_words(items: list[str]) -> str:
    """A list as a sentence holds it."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
