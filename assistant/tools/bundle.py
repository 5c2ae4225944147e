"""bundle: one product of each of several kinds, together within a budget."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assistant.evidence.brief import Note
from assistant.evidence.sums import Sum, left_of, total
from assistant.planning.plan import Bundle, Find
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import group_of
from retrieval.catalog.product import Product

_LOOKED_AT = 6
"""Products of each kind among which one is taken."""


def bundle(step: Bundle, task: Task, bench: Bench) -> Findings:
    """One product of each kind, together within the budget where that is possible."""
    budget = bench.constraints.money(task.need.budget) or bench.constraints.money(task.message)
    need = _without_budget(task)
    rows: list[list[Product]] = []

    def price(product: Product) -> Decimal:
        return product.offer_at(task.moment).price.amount

    for kind in step.kinds:
        wanted = bench.constraints.of(Find(kind=kind), need.need, "")
        found = bench.search.products(kind, wanted, _LOOKED_AT, task.customer_id, moment=task.moment).candidates
        taken = {group_of(row[0]) for row in rows}
        fitting = [
            c.product
            for c in found
            if c.product.offer_at(task.moment).is_available and group_of(c.product) not in taken
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
