"""Turn: one message from reading to reply.

message → planner → tools → reader → brief → composer → check → reply
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.actions.owner import Owner
from assistant.conversation.message import clean
from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Press
from assistant.evidence.brief import SUM_SLOTS, Brief, Note
from assistant.evidence.briefing import Briefing
from assistant.evidence.change_result import ChangeResult, Closed, State
from assistant.evidence.meant_variants import MeantVariants, named_in
from assistant.language_model.transcript import TranscriptTurn, context_text, system_text
from assistant.planning.answer_form import Answer, read_answer
from assistant.planning.cart_form import names_others, with_goods
from assistant.planning.change_form import is_of_shown_change, is_question_between, with_change
from assistant.planning.continuing import Continued, continued
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.text import stems
from assistant.planning.order_plan import asks_of_all, with_order
from assistant.planning.plan import Ask, Cart, HandOver, Plan
from assistant.planning.plan_text import plan_text
from assistant.planning.planner import Planned, Planner
from assistant.reading.listener import Listener, conversation_before
from assistant.stopwatch import Stopwatch
from assistant.tools.changing import close
from assistant.tools.run import run
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import possible_variants, remembered_options
from assistant.writing.composer import Composed, Composer
from retrieval.catalog.customer import Customer
from retrieval.index.encoder import Vectors

_ALIKE = 4
"""Letters by which two words count as forms of one."""
_MISSES = 2
"""Replies in a row that do not answer the question, before a person is offered, and again before the next offer."""


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
    """Answers messages for one shop. Safe to share between threads; holds no conversation.

    `listener` hears a message near the record lines that answer it, `wish_listener` near the products that meet it.
    """

    planner: Planner
    bench: Bench
    briefing: Briefing
    composer: Composer
    kinds: tuple[str, ...]
    max_message: int = 2000
    listener: Listener | None = None
    wish_listener: Listener | None = None
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
        owner: Owner | None = None,
        press: Press | None = None,
        *,
        hands_over: bool = False,
        is_cut: bool = False,
    ) -> Iterator[Prepared | Composed | TurnReply]:
        """Yields what was prepared, checked sentences as they are written, and last the finished reply; nothing after `cancelled` is set.

        On behalf of `owner` changes are proposed, and run after a yes; a turn that has run one is finished even if it was cancelled.
        `press` is the button that sent the message. With `hands_over` people answer in this chat, and a reply that hands over names no
        contacts; with `is_cut` the customer wrote more than `message`, and the reply says so. Raises StoreError, SearchIndexError, ModelError and WritingError.
        """
        cancelled, watch = cancelled or threading.Event(), Stopwatch()
        prepared = self.prepare(
            message, thread, customer, cancelled, watch, owner, press, hands_over=hands_over, is_cut=is_cut
        )
        if prepared.brief.ran:
            cancelled = threading.Event()
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
        owner: Owner | None = None,
        press: Press | None = None,
        *,
        hands_over: bool = False,
        is_cut: bool = False,
    ) -> Prepared:
        """Plan, run the tools, read and brief, as `reply` does before it writes; `watch` times the steps.

        Without an `owner` nothing is proposed and nothing runs. Raises StoreError, SearchIndexError, ModelError and WritingError.
        """
        message, watch = clean(message, self.max_message), watch or Stopwatch()
        page, moment = self.bench.catalog.products.get(thread.page), self.briefing.now()
        number = thread.numbers.number(self.briefing.group(thread.page)) if page else None
        is_known = customer is not None or (owner is not None and bool(owner.order_id))
        context = context_text(is_known, page.title if page else "", number or 1)
        answered = self._continued(message, thread, press) if owner else None
        with watch.step("planning"):
            planned = (
                answered.planned(thread)
                if answered
                else self._planned(context, thread, message, cancelled or threading.Event(), is_known=is_known)
            )
        customer_id = customer.id if customer else None
        task = Task(
            message,
            planned.plan.need,
            thread,
            moment,
            customer_id,
            owner,
            answered,
            hands_over,
            self._hearing(thread, self.listener),
            self._hearing(thread, self.wish_listener),
        )
        if cancelled is not None and cancelled.is_set():  # nobody reads the reply, so nothing may come of the message
            task = replace(task, owner=None, continued=None)
        with watch.step("tools"):
            found, closed = self._found(planned.plan, task)
        numbers = thread.numbers.adding([(id, self.briefing.group(id)) for id in found.products])
        brief = self.briefing.brief(
            numbers,
            products=found.products,
            orders=found.orders,
            lines=found.lines,
            sums=found.sums,
            notes=(*found.notes, Note.MESSAGE_CUT) if is_cut else found.notes,
            customer=customer,
            meant=MeantVariants(
                message=message,
                ids=frozenset((*thread.named, thread.page)),
                possible={id: possible_variants(id, task, self.bench) for id in found.products},
            ),
            moment=moment,
            records=found.records,
            change=found.change,
            closed=closed,
            more=found.more,
        )
        if hands_over and (thread.misses + 1) % _MISSES == 0 and leaves_unanswered(message, planned, brief):
            brief = replace(brief, notes=(*brief.notes, Note.PERSON_OFFERED))
        return Prepared(message, thread, context, planned, brief, moment)

    def _continued(self, message: str, thread: Thread, press: Press | None) -> Continued | None:
        """Return how the message answers the open question; None if it names other goods instead."""
        answered, waiting = continued(message, thread.waiting, press), thread.waiting
        if (
            answered is None
            or waiting is None
            or press is not None
            or waiting.detail is None
            or not waiting.draft.kind.is_cart
        ):
            return answered
        asked = (*waiting.draft.items, *(choice.id for choice in waiting.choices))
        return None if names_others(message, asked, self.bench.constraints.grammar) else answered

    def _hearing(self, thread: Thread, listener: Listener | None) -> Callable[[str, str], Vectors] | None:
        if listener is None:
            return None
        products = self.bench.catalog.products
        return lambda asked, said: listener.hear(asked, conversation_before(thread, products, said))

    def _planned(
        self, context: str, thread: Thread, message: str, cancelled: threading.Event, *, is_known: bool
    ) -> Planned:
        if _accepts_person(thread, message):
            plan = Plan(steps=(HandOver(reason="asked"),), need=thread.need)
            return Planned(plan, plan_text(plan, lambda id: id, thread.need))
        planned = self.planner.plan(self.system, context, thread, message, cancelled)
        plan = with_change(planned.plan, thread, message)
        plan = with_goods(plan, thread, message, self.bench.constraints.grammar)
        plan = with_order(plan, thread, message) if is_known or asks_of_all(message, thread) else plan
        if plan == planned.plan:
            return planned
        return replace(planned, plan=plan, text=plan_text(plan, lambda id: id, thread.need))

    def _found(self, plan: Plan, task: Task) -> tuple[Findings, Closed | None]:
        """What the steps bring, and the proposal that the message has ended because it says something else than yes or no.

        A message that asks for nothing ("hm"), or a question in between, leaves the proposal open, and the customer is reminded of it.
        """
        waiting = task.thread.waiting
        is_answer = task.continued is not None and task.continued.answer is not Answer.NEITHER
        if waiting is None or not waiting.proposal or task.owner is None or is_answer:
            return run(plan, task, self.bench), None
        is_open = waiting.expires is None or task.moment < waiting.expires
        if is_open and task.continued is None:
            reminded = ChangeResult(State.REMINDED, waiting.draft.kind, waiting.draft.order, waiting=waiting)
            if is_of_shown_change(plan, task.message):
                return Findings(change=reminded), None
            if is_question_between(plan, task.message):
                return replace(run(plan, task, self.bench), change=reminded), None
        closed = close(waiting, task, self.bench)
        return run(plan, task, self.bench), closed

    def _for_cart(self, plan: Plan) -> tuple[str, ...]:
        """The products that a plan puts into the cart; their options are remembered although no reply shows them."""
        ids = (id for step in plan.steps if isinstance(step, Cart) for id in step.of)
        return tuple(id for id in ids if id in self.bench.catalog.products)

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
            missed=leaves_unanswered(prepared.message, planned, brief),
            waiting=brief.change.waiting if brief.change else None,
            options=remembered_options(
                prepared.thread.options, prepared.message, (*brief.products, *self._for_cart(planned.plan)), self.bench
            ),
        )


def leaves_unanswered(message: str, planned: Planned, brief: Brief) -> bool:
    """Whether a reply leaves the customer without an answer.

    A line that is only the nearest one counts as an answer if it has a word of the question: "Heavy" of "which is heavier".
    """
    if any(isinstance(step, HandOver) and step.reason == "cannot_help" for step in planned.plan.steps):
        return True
    asked = set(_beginnings(message))
    has_line = any(not told.is_guess or asked & set(_beginnings(told.line.text)) for told in brief.lines)
    is_told = has_line or bool(brief.orders or brief.change) or any(key in brief.facts for key in SUM_SLOTS)
    if Note.NOT_STATED in brief.notes:
        return not is_told
    return planned.is_fallback and not (is_told or brief.products)


def _beginnings(text: str) -> Iterator[str]:
    """The first letters of the words that mean something, by which forms of one word are alike."""
    return (word[:_ALIKE] for word in stems(text) if len(word) >= _ALIKE and word not in FUNCTION_WORDS)


def _accepts_person(thread: Thread, message: str) -> bool:
    """Whether a message says yes to the person whom the reply before offered."""
    was_offered = bool(thread.turns) and Note.PERSON_OFFERED in thread.turns[-1].brief.splitlines()
    return was_offered and read_answer(message) is Answer.YES
