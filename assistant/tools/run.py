"""Run: carries out the steps of a plan, each by the tool it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assistant.evidence.brief import Note
from assistant.planning.plan import (
    Bundle,
    Cart,
    Change,
    Choose,
    Compare,
    Details,
    Find,
    HandOver,
    Order,
    Plan,
    Policy,
    Step,
)
from assistant.tools.bundle import bundle
from assistant.tools.cart import cart
from assistant.tools.find import find
from assistant.tools.orders import change, order
from assistant.tools.policy import policy
from assistant.tools.products import choose, compare, details
from assistant.tools.tool import Access, Bench, Findings, Task, joined
from assistant.tools.variants import in_best_variants, once_each, with_said_size


@dataclass(frozen=True, slots=True)
class Tool:
    """What a step runs, and what that does to the shop's records."""

    access: Access
    run: Callable[[Any, Task, Bench], Findings]


def hand_over(step: HandOver, task: Task, bench: Bench) -> Findings:
    """That a person takes over in this chat, where there are people; who cannot be helped is told the contacts first."""
    is_handed_over = task.hands_over and step.reason != "cannot_help"
    return Findings(notes=(Note.HANDED_OVER,) if is_handed_over else ())


TOOLS: Mapping[type[Step], Tool] = {
    Find: Tool(Access.READ, find),
    Bundle: Tool(Access.READ, bundle),
    Details: Tool(Access.READ, details),
    Compare: Tool(Access.READ, compare),
    Choose: Tool(Access.READ, choose),
    Policy: Tool(Access.READ, policy),
    Order: Tool(Access.READ, order),
    Change: Tool(Access.WRITE, change),
    Cart: Tool(Access.WRITE, cart),
    HandOver: Tool(Access.READ, hand_over),
}
"""Steps that are not here (ask, talk) need nothing from the records."""


def _words(step: Step) -> str:
    """The argument of a step that may be a part of the message."""
    match step:
        case Details(question=words) | Policy(question=words) | Find(want=words):
            return words
    return ""


def run(plan: Plan, task: Task, bench: Bench) -> Findings:
    """Everything that the plan's steps bring, in their order, no product twice. A question about no product is about the first of the searches before it.

    Raises StoreError, SearchIndexError and ModelError.
    """
    brought: list[Findings] = []
    searched: tuple[str, ...] = ()
    for place, step in enumerate(plan.steps):
        if isinstance(step, Details) and not step.of:
            if not searched:
                continue
            step = step.model_copy(update={"of": searched[:1]})
        if type(step) in TOOLS:
            part = task.for_part(_words(step))
            if isinstance(step, Find):
                part = with_said_size(step, part, bench)
            findings = TOOLS[type(step)].run(step, part, bench).of_step(place)
            if isinstance(step, Find):
                findings = in_best_variants(findings, step, part, bench)
            if isinstance(step, (Find, Bundle)):
                searched += findings.products
            brought.append(findings)
    found = joined(brought)
    return replace(found, products=once_each(found.products, task, bench))
