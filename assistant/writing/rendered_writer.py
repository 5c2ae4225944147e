"""RenderedWriter: replies that code renders from plan, message and brief, in the wordings of `phrases.yaml`.

Every sentence says what a line or a field of the brief says, so true values cannot be joined to the wrong words.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence

from assistant.evidence.brief import Note
from assistant.evidence.change_result import State
from assistant.language_model.speaker import Speaker
from assistant.language_model.transcript import ASSISTANT, TranscriptTurn, prompt_ids
from assistant.planning.change_form import is_of_shown_change
from assistant.planning.plan import (
    Ask,
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
    Talk,
)
from assistant.planning.question_form import greets, reports_trouble
from assistant.planning.request_form import requests_in
from assistant.writing.change_replies import change_outcome_reply, closed_reply
from assistant.writing.phrases import table
from assistant.writing.product_replies import (
    bundle_reply,
    choose_reply,
    compare_reply,
    details_reply,
    field_reply,
    find_reply,
)
from assistant.writing.reply_view import ReplyView, Told, distinct
from assistant.writing.sentence_writer import Refused, ReplyTask
from assistant.writing.shop_replies import (
    ask_reply,
    cart_reply,
    change_reply,
    hand_over_reply,
    order_reply,
    policy_reply,
    talk_reply,
)

NOTICES: Mapping[Note, str] = {
    Note.FOREIGN_LIMIT: table("foreign_limit")[0],
    Note.OTHER_CURRENCY: table("other_currency")[0],
    Note.MESSAGE_CUT: table("message_cut")[0],
}
"""What code adds to a reply and never leaves to a model: a limit was not kept, or not all was read."""
_OPENING_TALK = frozenset({"greet", "thanks"})
"""Small talk that may stand before an answer; every other kind gives way to it."""
_SORRY = "sorry"
_WORDINGS = 3
"""Wordings of a reply that the language model chooses from; each costs as much as reading it."""
_LINE_FORM = re.compile(r"\{(l\d)\.(?!value)\w+\}")
"""Forms of a line that only code writes; the language model knows the line itself."""


class RenderedWriter:
    """A SentenceWriter that renders a reply in several wordings, of which the language model takes the likeliest.

    So an adapter tuned on a shop's own transcripts has a say in how the shop speaks, and none in what is true. Safe to share between
    threads.
    """

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def write(
        self, task: ReplyTask, said: tuple[str, ...], refused: Refused | None, cancelled: threading.Event
    ) -> Iterator[str]:
        """See `SentenceWriter.write`; goes on behind a refused sentence."""
        sentences = self._likeliest(task)
        if refused is not None and refused.sentence in sentences:
            sentences = sentences[sentences.index(refused.sentence) + 1 :]
        for sentence in sentences:
            if cancelled.is_set():
                return
            if sentence not in said:
                yield sentence

    def _likeliest(self, task: ReplyTask) -> list[str]:
        """The wording whose tokens are likeliest on average behind the conversation."""
        wordings = list(
            {tuple(sentences): sentences for sentences in (rendered(task, n) for n in range(_WORDINGS))}.values()
        )
        if len(wordings) == 1:
            return wordings[0]
        turn = TranscriptTurn(task.message, task.planned.text, task.brief.as_text())
        texts = [self._speaker.tokens(_LINE_FORM.sub(r"{\1}", " ".join(each))) for each in wordings]
        room = self._speaker.context - max(map(len, texts))
        turns = [*task.thread.turns, turn]
        ids = prompt_ids(task.system, task.context, turns, self._speaker.tokens, ASSISTANT, room)
        if len(ids) > room:  # a brief that fills the model's window: the reply is written without the model
            return wordings[0]
        means = [float(found.mean()) for found in self._speaker.likelihoods(ids, texts)]
        return wordings[means.index(max(means))]


def rendered(task: ReplyTask, wording: int = 0) -> list[str]:
    """The sentences of the whole reply, with references; at least one. Each `wording` is another way to say the same."""
    view = ReplyView(task, wording)
    plan = task.planned.plan
    sentences: list[str] = list(closed_reply(view))
    shares = _Shares(view, plan)
    change = view.task.brief.change
    reminder = list(change_outcome_reply(change, view)) if change and change.state is State.REMINDED else []
    if reminder and is_of_shown_change(plan, task.message):
        return reminder
    for step in plan.steps:
        sentences += _of_step(step, plan, shares, view, is_alone=len(plan.steps) == 1 or not sentences)
    sentences += [f"{{{told.slot}.quote}}" for told in distinct(shares.left())]
    rest = _rest_not_stated(view)
    if rest and rest[0] in sentences:  # after what is known
        sentences = [*(each for each in sentences if each not in rest), *rest]
    sentences = [*_greeting(plan, view), *_apology(plan, sentences, view), *sentences]
    kept = [sentence for sentence in dict.fromkeys([*sentences, *reminder]) if sentence]
    questions = [sentence for sentence in kept if sentence.endswith("?")]
    kept = [sentence for sentence in kept if sentence not in questions[:-1]]
    return kept or [view.phrases("talk.nothing")]


def _of_step(step: Step, plan: Plan, shares: _Shares, view: ReplyView, is_alone: bool) -> list[str]:
    match step:
        case Find():
            return list(find_reply(step, shares.found(step), view))
        case Bundle():
            return list(bundle_reply(step, shares.bundled(step), view))
        case Details():
            slots, lines = shares.meant(step.of), shares.take_pages(step)
            if not step.of and not slots and not lines:  # nothing was found, which the search says
                return []
            is_open = not lines and not view.lines_for(step, *slots) and not field_reply(step, slots, view)
            if is_open and Note.NOT_STATED in view.task.brief.notes and not shares.leaves_open():
                return _rest_not_stated(view)
            if not lines or view.lines_for(step, *slots):
                return list(details_reply(step, slots, view))
            if told := field_reply(step, slots, view):
                return [*told, *policy_reply(Policy(question=step.question), lines, view, may_answer=False)]
            return list(policy_reply(Policy(question=step.question), lines, view))
        case Compare():
            return list(compare_reply(step, shares.meant(step.of), view))
        case Choose():
            return list(choose_reply(step, view.products, view))
        case Policy():
            lines = shares.take_pages(step)
            if (
                not lines and len(plan.steps) == 1 and view.lines_of(*view.products)
            ):  # no page says so, a product's record does
                about = Details(of=view.task.brief.products, question=step.question)
                return list(details_reply(about, view.products, view))
            if not lines and not shares.leaves_open():
                return _rest_not_stated(view)
            is_only_question = is_alone and sum(isinstance(other, Policy) for other in plan.steps) == 1
            return list(policy_reply(step, lines, view, may_answer=is_only_question))
        case Order():
            return list(order_reply(step, shares.of_order(step), view))
        case Change() | Cart() if view.task.brief.change is not None:
            return list(change_outcome_reply(view.task.brief.change, view))
        case Change():
            return list(change_reply(step, shares.take_pages(step), view))
        case Cart():
            return list(cart_reply(step, shares.meant(step.of) if step.of else (), view))
        case Ask():
            return list(ask_reply(step, is_alone, view))
        case HandOver():
            return list(hand_over_reply(step, is_alone, view))
        case Talk():
            return list(talk_reply(step, view)) if is_alone or step.about in _OPENING_TALK else []
    return []


def _rest_not_stated(view: ReplyView) -> list[str]:
    """That another part of the message is left open; nothing if it asks one thing only, which was answered."""
    if not requests_in(view.task.message) or Note.NOT_STATED not in view.task.brief.notes or not view.contact():
        return []
    return [view.phrases("policy.rest_not_stated", contact=view.contact())]


def _greeting(plan: Plan, view: ReplyView) -> list[str]:
    """A hello for the hello of a first message."""
    is_talk = any(isinstance(step, Talk) for step in plan.steps)
    return [] if is_talk or view.task.thread.turns or not greets(view.task.message) else [view.phrases("greeting")]


def _apology(plan: Plan, sentences: Sequence[str], view: ReplyView) -> list[str]:
    """One short word of regret to a customer for whom something went wrong, but not in every reply."""
    turns = view.task.thread.turns
    is_upset = any(isinstance(step, HandOver) and step.reason == "upset" for step in plan.steps)
    concerns_shop = any(isinstance(step, (Policy, Order, Ask, HandOver, Change)) for step in plan.steps)
    if not is_upset and not (concerns_shop and reports_trouble(view.task.message)):
        return []
    said = " ".join([*sentences, *(turn.reply for turn in turns[-1:])])
    return [] if _SORRY in said else [view.phrases("hand_over.sorry" if is_upset else "trouble")]


class _Shares:
    """Which products and lines of a brief belong to which step of its plan."""

    def __init__(self, view: ReplyView, plan: Plan) -> None:
        self._view = view
        self._plan = plan
        orders = {place for place, step in enumerate(plan.steps) if isinstance(step, Order)}
        self._of_orders = [told for told in view.page_lines if told.steps and orders.issuperset(told.steps)]
        self._pages = [told for told in view.page_lines if told not in self._of_orders]
        self._has_left_open = False

    def meant(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Slots of the products with these ids, in any variant; all of the brief's if the plan has no other step, or none is known by them.

        Without ids, what was found first.
        """
        task = self._view.task
        if not ids:
            return self.not_asked_about()[:1]
        if len(self._plan.steps) == 1:  # tools may have told another variant than the one that was planned
            return self._view.products
        numbers = [task.thread.numbers.latest.index(id) + 1 for id in ids if id in task.thread.numbers.latest]
        rows = zip(self._view.products, task.brief.products, task.brief.numbers, strict=False)
        found = tuple(slot for slot, id, number in rows if id in ids or number in numbers)
        is_alone = not any(isinstance(step, (Find, Bundle)) for step in self._plan.steps)
        return found or (self._view.products if is_alone else ())

    def found(self, step: Find) -> tuple[str, ...]:
        """Slots of the products that a search brought: those that no other step is about."""
        sets = {slot for other in self._plan.steps if isinstance(other, Bundle) for slot in self.bundled(other)}
        left = tuple(slot for slot in self.not_asked_about() if slot not in sets)
        searches = [other for other in self._plan.steps if isinstance(other, Find)]
        if len(searches) < 2:
            return left
        mine = tuple(slot for slot in left if self._is_of(slot, step.kind))
        claimed = {slot for slot in left for other in searches if self._is_of(slot, other.kind)}
        return mine or (tuple(slot for slot in left if slot not in claimed) if step is searches[0] else ())

    def bundled(self, step: Bundle) -> tuple[str, ...]:
        """Slots of the products of a bundle: next to a search, the first of each of its kinds."""
        left = self.not_asked_about()
        if not any(isinstance(other, Find) for other in self._plan.steps):
            return left
        first = (next((slot for slot in left if self._is_of(slot, kind)), "") for kind in step.kinds)
        return tuple(dict.fromkeys(filter(None, first))) or left

    def not_asked_about(self) -> tuple[str, ...]:
        """Slots of the products that no question, comparison or cart is about; all if there are none."""
        others = [step for step in self._plan.steps if isinstance(step, (Details, Compare, Cart))]
        taken = {slot for other in others if other.of for slot in self.meant(other.of)}
        return tuple(slot for slot in self._view.products if slot not in taken) or self._view.products

    def _is_of(self, slot: str, kind: str) -> bool:
        words = {word.rstrip("s") for word in kind.casefold().split()}
        named = f"{self._view.text(f'{slot}.kind')} {self._view.text(f'{slot}.name')}".casefold().split()
        return bool(words & {word.rstrip("s") for word in named})

    def take_pages(self, step: Step) -> list[Told]:
        """The lines of pages that a step has brought and none before it has told."""
        place = self._plan.steps.index(step)
        taken = [told for told in self._pages if place in told.steps or not told.steps]
        self._pages = [told for told in self._pages if told not in taken]
        return taken

    def of_order(self, step: Order) -> list[Told]:
        """The lines of pages that this step alone has brought."""
        place = self._plan.steps.index(step)
        return [told for told in self._of_orders if place in told.steps]

    def leaves_open(self) -> bool:
        """Whether a reply still has to say that nothing answers: no other step has brought lines, and none has said so before."""
        is_news = not self._has_left_open and not self._view.lines
        self._has_left_open = True
        return is_news

    def left(self) -> list[Told]:
        """Lines of pages that no step took."""
        return self._pages


__all__ = ["NOTICES", "RenderedWriter", "rendered"]
