"""details, compare and choose: questions about products that were named or shown, answered from their records."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.evidence.brief import BriefLine
from assistant.evidence.sums import Sum, difference
from assistant.planning.plan import Choose, Compare, Details
from assistant.reading.verdict import Verdict
from assistant.tools.policy import page_findings
from assistant.tools.reading import ProductReading, attribute_line, deciding, read_record, read_records
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import meant_products
from retrieval.catalog.product import Product

_LINES_OF_ONE, _LINES_OF_EACH = 2, 1
_LINES_READ = 16
"""Lines of a product that are read for a question about it; more than most records have."""
_MOST_DIFFERENCES = 3


def details(step: Details, task: Task, bench: Bench) -> Findings:
    """The lines that answer a question about each product, else those of a page of the shop that do; none if it is not stated."""
    products = meant_products(step.of, task, bench)
    most = _LINES_OF_ONE if len(products) == 1 else _LINES_OF_EACH
    lines: list[BriefLine] = []
    for product in products:
        lines += deciding(read_record(bench, product.id, step.question, _LINES_READ), most)
    ids = tuple(product.id for product in products)
    if lines:
        return Findings(products=ids, lines=tuple(lines))
    return Findings(products=ids, lines=page_findings(step.question, bench))


def compare(step: Compare, task: Task, bench: Bench) -> Findings:
    """What differs between products and matters to the customer: the lines on `on`, else attributes that differ."""
    products = meant_products(step.of, task, bench)
    question = task.question(step.on)
    lines: list[BriefLine] = []
    for product in products:
        lines += deciding(read_record(bench, product.id, question, _LINES_READ), 1)
    lines = lines or list(_differing(products, bench))
    sums = (Sum("difference", str(difference(products[0], products[1], task.moment))),) if len(products) == 2 else ()
    return Findings(products=tuple(product.id for product in products), lines=tuple(lines), sums=sums)


def choose(step: Choose, task: Task, bench: Bench) -> Findings:
    """One pick, its reason from the record, and the runner-up: the need decides, then ratings."""
    question = task.question()
    read = read_records(bench, meant_products(step.of, task, bench), question, _LINES_READ)

    def merit(each: ProductReading) -> tuple[float, float]:
        fit = each.support - each.contradiction - (0.0 if each.product.offer_at(task.moment).is_available else 1.0)
        return round(fit, 1), each.product.rating or 0.0

    ranked = sorted(read, key=merit, reverse=True)
    lines = [line for each in ranked[:2] for line in deciding(each.readings, _LINES_OF_EACH)]
    return Findings(products=tuple(each.product.id for each in ranked[:3]), lines=tuple(lines))


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
