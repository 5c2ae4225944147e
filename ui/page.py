"""Page: what the page around the chat says of itself: its look, and which product, category or cart it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Self

from pydantic import ValidationError

from assistant.dialogue.waiting import Press
from retrieval.catalog.catalog import Catalog

_LONGEST_ID, _MOST_IN_CART, _MOST_QUESTIONS = 200, 50, 4


@dataclass(frozen=True, slots=True)
class ShopPage:
    """Which page of the shop the chat is on, as the page says: ids of products, and a category by its name or path.

    Nothing of it is checked here; ids and categories that the shop does not have mean nothing.
    """

    product: str = ""
    category: str = ""
    cart: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: str) -> Self:
        """The page in the JSON that the chat's frame sends; empty where it says nothing."""
        said = said_by_page(given, {"product": _LONGEST_ID, "category": _LONGEST_ID, "cart": 50 * _LONGEST_ID})
        cart = (id.strip() for id in said.get("cart", "").split("|"))
        return cls(
            said.get("product", "").strip(),
            said.get("category", "").strip(),
            tuple(islice(filter(None, cart), _MOST_IN_CART)),
        )

    def questions(self, catalog: Catalog) -> tuple[str, ...]:
        """What a customer may want to ask on this page, each a whole message; () on a page that says nothing known."""
        return tuple(islice(self._questions(catalog), _MOST_QUESTIONS))

    def _questions(self, catalog: Catalog) -> Iterator[str]:
        if self.product in catalog.products:
            if catalog.products[self.product].is_judged:
                yield "What do customers say about it?"
            yield from ("What should I know before I buy it?", "Show me similar ones")
        elif self.cart:
            titles = (catalog.products[id].title for id in self.cart if id in catalog.products)
            yield from (f"What should I know before I buy the {title}?" for title in dict.fromkeys(titles))
        elif category := _categories(catalog).get(_last_step(self.category)):
            yield from (f"Help me choose {category}", f"Show me the cheapest {category}")


def press_of(given: str) -> Press | None:
    """The button that was pressed on a card, in the JSON that the chat's frame sends: "confirm" and an id; None without one.

    What it names is looked up for whoever sends it, so a made-up id finds nothing.
    """
    do, _, id = said_by_page(given, {"press": _LONGEST_ID + 20}).get("press", "").partition(" ")
    try:
        return Press.model_validate({"do": do, "id": id}) if do else None
    except ValidationError:
        return None


def after_of(given: str) -> str:
    """The id of the conversation that a new one follows, in the JSON that the chat's frame sends; "" without one."""
    return said_by_page(given, {"after": _LONGEST_ID}).get("after", "")


def said_by_page(given: str, longest: Mapping[str, int]) -> Mapping[str, str]:
    """The texts named in `longest` that a page's JSON holds, each cut to so many characters; {} for anything malformed."""
    try:
        found = json.loads(given) if given else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: text[:most] for name, most in longest.items() if isinstance(text := found.get(name), str)}


@lru_cache(maxsize=1)
def _categories(catalog: Catalog) -> Mapping[str, str]:
    """Every step of the category paths as a message spells it, by its folded name."""
    steps = dict.fromkeys(step for product in catalog.products.values() for step in product.category_path)
    return {step.casefold(): step[:1].lower() + step[1:] for step in steps}


def _last_step(path: str) -> str:
    return path.split(">")[-1].strip().casefold()
