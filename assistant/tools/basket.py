"""Basket: the products of a message with their quantities, "one blanket and two of those cushions"."""

from __future__ import annotations

import re

from assistant.dialogue.said_options import kind_of
from assistant.planning.grammar.text import Text, clean
from assistant.planning.request_form import points, without_count
from assistant.tools.tool import Bench, Task
from retrieval.catalog.product import Product

_BETWEEN = re.compile(r"[,;+&]|\b(?:and|plus|with)\b")
_COUNT = re.compile(r"(?<![\w.$€£#])(\d{1,2})(?![\w.%]|\s*(?:cm|kg|g|l|ml|people|persons?)\b)")
_BOTH = re.compile(r"\b(?:both|the two)\b", re.IGNORECASE)
_MOST = 20


def named_basket(task: Task, bench: Bench) -> list[tuple[Product, int]] | None:
    """Each product that the message names, or points at among those shown, and how many of it; one where no number stands.

    "Both" are the two in view, or the first in view and what was found before it of another kind.

    None if a part names a kind and no product of that kind came up, since the sum would be wrong without it.
    """
    grammar = bench.constraints.grammar
    found: dict[str, tuple[Product, int]] = {}
    for part in _BETWEEN.split(Text.of(grammar.mended(clean(task.message))).lower):
        product = _product_in(part, task, bench)
        if product is None and grammar.read(Text(part)).types:
            return None
        if product is not None:
            count = next((int(number) for number in _COUNT.findall(part) if 0 < int(number) <= _MOST), 1)
            found.setdefault(product.id, (product, count))
    if not found and _BOTH.search(task.message):
        return [(each, 1) for each in _both(task, bench)]
    return list(found.values())


def _both(task: Task, bench: Bench) -> list[Product]:
    products = bench.catalog.products
    shown = [products[id] for id in task.thread.shown if id in products]
    came_up = [products[id] for id in task.thread.numbers.latest if id in products]
    others = [each for each in came_up if shown and kind_of(each) != kind_of(shown[0])]
    if len(shown) == 2 or not others:
        return shown[:2]
    return [next(each for each in others if kind_of(each) == kind_of(others[-1])), shown[0]]


def _product_in(part: str, task: Task, bench: Bench) -> Product | None:
    """The product that a part of a message names, the first shown of the kind it names, or the first shown if it points at it."""
    grammar, products = bench.constraints.grammar, bench.catalog.products
    text = Text(without_count(part))
    shown = [products[id] for id in (*task.thread.shown, *task.thread.numbers.latest) if id in products]
    if naming := grammar.names.read(text, [each.id for each in shown]):
        return products[naming.product_ids[0]]
    if types := grammar.read(text).types:
        return next((each for each in shown if any(kind.accepts(each) for kind in types)), None)
    return next(iter(shown), None) if points(part) else None
