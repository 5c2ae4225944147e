"""Request: what one message asks for, in the shop's terms."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.catalog.filter import Filter


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing the customer wants; `name` from `assistant/intents.py`, `confidence` 0 to 1."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Request:
    """A message, understood in the light of the conversation before it.

    `intents` is never empty, in the order asked. `leanings` are what the words alone sound like, likeliest first, whatever
    the conversation and the catalogue made of them. `query` is what to search for, carried over and
    refined across turns. `product_ids` are the products that "the second one", "it" or a name point at.
    `about` is the property asked of a product, in the catalogue's words ("weight", "waterproof"), or "".
    `order_id` is the order number as written, or "". `quantity` is how many are wanted.
    `continues` tells that the message refines the search before it rather than starting afresh.
    """

    message: str
    intents: tuple[Intent, ...]
    query: str = ""
    filter: Filter = Filter()
    product_ids: tuple[str, ...] = ()
    about: str = ""
    order_id: str = ""
    quantity: int | None = None
    continues: bool = False
    language: str = "en"
    leanings: tuple[Intent, ...] = ()

    def wants(self, *names: str) -> bool:
        """Whether any intent has one of these names."""
        return any(intent.name in names for intent in self.intents)
