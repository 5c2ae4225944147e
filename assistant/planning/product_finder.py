"""Product finder: the product that a plan calls by its number or by words."""

from __future__ import annotations

from collections.abc import Callable

from assistant.dialogue.thread import Thread
from assistant.planning.grammar.names import Names
from assistant.planning.grammar.text import Text, clean, stems
from assistant.planning.request_form import asks_for_goods


def product_finder(names: Names, thread: Thread, message: str) -> Callable[[str], str | None]:
    """Return a function from "#2", or from words, to a product's id; it returns None if nothing is called that.

    Words that name nothing are taken for what `message` names, then for the product whose title is nearest to it. The function raises
    ValueError for a "#" without a number.
    """

    def product(label: str) -> str | None:
        if label.startswith("#") and (known := thread.numbers.product(int(label[1:]))):
            return known
        said = Text(clean(message))
        found = names.read(Text(clean(label)), thread.shown) or names.read(said, thread.shown)
        if found and found.product_ids:
            return found.product_ids[0]
        if only := names.only(label):
            return only
        near = None if asks_for_goods(message) else names.nearest(said)
        return near if near and set(stems(label)) & set(stems(names.title_of(near))) else None

    return product
