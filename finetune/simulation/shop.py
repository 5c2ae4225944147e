"""SimulatedShop: the words of one invented shop, from which training dialogues take products, orders and policies.

Read from `data/phrasings/shops.yaml` and `policies.yaml`. The embedded model sees none of the values, only the keys and
hints of facts; the values serve models that read them, and they fill the customer's messages.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from retrieval.errors import AisleError


@dataclass(frozen=True, slots=True)
class SimulatedProduct:
    """A product of a simulated shop. `price` and `old_price` are in cents; `old_price` 0 means no sale."""

    name: str
    kind: str
    kinds: str
    brand: str
    color: str
    material: str
    feature: str
    price: int
    old_price: int
    rating: float
    reviews: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One matter of service: how customers ask (phrases), and how shops answer."""

    titles: tuple[str, ...]
    ask: tuple[str, ...]
    answers: tuple[str, ...]
    duration: str = ""
    amount: str = ""
    elsewhere: bool = False


@dataclass(frozen=True)
class SimulatedShop:
    """Vocabulary of one shop; `words` maps colors, sizes, people, ... to what may be drawn from."""

    name: str
    kinds: Mapping[str, str]
    properties: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    symbol: str = "$"

    def product(self, chance: random.Random, kind: str = "") -> SimulatedProduct:
        """An invented product, of `kind` where one is given."""
        kind = kind or chance.choice(list(self.kinds))
        price = chance.choice((*range(399, 9999, 50), *range(9999, 80000, 500)))
        color, material = self.word("colors", chance), self.word("materials", chance)
        series, brand = self.word("series", chance), self.word("brands", chance)
        number = chance.choice("2345")
        extra = chance.choice(("", "", f", {color.title()}", f" in {color}", f" {number}", f" {material.title()}"))
        lead = chance.choice((f"{series} ", f"{brand} {series} ", f"{brand} ", f"{material.title()} "))
        return SimulatedProduct(
            name=f"{lead}{kind.title()}{extra}",
            kind=kind,
            kinds=self.kinds[kind],
            brand=brand,
            color=color,
            material=material,
            feature=self.word("features", chance),
            price=price,
            old_price=int(price * chance.choice((1.1, 1.25, 1.5))) if chance.random() < 0.3 else 0,
            rating=round(min(5.0, max(2.2, chance.gauss(4.3, 0.5))), 1),
            reviews=chance.choice((1, 3, 12, 48, 128, 960)),
        )

    def word(self, list_name: str, chance: random.Random) -> str:
        """One of the shop's words."""
        return chance.choice(self.words[list_name])

    def money(self, cents: int) -> str:
        """An amount as the shop writes it."""
        return f"{self.symbol}{cents / 100:,.2f}"

    def with_symbol(self, symbol: str) -> SimulatedShop:
        """The same shop in another currency."""
        return replace(self, symbol=symbol)


def load_shops(path: Path) -> tuple[SimulatedShop, ...]:
    """The shops of `shops.yaml` in folder `path`."""
    records = _read(path / "shops.yaml")
    shared = _lists(records.pop("shared"))
    return tuple(
        SimulatedShop(record["name"], record["kinds"], record["properties"], shared | _lists(record))
        for record in records.values()
    )


def load_policies(path: Path) -> tuple[Policy, ...]:
    """The matters of service of `policies.yaml` in folder `path`."""
    return tuple(
        Policy(
            titles=tuple(record["titles"]),
            ask=tuple(record["ask"]),
            answers=tuple(record["answers"]),
            duration=record.get("duration", ""),
            amount=record.get("amount", ""),
            elsewhere=record.get("elsewhere", False),
        )
        for record in _read(path / "policies.yaml").values()
    )


def _lists(record: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(value) for name, value in record.items() if isinstance(value, list)}


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise AisleError(f"cannot read {path}: {error}", "Restore the folder data/phrasings.") from error
