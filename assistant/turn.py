"""Turn: one message from reading to reply.

message → planner → tools → reader → brief → composer → check → reply
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from assistant.conversation.message import clean
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief, Note
from assistant.evidence.briefing import Briefing
from assistant.evidence.meant_variants import MeantVariants, named_in
from assistant.language_model.transcript import TranscriptTurn, context_text, system_text
from assistant.planning.plan import Ask, HandOver, Plan
from assistant.planning.planner import Planned, Planner
from assistant.stopwatch import Stopwatch
from assistant.tools.run import run
from assistant.tools.tool import Bench, Task
from assistant.writing.composer import Composed, Composer
from retrieval.catalog.customer import Customer


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that a reply is written from: the message behind `thread`, the plan for it, and the brief its steps brought.

    `context` is what the transcript says of the customer's surroundings, `moment` when prices and stock were looked up.
    """

    message: str
    thread: Thread
    context: str
    planned: Planned
    brief: Brief
    moment: datetime


@dataclass(frozen=True, slots=True)
class TurnReply:
    """The finished reply to one message, the thread after it, and how it came about. Its prices and stock are of `moment`."""

    text: str
    written: str
    plan: Plan
    brief: Brief
    thread: Thread
    is_fallback: bool
    is_planned_by_default: bool
    timings_ms: dict[str, float]
    moment: datetime


@dataclass(frozen=True)
class Dialogue:
    """Answers messages for one shop. Safe to share between threads; holds no conversation."""

    planner: Planner
    bench: Bench
    briefing: Briefing
    composer: Composer
    kinds: tuple[str, ...]
    max_message: int = 2000
    system: str = field(init=False)
    """What the language model knows of the shop before a conversation begins."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "system", system_text(self.briefing.shop.name, self.kinds))

    def reply(
        self,
        message: str,
        thread: Thread,
        customer: Customer | None = None,
        cancelled: threading.Event | None = None,
        *,
        hands_over: bool = False,
    ) -> Iterator[Prepared | Composed | TurnReply]:
        """Yields what was prepared, checked sentences as they are written, and last the finished reply; nothing after `cancelled` is set.

        With `hands_over` people answer in this chat, and a reply that hands over names no contacts.

        Raises StoreError, SearchIndexError, ModelError and WritingError.
        """
        cancelled, watch = cancelled or threading.Event(), Stopwatch()
        prepared = self.prepare(message, thread, customer, cancelled, watch, hands_over=hands_over)
        if cancelled.is_set():
            return
        planned, brief = prepared.planned, prepared.brief
        yield prepared
        said: list[Composed] = []
        with watch.step("writing"):
            for sentence in self.composer.write(
                self.system, prepared.context, thread, prepared.message, planned, brief, cancelled
            ):
                watch.first("first sentence")
                said.append(sentence)
                yield sentence
        if cancelled.is_set():
            return
        written = " ".join(sentence.written for sentence in said)
        yield TurnReply(
            text=" ".join(sentence.text for sentence in said),
            written=written,
            plan=planned.plan,
            brief=brief,
            thread=self.thread_after(prepared, written),
            is_fallback=any(sentence.is_fallback for sentence in said),
            is_planned_by_default=planned.by_default,
            timings_ms=watch.timings_ms,
            moment=prepared.moment,
        )

    def prepare(
        self,
        message: str,
        thread: Thread,
        customer: Customer | None = None,
        cancelled: threading.Event | None = None,
        watch: Stopwatch | None = None,
        *,
        hands_over: bool = False,
    ) -> Prepared:
        """Plan, run the tools, read and brief, as `reply` does before it writes; `watch` times the steps.

        Raises StoreError, SearchIndexError, ModelError and WritingError.
        """
        message, watch = clean(message, self.max_message), watch or Stopwatch()
        page, moment = self.bench.catalog.products.get(thread.page), self.briefing.now()
        number = thread.numbers.number(self.briefing.group(thread.page)) if page else None
        context = context_text(customer is not None, page.title if page else "", number or 1)
        with watch.step("planning"):
            planned = self.planner.plan(self.system, context, thread, message, cancelled or threading.Event())
        task = Task(message, planned.plan.need, thread, moment, customer.id if customer else None, hands_over)
        with watch.step("tools"):
            found = run(planned.plan, task, self.bench)
        numbers = thread.numbers.adding([(id, self.briefing.group(id)) for id in found.products])
        brief = self.briefing.brief(
            numbers,
            products=found.products,
            orders=found.orders,
            lines=found.lines,
            sums=found.sums,
            notes=found.notes,
            customer=customer,
            meant=MeantVariants(
                self.bench.constraints.meant(message, planned.plan.need),
                message,
                frozenset((*thread.named, thread.page)),
            ),
            moment=moment,
        )
        return Prepared(message, thread, context, planned, brief, moment)

    def thread_after(self, prepared: Prepared, written: str) -> Thread:
        """The thread once the prepared turn was answered with `written`, a reply with references."""
        planned, brief = prepared.planned, prepared.brief
        return prepared.thread.after(
            TranscriptTurn(prepared.message, planned.text, brief.as_text(), written),
            planned.plan.need,
            brief.products,
            self.briefing.group,
            order=brief.orders[0] if len(brief.orders) == 1 else "",
            asked=[step.about for step in planned.plan.steps if isinstance(step, Ask)],
            named=sorted(named_in(written, brief.products)),
            missed=Note.NOT_STATED in brief.notes
            or planned.is_fallback
            or any(isinstance(step, HandOver) and step.reason == "cannot_help" for step in planned.plan.steps),
        )
