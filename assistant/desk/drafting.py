"""Drafting: three replies for an agent that differ in what they do: answer, ask, act.

The assistant's own turn is run on the conversation without being stored, and the nearest replies of people are filled with this
conversation's facts. Both pass the check of the customers' replies, so that no draft states what no record says.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.assistant import Serving
from assistant.checking.claims import REFERENCE
from assistant.conversation.why import Why
from assistant.desk.draft import Draft, DraftKind, Origin
from assistant.desk.past_replies import NearReply, PastReplies
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Brief, Note
from assistant.planning.plan import Ask, Bundle, Change, Choose, Details, Find, HandOver, Order, Plan, Step, Talk
from assistant.planning.question_form import reports_trouble
from assistant.shown import StatedFact
from assistant.turn import Dialogue, Prepared
from assistant.writing.composer import filled, words_heard
from assistant.writing.phrases import table
from assistant.writing.sentence_writer import sentences
from retrieval.catalog.customer import Customer

_NEAREST = 8
_NEAR, _VERY_NEAR = 0.6, 0.8
"""Cosine of a message with a past one, or with the reply itself, from which that reply is offered; and cosine with a past message
from which its reply comes before the assistant's own."""
_WISHES: tuple[tuple[str, str], ...] = (("use", "use"), ("budget", "budget"), ("size", "size"), ("who", "whom"))
"""What a customer who is looking for something can be asked, with the part of the need that it fills."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """Drafts for one message, and the thread that the agent's reply leaves behind; its last reply is ""."""

    drafts: tuple[Draft, ...]
    thread: Thread


def draft_replies(
    serving: Serving,
    past: PastReplies | None,
    thread: Thread,
    message: str,
    customer: Customer | None,
    cancelled: threading.Event,
) -> Drafted:
    """Up to three drafts for `message`, at most one of each kind.

    Raises StoreError, SearchIndexError, ModelError and WritingError.
    """
    prepared = serving.dialogue.prepare(message, thread, customer, cancelled)
    found = past.nearest(message, _NEAREST) if past is not None else []
    theirs = list(_of_people(serving, prepared, found))
    ranked = [
        *(draft for near, draft in theirs if near >= _VERY_NEAR),
        *_own(serving, prepared, cancelled),
        *(draft for _, draft in theirs),
    ]
    best: dict[DraftKind, Draft] = {}
    for draft in ranked:
        if draft.text not in {each.text for each in best.values()}:
            best.setdefault(draft.kind, draft)
    return Drafted(tuple(best.values()), serving.dialogue.thread_after(prepared, ""))


def _own(serving: Serving, prepared: Prepared, cancelled: threading.Event) -> Iterator[Draft]:
    plan, brief = prepared.planned.plan, prepared.brief
    answers = [step for step in plan.steps if not isinstance(step, (Ask, HandOver))]
    is_empty = Note.NOT_STATED in brief.notes and not brief.lines
    if answers and not is_empty and not all(isinstance(step, Talk) for step in answers):
        yield from _written(serving, prepared, tuple(answers), DraftKind.ANSWER, cancelled)
    if all(isinstance(step, HandOver) for step in plan.steps):
        yield from _hello(serving, prepared)
    yield from _ask(serving, prepared, cancelled)
    yield from _act(serving, prepared)


def _hello(serving: Serving, prepared: Prepared) -> Iterator[Draft]:
    """A greeting for a customer who has asked for a person and for nothing else."""
    is_known = "customer.name" in prepared.brief.facts
    written = table(f"drafts.hello{'' if is_known else '_visitor'}")[0]
    if text := _checked(serving.dialogue, prepared, written, is_own=True):
        yield _draft(serving, prepared, prepared.planned.plan, DraftKind.ANSWER, Origin.ASSISTANT, text, written)


def _written(
    serving: Serving, prepared: Prepared, steps: tuple[Step, ...], kind: DraftKind, cancelled: threading.Event
) -> Iterator[Draft]:
    """What the assistant itself writes for these steps, as it would for the customer."""
    dialogue, planned = serving.dialogue, prepared.planned
    plan = Plan(steps=steps, need=planned.plan.need)
    brief = _brief_of(steps, prepared)
    planned = replace(planned, plan=plan)
    said = list(
        dialogue.composer.write(
            dialogue.system, prepared.context, prepared.thread, prepared.message, planned, brief, cancelled
        )
    )
    if said and not cancelled.is_set():
        text, written = " ".join(each.text for each in said), " ".join(each.written for each in said)
        yield _draft(serving, prepared, plan, kind, Origin.ASSISTANT, text, written)


def _brief_of(steps: tuple[Step, ...], prepared: Prepared) -> Brief:
    """The brief for a plan cut to `steps`: each line belongs to its step at the step's new place."""
    kept = [place for place, step in enumerate(prepared.planned.plan.steps) if step in steps]
    places = {before: place for place, before in enumerate(kept)}
    lines = (
        replace(told, steps=tuple(places[place] for place in told.steps if place in places))
        for told in prepared.brief.lines
    )
    return replace(prepared.brief, lines=tuple(lines))


def _ask(serving: Serving, prepared: Prepared, cancelled: threading.Event) -> Iterator[Draft]:
    """One question back: by when an order is needed that is only asked about, else what the assistant would ask."""
    plan, written = prepared.planned.plan, table("drafts.ask.order")[0]
    is_status = len(prepared.brief.orders) == 1 and any(isinstance(step, Order) for step in plan.steps)
    if is_status and (text := _checked(serving.dialogue, prepared, written, is_own=True)):
        yield _draft(serving, prepared, plan, DraftKind.ASK, Origin.ASSISTANT, text, written)
        return
    steps = (Ask.model_validate({"about": _question(prepared)}),)
    yield from _written(serving, prepared, steps, DraftKind.ASK, cancelled)


def _act(serving: Serving, prepared: Prepared) -> Iterator[Draft]:
    """The first offer to do something that this conversation's facts allow."""
    plan = prepared.planned.plan
    for name in [*_acts(prepared), "pass_on"]:
        written = table(f"drafts.act.{name}")[0]
        text = _checked(serving.dialogue, prepared, written, is_own=True)
        if text:
            yield _draft(serving, prepared, plan, DraftKind.ACT, Origin.ASSISTANT, text, written)
            return


def _acts(prepared: Prepared) -> Iterator[str]:
    steps, brief = prepared.planned.plan.steps, prepared.brief
    if len(brief.orders) == 1:
        yield from (step.what for step in steps if isinstance(step, Change))
        yield "order"
    if brief.products and any(isinstance(step, (Find, Choose, Details, Bundle)) for step in steps):
        yield "product"


def _question(prepared: Prepared) -> str:
    """What to ask back: what is open about the order or the wish, and was not asked yet."""
    plan, brief, thread = prepared.planned.plan, prepared.brief, prepared.thread
    planned = [step.about for step in plan.steps if isinstance(step, Ask)]
    if planned:
        return planned[0]
    if any(isinstance(step, (Order, Change)) for step in plan.steps):
        return "which_order" if len(brief.orders) != 1 else "problem"
    if reports_trouble(prepared.message):
        return "problem"
    if any(isinstance(step, Details) for step in plan.steps) and len(brief.products) > 1:
        return "which_product"
    wishes = [about for about, part in _WISHES if not getattr(plan.need, part) and about not in thread.asked]
    if wishes and any(isinstance(step, (Find, Choose, Bundle, Details)) for step in plan.steps):
        return wishes[0]
    return "problem"


def _of_people(serving: Serving, prepared: Prepared, found: Sequence[NearReply]) -> Iterator[tuple[float, Draft]]:
    """Replies of people that this conversation's facts can fill and the check lets pass, best first."""
    for near in found:
        if max(near.nearness, near.fit) < _NEAR:
            continue
        written = near.past.reply
        text = _checked(serving.dialogue, prepared, written, is_own=False)
        if text:
            kind = DraftKind.ASK if text.rstrip().endswith("?") else DraftKind.ANSWER
            yield near.nearness, _draft(serving, prepared, prepared.planned.plan, kind, Origin.PAST, text, written)


def _checked(dialogue: Dialogue, prepared: Prepared, written: str, *, is_own: bool) -> str:
    """`written` with its references filled in; "" if a sentence does not pass the check, or a mask is left in it."""
    said = list(sentences([written]))
    heard = words_heard(prepared.thread, prepared.message, prepared.planned)
    whole = " ".join(said)
    is_whole = whole == " ".join(written.split()) and "[" not in written
    if not is_whole or not dialogue.composer.passes(said, prepared.brief, heard, is_own=is_own):
        return ""
    return " ".join(filled(each, prepared.brief, " ".join(said[:place])) for place, each in enumerate(said))


def _draft(
    serving: Serving, prepared: Prepared, plan: Plan, kind: DraftKind, origin: Origin, text: str, written: str
) -> Draft:
    used = set(REFERENCE.findall(written))
    shown = serving.beside.shown(prepared.message, plan, prepared.brief, written, prepared.moment)
    quotes = any(key.startswith("l") for key in used)
    return Draft(
        kind=kind,
        origin=origin,
        text=text,
        why=Why.of(plan, prepared.brief, written),
        facts=tuple(StatedFact.of(fact) for key, fact in prepared.brief.facts.items() if key in used),
        sources=tuple(source.title for source in shown.sources) if quotes else (),
    )
