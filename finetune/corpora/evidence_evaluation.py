"""Whether the evidence that a reply needs reaches its brief, on the held-out shops, each turn after the conversation as it was written.

    aisle evaluate evidence

A turn is reached if its brief brings what the written one rests on. Products: where the written plan searches or chooses, the product
that comes first is one of those shown there. Lines: one of the lines that decide there is among those told. Orders: the same orders.
Acts: a turn that rests on no record begins with the same tool. This says how many replies can be right at all, before any wording; with
the written plan it says what the tools alone lose.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief
from assistant.planning.plan import Bundle, Choose, Find, Plan
from assistant.planning.planner import Planned
from assistant.reading.verdict import Verdict
from assistant.turn import Dialogue
from finetune.corpora.planner_evaluation import PlannedTurn
from finetune.corpora.shop import CorpusShop
from finetune.ranking_metrics import Mean

Prepare = Callable[[PlannedTurn], tuple[Plan, Brief]]
"""A way to answer: the plan for one turn and the brief that its steps bring."""


class Rests(StrEnum):
    """What the reply of a written turn rests on."""

    PRODUCTS = "products"
    LINES = "lines"
    ORDERS = "orders"
    ACTS = "acts"


@dataclass(frozen=True, slots=True)
class EvidenceScores:
    """Share of turns whose evidence is reached, of all turns and by what they rest on."""

    reached: Mean
    by_kind: Mapping[Rests, Mean]

    def __str__(self) -> str:
        """One line for the terminal."""
        kinds = ", ".join(f"{kind} {share.value:.3f} of {share.cases}" for kind, share in self.by_kind.items())
        return f"{self.reached.cases} turns: reached {self.reached}; {kinds}"


@dataclass(frozen=True, slots=True)
class _Written:
    """A planner that knows the plan."""

    written: Plan

    def plan(self, system: str, context: str, thread: Thread, message: str, cancelled: threading.Event) -> Planned:
        """The written plan, whatever is asked."""
        return Planned(self.written, "")


def as_served(shop: CorpusShop, dialogue: Dialogue) -> Prepare:
    """The live planner and the live tools."""

    def prepare(asked: PlannedTurn) -> tuple[Plan, Brief]:
        customer = shop.customers.get(asked.conversation.written.customer)
        prepared = dialogue.prepare(asked.turn.text.message, asked.thread, customer)
        return prepared.planned.plan, prepared.brief

    return prepare


def with_written_plan(shop: CorpusShop, dialogue: Dialogue) -> Prepare:
    """The live tools on the plan as it was written: what is lost here, no planner can win."""

    def prepare(asked: PlannedTurn) -> tuple[Plan, Brief]:
        return as_served(shop, replace(dialogue, planner=_Written(asked.turn.plan)))(asked)

    return prepare


def always_search(shop: CorpusShop, dialogue: Dialogue) -> Prepare:
    """The floor: every message is a search for its own words."""

    def prepare(asked: PlannedTurn) -> tuple[Plan, Brief]:
        plan = Plan(steps=(Find(want=asked.turn.text.message),), need=asked.thread.need)
        return as_served(shop, replace(dialogue, planner=_Written(plan)))(asked)

    return prepare


WAYS: Mapping[str, Callable[[CorpusShop, Dialogue], Prepare]] = {
    "as served": as_served,
    "with the written plan": with_written_plan,
    "always search": always_search,
}
"""Every way to answer that is compared, by the name it is printed with."""


def rests_on(asked: PlannedTurn) -> Rests:
    """What decides whether the written reply can be given."""
    turn = asked.turn
    if turn.brief.products and any(isinstance(step, Find | Choose | Bundle) for step in turn.plan.steps):
        return Rests.PRODUCTS
    if _decisive(turn.brief):
        return Rests.LINES
    return Rests.ORDERS if turn.brief.orders else Rests.ACTS


def is_reached(asked: PlannedTurn, plan: Plan, brief: Brief, group: Callable[[str], str]) -> bool:
    """Whether `brief` brings what the written reply rests on. `group` gives the item group of a product."""
    written = asked.turn.brief
    match rests_on(asked):
        case Rests.PRODUCTS:
            return bool({group(id) for id in brief.products[:1]} & {group(id) for id in written.products})
        case Rests.LINES:
            return bool(_decisive(written) & {(told.line.record, told.line.text) for told in brief.lines})
        case Rests.ORDERS:
            return set(brief.orders) == set(written.orders)
        case Rests.ACTS:
            return plan.steps[0].tool == asked.turn.plan.steps[0].tool


def evaluate_evidence(
    turns: Iterable[PlannedTurn], prepare: Prepare, group: Callable[[str], str]
) -> Sequence[tuple[Rests, bool]]:
    """Of each turn, what it rests on and whether that is reached."""
    return [(rests_on(asked), is_reached(asked, *prepare(asked), group)) for asked in turns]


def scores(reached: Sequence[tuple[Rests, bool]]) -> EvidenceScores:
    """The scores of turns, of one shop or of several."""
    by_kind = {kind: [is_it for each, is_it in reached if each is kind] for kind in Rests}
    return EvidenceScores(
        Mean.of([is_it for _, is_it in reached]), {kind: Mean.of(found) for kind, found in by_kind.items() if found}
    )


def _decisive(brief: Brief) -> set[tuple[str, str]]:
    return {(told.line.record, told.line.text) for told in brief.lines if told.verdict is not Verdict.SILENT}
