"""Answering: which record a question about a product is about, that product, another in view or a page of the shop.

The line nearest to the message as it was heard decides: "can the cover be washed" is told by the product, "who carries it up" by a page,
and the words of a plan seldom say which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.dialogue.thread import Thread
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.text import stems
from assistant.planning.grammar.words import words
from assistant.planning.request_form import speaks_of_it
from assistant.planning.route import Nearness
from assistant.reading.listener import Listener, conversation_before
from assistant.tools.tool import Asked, Bench, NearLine, Task
from assistant.tools.variants import group_of
from retrieval.catalog.filter import Filter
from retrieval.catalog.product import Product

_PLACES = words("places")
_SEARCHED = 12
"""Pages that the search brings for each way to ask."""
_COMPARED = 60
"""Pages whose nearest lines show how near a page is that does not answer; a shop with no more than so many has all of them looked at."""
_NAMED = 6
"""Products nearest to a message that it may call by name."""
_PLANNED = 0.05
"""How much nearer the planned product counts."""


def answering_record(planned: str, question: str, task: Task, bench: Bench) -> str:
    """The id of the page or product that answers a question about the product `planned`; that is `planned` if nobody listens.

    A product that has not come up yet was named by the customer, and no other one in view takes its place; nor does one take the place of that
    which the message tells by its place in the list ("the second one") or by a word of its title that no other in view has.
    """
    if (heard := task.heard) is None:
        return planned
    asked = Asked((), heard)
    in_view = (*task.thread.shown, *filter(None, [task.thread.page]))
    pages = nearest_pages(searched_pages((question, task.message), bench), asked, bench)
    near = {page: line.nearness for page, line in pages.items()}
    is_told = planned not in in_view or _is_told(planned, in_view, task, bench)
    for product in dict.fromkeys((planned,) if is_told else (planned, *in_view)):
        for line in bench.nearest_lines(product, asked, 1):
            near[product] = line.nearness + (_PLANNED if product == planned else 0.0)
    return max(near, key=lambda record: near[record], default=planned)


def _is_told(planned: str, in_view: Iterable[str], task: Task, bench: Bench) -> bool:
    """Whether the message tells `planned` from the others in view."""
    said, products = set(stems(task.message)), bench.catalog.products
    if said & _PLACES:
        return True
    others = set().union(*(_called(products[id]) for id in in_view if id != planned and id in products))
    return planned in products and bool((_called(products[planned]) - others) & said)


def product_meant(planned: str, task: Task, bench: Bench) -> str:
    """The product that a question is about which was planned about `planned`: that, or another that the message calls by its title or kind.

    Plans stay with what was spoken of last. Another product takes its place where the message has a word of its title or kind that `planned` has
    not, and it is heard nearer than all that is in view: "does the fountain come with a plug" after cat food, but not "does it fit a bike". What
    is asked of "it" stays with what was spoken of: "can it go in the oven".
    """
    in_view = (*task.thread.shown, *filter(None, [task.thread.page]))
    products = bench.catalog.products
    if (
        (heard := task.heard) is None
        or (wish := task.wish) is None
        or planned not in in_view
        or planned not in products
        or speaks_of_it(task.message)
    ):
        return planned
    asked = Asked((), heard)
    new_words = set(stems(task.message)) - _called(products[planned])
    others = (each.product for each in bench.search.nearest_to(wish, Filter(), _NAMED, task.moment))
    known = {group_of(products[id]) for id in in_view if id in products}
    named = [each.id for each in others if group_of(each) not in known and _called(each) & new_words]

    def nearness(ids: Iterable[str]) -> dict[str, float]:
        return {id: line.nearness for id in ids for line in bench.nearest_lines(id, asked, 1)}

    seen, near = nearness(in_view), nearness(named)
    best = max(near, key=lambda id: near[id], default=planned)
    return best if near.get(best, 0.0) > max(seen.values(), default=0.0) else planned


def _called(product: Product) -> set[str]:
    """The words that a product may be called by."""
    return set(stems(" ".join((product.title, *product.category_path[-1:])))) - FUNCTION_WORDS


def searched_pages(texts: Iterable[str], bench: Bench) -> tuple[str, ...]:
    """Pages that the search brings for one of `texts`."""
    asked = filter(None, dict.fromkeys(texts))
    return tuple(dict.fromkeys(hit.faq.id for text in asked for hit in bench.search.faqs(text, _SEARCHED)))


def nearest_pages(searched: Iterable[str], asked: Asked, bench: Bench) -> Mapping[str, NearLine]:
    """The nearest line of each page of `searched`, and of others that show how near a page is that does not answer."""
    others = list(bench.catalog.faqs)[:: len(bench.catalog.faqs) // _COMPARED + 1]
    near = {page: bench.nearest_lines(page, asked, 1) for page in (*searched, *others)}
    return {page: lines[0] for page, lines in near.items() if lines}


def nearness(thread: Thread, message: str, listener: Listener, bench: Bench) -> Nearness:
    """How near pages and products in view are to a message as it is heard."""
    asked = Asked((), listener.hear(message, conversation_before(thread, bench.catalog.products)))
    pages = nearest_pages(searched_pages((message,), bench), asked, bench).values()
    in_view = dict.fromkeys(filter(None, (*thread.shown, thread.page)))
    products = [line.nearness for product in in_view for line in bench.nearest_lines(product, asked, 1)]
    return Nearness(max((line.nearness for line in pages), default=0.0), max(products, default=None))
