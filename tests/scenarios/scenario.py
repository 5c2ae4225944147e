"""Scenario: a scripted conversation and what must be true of each reply.

A file holds a list of scenarios:

    - name: a budget for tents
      kind: find                 # the part of the job that it tries
      shop: sample               # or the name of a foreign shop under tests/fixtures/shops
      customer: c-001            # signed in; absent for a visitor
      fails: takes the kind for a color   # why the assistant does not pass it yet; absent otherwise
      turns:
        - say: show me tents under 200 dollars
          products:
            count: 2                       # at least so many; `none: true` for no product at all
            each: {type: Tents, price_at_most: 200}
            order: price_low               # cards are sorted so
          sources: [returns]               # ids of FAQs, at least one of which is cited
          says: ["30 days"]                # the text holds each, without case
          lacks: ["refund is on its way"]  # and none of these
          same_products: true              # as in the turn before

`each` understands: type, brand, color, size, material (a value, or `not_` in front), price_at_least, price_at_most,
rating_at_least, in_stock, on_sale, title.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from assistant.assistant import Assistant
from assistant.reply import Reply
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.product import Product

TURN_KEYS = frozenset({"say", "products", "sources", "says", "lacks", "same_products"})


@dataclass(frozen=True)
class Scenario:
    """One conversation with its expectations."""

    name: str
    kind: str
    shop: str
    customer: str | None
    fails: str
    file: str
    turns: tuple[Mapping[str, Any], ...]


def load_scenarios(folder: Path) -> Iterator[Scenario]:
    """All scenarios of all `*.yaml` files under `folder`; an unknown key is an error, not a check that never runs."""
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text()):
            for turn in entry["turns"]:
                unknown = set(turn) - TURN_KEYS
                if unknown:
                    raise ValueError(f"{path.name}: {entry['name']}: unknown expectation {sorted(unknown)}")
            yield Scenario(
                entry["name"], entry["kind"], entry.get("shop", "sample"), entry.get("customer"), entry.get("fails", ""),
                path.name, tuple(entry["turns"]),
            )  # fmt: skip


def play(scenario: Scenario, assistant: Assistant) -> tuple[list[Reply], list[str]]:
    """Holds the conversation; returns the replies and everything that was not as expected."""
    replies: list[Reply] = []
    failures: list[str] = []
    conversation_id = None
    for number, turn in enumerate(scenario.turns, 1):
        reply = assistant.ask(turn["say"], conversation_id=conversation_id, customer_id=scenario.customer)
        conversation_id = reply.conversation_id
        previous = replies[-1] if replies else None
        failures += [
            f"turn {number} {turn['say'][:60]!r}: {text}"
            for text in _failures(turn, reply, previous, assistant.catalog)
        ]
        replies.append(reply)
    return replies, failures


def _failures(turn: Mapping[str, Any], reply: Reply, previous: Reply | None, catalog: Catalog) -> Iterator[str]:
    if not reply.text.strip():
        yield "empty reply"
    for part in turn.get("says", ()):
        if part.casefold() not in reply.text.casefold():
            yield f"{part!r} not said: {reply.text!r}"
    for part in turn.get("lacks", ()):
        if part.casefold() in reply.text.casefold():
            yield f"{part!r} said: {reply.text!r}"
    if "sources" in turn and not {source.id for source in reply.shown.sources} & set(turn["sources"]):
        yield f"no source of {turn['sources']}: {[source.id for source in reply.shown.sources]}"
    products = [catalog.products[card.id] for card in reply.shown.cards]
    if turn.get("same_products") and previous:
        before = [card.id for card in previous.shown.cards]
        if [product.id for product in products] != before:
            yield f"products changed: {before} to {[product.id for product in products]}"
    yield from _product_failures(turn.get("products", {}), products)


def _product_failures(expected: Mapping[str, Any], products: list[Product]) -> Iterator[str]:
    if expected.get("none") and products:
        yield f"products shown: {[product.title for product in products]}"
    if len(products) < expected.get("count", 0):
        yield f"only {len(products)} products"
    for product in products:
        for name, value in expected.get("each", {}).items():
            if not _meets(product, name, value):
                yield f"{product.title} ({product.current_price}) breaks {name}: {value}"
    prices = [product.current_price.amount for product in products]
    ratings = [product.rating or 0 for product in products]
    order = expected.get("order")
    if (order == "price_low" and prices != sorted(prices)) or (
        order == "price_high" and prices != sorted(prices)[::-1]
    ):
        yield f"not in order of price: {[str(price) for price in prices]}"
    if order == "rating" and ratings != sorted(ratings, reverse=True):
        yield f"not in order of rating: {ratings}"


def _meets(product: Product, name: str, value: Any) -> bool:
    if name.startswith("not_"):
        return not _meets(product, name.removeprefix("not_"), value)
    price = product.current_price.amount
    wanted = str(value).casefold()
    match name:
        case "type":
            return any(wanted == step.casefold() for step in product.category_path)
        case "title":
            return wanted in product.title.casefold()
        case "brand" | "color" | "size" | "material":
            return wanted in getattr(product, name).casefold()
        case "price_at_most":
            return price <= Decimal(str(value))
        case "price_at_least":
            return price >= Decimal(str(value))
        case "rating_at_least":
            return (product.rating or 0) >= value
        case "in_stock":
            return product.is_available == value
        case "on_sale":
            return (product.sale_price is not None) == value
    raise ValueError(f"a scenario cannot ask for {name!r}")
