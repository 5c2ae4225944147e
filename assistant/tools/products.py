"""details, compare and choose: questions about products that were named or shown, answered from their records."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.evidence.brief import BriefLine, Note
from assistant.evidence.sums import Sum, difference, total
from assistant.planning.plan import Choose, Compare, Details
from assistant.planning.question_form import asked_field
from assistant.planning.request_form import asks_total
from assistant.reading.verdict import Verdict
from assistant.tools.policy import SURELY_ANSWERS, page_findings
from assistant.tools.reading import ProductReading, attribute_line, deciding, is_option, read_record, read_records
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import meant_products
from retrieval.catalog.product import Product

_LINES_OF_ONE, _LINES_OF_EACH = 2, 1
_LINES_READ = 6
"""Lines of a product that are read for a question about it: those nearest to it."""
_OF_OPTIONS = frozenset({"come"})
"""Words that ask for a color or size and say no more: "does it come in a large"."""
_MOST_DIFFERENCES = 3


def details(step: Details, task: Task, bench: Bench) -> Findings:
    """The lines that answer a question about each product, else those of a page of the shop that do; none if it is not stated."""
    products = meant_products(step.of, task, bench)
    ids = tuple(product.id for product in products)
    if note := _option_note(products, task, bench):
        return Findings(products=ids, notes=(note,))
    if len(products) > 1 and asks_total(task.message):
        return Findings(
            products=ids, sums=(Sum("total", str(total(((product, 1) for product in products), task.moment))),)
        )
    if asked_field(step.question):  # prices, stock and options are told of the product itself
        return Findings(products=ids)
    most = _LINES_OF_ONE if len(products) == 1 else _LINES_OF_EACH
    lines: list[BriefLine] = []
    for product in products:
        read = read_record(bench, product.id, (step.question, task.message), _LINES_READ)
        if len(bench.catalog.variants(product)) > 1:  # its color and size are told of all its variants together
            read = tuple(each for each in read if not is_option(each.near.line))
        lines += deciding(read, most)
    named = f"{step.question} {products[0].title}" if products else step.question  # pages speak of knives, not of "it"
    lines = lines or list(page_findings((named, task.message), bench, SURELY_ANSWERS))
    return Findings(products=ids, lines=tuple(lines), notes=() if lines else (Note.NOT_STATED,))


def compare(step: Compare, task: Task, bench: Bench) -> Findings:
    """What differs between products and matters to the customer: the lines on `on`, else attributes that differ."""
    products = meant_products(step.of, task, bench)
    question = task.question(step.on)
    is_price = "price" in bench.constraints.compared(task.message)
    lines = list(_compared(products, task, bench))
    if step.on and not lines and not is_price:
        read = (read_record(bench, product.id, (step.on, question), _LINES_READ) for product in products)
        lines = [line for each in read for line in deciding(each, 1)]
    lines = lines or ([] if is_price else list(_differing(products, bench)))
    sums = (Sum("difference", str(difference(products[0], products[1], task.moment))),) if len(products) == 2 else ()
    return Findings(products=tuple(product.id for product in products), lines=tuple(lines), sums=sums)


def choose(step: Choose, task: Task, bench: Bench) -> Findings:
    """One pick, its reason from the record, and the runner-up: the need decides, then ratings."""
    question = task.question()
    read = read_records(bench, meant_products(step.of, task, bench), (question,), _LINES_READ)

    def merit(each: ProductReading) -> tuple[float, float]:
        fit = each.support - each.contradiction - (0.0 if each.product.offer_at(task.moment).is_available else 1.0)
        return round(fit, 1), each.product.rating or 0.0

    ranked = sorted(read, key=merit, reverse=True)
    lines = [line for each in ranked[:2] for line in deciding(each.lines, _LINES_OF_EACH)]
    return Findings(products=tuple(each.product.id for each in ranked[:3]), lines=tuple(lines))


def _option_note(products: list[Product], task: Task, bench: Bench) -> Note | None:
    """Whether the products come in the color or size that the message names; None if it names none, or asks more than that."""
    options = bench.constraints.options(task.message)
    variants = [variant for product in products for variant in bench.catalog.variants(product)]
    if not variants or not _OF_OPTIONS.issuperset(bench.constraints.unread(task.message).split()):
        return None
    has: Note | None = None
    for field, values, yes, no in (
        ("color", options.color, Note.HAS_COLOR, Note.NO_SUCH_COLOR),
        ("size", options.size, Note.HAS_SIZE, Note.NO_SUCH_SIZE),
    ):
        named = {value.casefold() for value in values}
        if named and not any(str(getattr(variant, field)).casefold() in named for variant in variants):
            return no
        has = yes if named else has
    return has


def _compared(products: list[Product], task: Task, bench: Bench) -> Iterator[BriefLine]:
    """The attribute that a comparison in the message is about ("which is lighter"), of each product; nothing if one lacks it."""
    for name in bench.constraints.compared(task.message):
        lines = [line for product in products if (line := attribute_line(product, name, bench))]
        if len(lines) == len(products):
            yield from (BriefLine(Verdict.SUPPORTS, line) for line in lines)
            return


def _differing(products: list[Product], bench: Bench) -> Iterator[BriefLine]:
    """Attribute lines of what all products state and differ in, product by product."""
    shared = (
        [name for name in products[0].attributes if all(name in p.attributes for p in products)] if products else []
    )
    telling = [name for name in shared if len({p.attributes[name] for p in products}) > 1][:_MOST_DIFFERENCES]
    for product in products:
        for name in telling:
            if line := attribute_line(product, name, bench):
                yield BriefLine(Verdict.SUPPORTS, line)
