"""Order items: what the items of orders are called, and which items and orders a message may mean by those names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.actions.changes.goods import variant_title
from assistant.actions.order import OrderLine
from assistant.actions.order_record import OrderRecord
from assistant.dialogue.waiting import Choice
from assistant.planning.choice_form import likeliest
from assistant.tools.tool import Bench

_LONGEST_TITLES = 44


def item_choices(record: OrderRecord, bench: Bench) -> Iterator[Choice]:
    """The items that are still there, one for each product."""
    left: dict[str, int] = {}
    for number, line in enumerate(record.order.lines, 1):
        left[line.product_id] = left.get(line.product_id, 0) + line.quantity - record.returned.get(number, 0)
    for product_id, count in left.items():
        if count > 0:
            yield Choice(product_id, item_title(record, product_id, bench), count, _also(bench, product_id))


def item_title(record: OrderRecord, product_id: str, bench: Bench) -> str:
    """What an item is called; by its variant where the order has two of one title."""
    lines = {line.product_id: line for line in record.order.lines}
    line: OrderLine | None = lines.get(product_id)
    alike = sum(each.title == line.title for each in lines.values()) if line else 0
    product = bench.catalog.products.get(product_id)
    return variant_title(product) if product and alike > 1 else line.title if line else product_id


def bare(choices: Sequence[Choice], bench: Bench) -> tuple[Choice, ...]:
    """The choices by the names of their products alone: "for the black one" names no kettle that is black, too."""
    products = bench.catalog.products
    return tuple(
        replace(each, text=products[each.id].title, also="") if each.id in products else each for each in choices
    )


def orders_with(message: str, records: Sequence[OrderRecord], bench: Bench) -> tuple[OrderRecord, ...]:
    """The orders with an item that the message names."""
    choices = [
        Choice(line.product_id, line.title, also=_also(bench, line.product_id))
        for each in records
        for line in each.order.lines
    ]
    distinct = list({choice.text: choice for choice in choices}.values())
    found = {choice.text for choice in likeliest(message, distinct)}
    return tuple(each for each in records if any(line.title in found for line in each.order.lines))


def order_text(record: OrderRecord) -> str:
    """An order among others: its number and what is in it, short enough for a button."""
    titles = ", ".join(line.title for line in record.order.lines)
    cut = titles if len(titles) <= _LONGEST_TITLES else f"{titles[: _LONGEST_TITLES - 1].rstrip(' ,')}…"
    return f"{record.order.id} ({cut})"


def _also(bench: Bench, product_id: str) -> str:
    """What else a product is called: its kind and its color."""
    product = bench.catalog.products.get(product_id)
    return " ".join([product.color, *product.category_path[-1:]]) if product else ""
