"""find and bundle: products that meet a need, read line by line before they are recommended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from assistant.evidence.brief import BriefLine, Note
from assistant.evidence.sums import Sum, left_of, total
from assistant.planning.plan import Bundle, Find
from assistant.reading.verdict import Verdict
from assistant.tools.reading import DECIDES, ProductReading, attribute_line, deciding, read_records
from assistant.tools.tool import Bench, Findings, Task
from retrieval.catalog.candidate import Candidate
from retrieval.catalog.filter import Condition, Filter, Operator, Sort
from retrieval.catalog.product import Product

SHOWN, SHOWN_FOR_A_NEED = 4, 2
"""Products of a plain list, and of an answer to a need: good shop assistants put one or two before a customer, not a shelf."""
_LINES_READ = 6
"""Lines of each candidate that are read: those nearest to the need."""
_READ = 6
"""Candidates whose lines are read; more cost a customer time and seldom change the first three."""
_LINES_OF_FIRST, _LINES_OF_NEXT = 2, 1
_GIVEN_UP = ("color", "size", "brand", "rating", "discount")
"""Limits that are given up, one after another, if nothing meets all of them; money, and what was ruled out, never are."""


def find(step: Find, task: Task, bench: Bench) -> Findings:
    """Search, read and rank. A product that contradicts the need comes last, and only if little else is left."""
    wanted = bench.constraints.of(step, task.need, task.message, task.thread.shown)
    notes = (Note.FOREIGN_LIMIT,) if bench.constraints.has_foreign_limit(task.need, task.message) else ()
    candidates, count = _search(step, wanted, task, bench)
    if not candidates:
        return Findings(notes=(Note.NOTHING_FOUND,))
    question = task.question(f"{step.kind}: {step.want}" if step.want else "")
    if not step.want and task.need.is_empty:
        listed = [candidate.product for candidate in candidates[:SHOWN]]
        lines = tuple(_sorted_by(listed, wanted, bench))
        return Findings(products=tuple(product.id for product in listed), lines=lines, notes=notes, total=count)
    read = read_records(bench, [candidate.product for candidate in candidates], question, _LINES_READ)
    kept = read if wanted.sort is not Sort.RELEVANCE else _ranked(read, task.moment)
    fitting = [each for each in kept if each.contradiction < DECIDES or each.support >= DECIDES]
    chosen = _distinct(fitting)[:SHOWN_FOR_A_NEED] or kept[:1]
    lines = [*_sorted_by([each.product for each in chosen], wanted, bench), *_telling(chosen)]
    ids = tuple(each.product.id for each in chosen)
    return Findings(products=ids, lines=tuple(lines), notes=notes, total=count)


def bundle(step: Bundle, task: Task, bench: Bench) -> Findings:
    """One product of each kind, together within the budget where that is possible."""
    budget = bench.constraints.money(task.need.budget) or bench.constraints.money(task.message)
    need = _without_budget(task)
    rows: list[list[Product]] = []

    def price(product: Product) -> Decimal:
        return product.offer_at(task.moment).price.amount

    for kind in step.kinds:
        wanted = bench.constraints.of(Find(kind=kind), need.need, "")
        found = bench.search.products(kind, wanted, _READ, task.customer_id, moment=task.moment).candidates
        taken = {_group(row[0]) for row in rows}
        fitting = [
            c.product for c in found if c.product.offer_at(task.moment).is_available and _group(c.product) not in taken
        ]
        rows += [fitting] if fitting else []
    if not rows:
        return Findings(notes=(Note.NOTHING_FOUND,))
    chosen = [row[0] for row in rows]
    if budget is not None:
        cheapest = [min(row, key=price) for row in rows]
        for place in sorted(range(len(rows)), key=lambda i: price(cheapest[i]) - price(chosen[i])):
            if sum(map(price, chosen)) <= budget:
                break
            chosen[place] = cheapest[place]
    spent = total(((product, 1) for product in chosen), task.moment)
    left = left_of(budget, spent) if budget is not None else None
    sums = (Sum("total", str(spent)), *((Sum("left of budget", str(left)),) if left is not None else ()))
    notes = (Note.OVER_BUDGET,) if budget is not None and left is None else ()
    if budget is None and bench.constraints.has_foreign_limit(task.need, task.message):
        notes = (Note.FOREIGN_LIMIT,)
    return Findings(products=tuple(product.id for product in chosen), sums=sums, notes=notes, total=len(chosen))


def _without_budget(task: Task) -> Task:
    """The task without its budget, which holds for a bundle as a whole and not for each part of it."""
    return replace(task, need=task.need.model_copy(update={"budget": ""}))


def _search(step: Find, wanted: Filter, task: Task, bench: Bench) -> tuple[tuple[Candidate, ...], int]:
    """Candidates for a step; limits are given up one after another if nothing meets all of them."""
    query = " ".join(filter(None, [step.kind, step.want]))
    if not query and wanted.sort is Sort.RELEVANCE and not wanted.conditions:
        found = bench.search.recommend(task.customer_id, wanted, _READ, task.moment)
        return found.candidates, found.total
    kinds = tuple(c for c in wanted.conditions if c.field == "product_type")
    if not kinds and step.kind and not bench.search.has_kind(step.kind):
        return (), 0
    for given_up in ((), *(_GIVEN_UP[:count] for count in range(1, len(_GIVEN_UP) + 1))):
        kept = replace(wanted, conditions=tuple(c for c in wanted.conditions if not _goes(c, given_up)))
        for text in (query, "") if kinds else (query,):
            found = bench.search.products(text, kept, _READ, task.customer_id, moment=task.moment)
            if found.candidates:
                return found.candidates, found.total
    return (), 0


def _sorted_by(products: Sequence[Product], wanted: Filter, bench: Bench) -> Iterator[BriefLine]:
    """The attribute lines by which a list is sorted: "the lightest" is told with its weight."""
    if wanted.sort not in (Sort.HIGHEST, Sort.LOWEST):
        return
    for product in products[:SHOWN_FOR_A_NEED]:
        if line := attribute_line(product, wanted.sort_field, bench):
            yield BriefLine(Verdict.SUPPORTS, line)


def _distinct(read: Sequence[ProductReading]) -> list[ProductReading]:
    """The best of each group of variants."""
    first: dict[str, ProductReading] = {}
    for each in read:
        first.setdefault(_group(each.product), each)
    return list(first.values())


def _group(product: Product) -> str:
    return product.item_group_id or product.id


def _goes(condition: Condition, given_up: tuple[str, ...]) -> bool:
    return condition.field in given_up and condition.operator is not Operator.NOT_IN


def _ranked(read: list[ProductReading], moment: datetime) -> list[ProductReading]:
    """Best first: what the reader says counts most, then availability, then the order of the search."""
    places = {each.product.id: place for place, each in enumerate(read)}

    def merit(each: ProductReading) -> float:
        sold_out = 0.0 if each.product.offer_at(moment).is_available else 0.6
        return each.support - each.contradiction - sold_out - 0.05 * places[each.product.id]

    return sorted(read, key=merit, reverse=True)


def _telling(chosen: list[ProductReading]) -> Iterator[BriefLine]:
    """The lines a reply may rest on: why the first fits, one for the next, and any that contradicts."""
    for place, each in enumerate(chosen[:3]):
        lines = deciding(each.readings, most=6)
        against = [line for line in lines if line.verdict is Verdict.CONTRADICTS]
        for_it = [line for line in lines if line.verdict is not Verdict.CONTRADICTS]
        yield from for_it[: _LINES_OF_NEXT if place else _LINES_OF_FIRST]
        yield from against[:1]
