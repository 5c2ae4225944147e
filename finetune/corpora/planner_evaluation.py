"""How well a planner plans on the held-out shops, each turn after the conversation as it was written.

    aisle evaluate planner

Tools: the share of turns with exactly the tools of the written plan, and with the same first one. Arguments: F1 over product ids and
over the words of kinds, wishes and questions, on steps with the right tool. Need: F1 over its words, on turns where either has one.
Which page a question to the shop then finds is measured by `aisle evaluate finder`, and as served by `aisle evaluate asks`.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.planning.plan import Find, Plan, Step, Talk, written_step
from assistant.planning.planner import Planner
from finetune.corpora.shop import CorpusShop
from finetune.corpora.transcripts import CorpusConversation, CorpusTurn

_RESAMPLES = 1000
PlanTurn = Callable[["PlannedTurn"], Plan]
"""A way of planning: the plan for one turn."""


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """One turn of the corpus, with the thread before it."""

    shop: str
    conversation: CorpusConversation
    turn: CorpusTurn
    thread: Thread


@dataclass(frozen=True, slots=True)
class PlannerScores:
    """Scores of one way of planning. Intervals are of 95 %, by bootstrap over turns; times in milliseconds."""

    turns: int
    tools: float
    tools_interval: tuple[float, float]
    first_tool: float
    arguments: float
    need: float
    p50_ms: float
    p95_ms: float


def planned_turns(shop: CorpusShop, conversations: Iterable[CorpusConversation]) -> Iterator[PlannedTurn]:
    """Every turn with the thread that the written turns before it leave behind."""
    for conversation in conversations:
        thread = Thread()
        if page := conversation.written.page:
            thread = thread.opened_on(page, shop.briefing.group(page))
        for turn in conversation.turns:
            yield PlannedTurn(shop.name, conversation, turn, thread)
            order = turn.brief.orders[0] if len(turn.brief.orders) == 1 else ""
            thread = thread.after(turn.text, turn.plan.need, turn.brief.products, shop.briefing.group, order=order)


def by_planner(planner: Planner) -> PlanTurn:
    """Planning by a live planner."""

    def plan(asked: PlannedTurn) -> Plan:
        conversation = asked.conversation
        message = asked.turn.text.message
        planned = planner.plan(conversation.system, conversation.context, asked.thread, message, threading.Event())
        return planned.plan

    return plan


def commonest(asked: PlannedTurn) -> Plan:
    """The floor: every message is a search for its own words."""
    return Plan(steps=(Find(want=asked.turn.text.message),), need=asked.thread.need)


def evaluate_planner(turns: Sequence[PlannedTurn], plan: PlanTurn) -> PlannerScores:
    """The scores of one way of planning."""
    exact, first, arguments, needs, times = [], [], [], [], []
    for asked in turns:
        start = time.perf_counter()
        given = plan(asked)
        times.append((time.perf_counter() - start) * 1000)
        wanted = asked.turn.plan
        exact.append(_tools(given) == _tools(wanted))
        first.append(given.steps[0].tool == wanted.steps[0].tool)
        arguments += list(_argument_scores(wanted.steps, given.steps))
        if not (wanted.need.is_empty and given.need.is_empty):
            needs.append(_word_f1(wanted.need, given.need))
    draws = np.random.default_rng(1).integers(0, len(exact), (_RESAMPLES, len(exact)))
    low, high = np.percentile(np.array(exact)[draws].mean(1), [2.5, 97.5])
    return PlannerScores(
        turns=len(turns),
        tools=float(np.mean(exact)),
        tools_interval=(float(low), float(high)),
        first_tool=float(np.mean(first)),
        arguments=float(np.mean(arguments)) if arguments else 0.0,
        need=float(np.mean(needs)) if needs else 0.0,
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
    )


def _tools(plan: Plan) -> Counter[str]:
    return Counter(step.tool for step in plan.steps)


def _argument_scores(wanted: Sequence[Step], given: Sequence[Step]) -> Iterator[float]:
    """F1 of the arguments of each wanted step that has a given step of the same tool."""
    left = list(given)
    for step in wanted:
        same = next((each for each in left if each.tool == step.tool), None)
        if same is not None and not isinstance(step, Talk):
            left.remove(same)
            yield _f1(_argument_words(step), _argument_words(same))


def _argument_words(step: Step) -> Counter[str]:
    arguments = written_step(step)[step.tool]
    whole = [f"id:{id}" for id in arguments.get("of", ())]
    text = " ".join(str(value) for name, value in arguments.items() if name != "of")
    return Counter([*whole, *re.findall(r"\w+", text.casefold())])


def _word_f1(wanted: Need, given: Need) -> float:
    words = [Counter(re.findall(r"\w+", need.as_text().casefold())) for need in (wanted, given)]
    return _f1(*words)


def _f1(wanted: Counter[str], given: Counter[str]) -> float:
    total = wanted.total() + given.total()
    return 2 * (wanted & given).total() / total if total else 1.0
