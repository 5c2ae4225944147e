"""Changing: what a wish to change something becomes: a question for what is missing, a proposal, or a reason why not.

Nothing runs here but a yes to a proposal that was shown, and the button of a product's card.
"""

from __future__ import annotations

import structlog

from assistant.actions.change import Change
from assistant.actions.order import Order
from assistant.actions.order_record import OrderRecord
from assistant.actions.proposal import Done
from assistant.actions.reads import checkout_link
from assistant.actions.refusal import Reason, Refusal
from assistant.actions.requests import REQUEST, Request
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind, Waiting
from assistant.evidence.change_result import ChangeResult, Closed, Link, State
from assistant.planning.answer_form import Answer
from assistant.tools.tool import Bench, Findings, Task
from retrieval.errors import AisleError

_log = structlog.get_logger(__name__)


def settle(task: Task, bench: Bench) -> Findings:
    """Run the proposal that the message says yes to, or withdraw the one that it says no to."""
    continued, owner = task.continued, task.owner
    if continued is None or owner is None:
        raise AssertionError("only an answer of somebody settles a change")
    if continued.answer is Answer.YES:
        return _answered(bench.actions.execute(owner, continued.proposal), continued.draft, task, bench)
    done = bench.actions.withdraw(owner, continued.proposal) if continued.proposal else None
    if done is not None:
        return _answered(done, continued.draft, task, bench)
    return Findings(change=ChangeResult(State.DROPPED, continued.draft.kind, continued.draft.order))


def close(waiting: Waiting, task: Task, bench: Bench) -> Closed | None:
    """End a proposal that was shown because the message asks for something else, or because its time is over."""
    if not waiting.proposal or task.owner is None:
        return None
    done = bench.actions.withdraw(task.owner, waiting.proposal)
    is_late = waiting.expires is not None and task.moment >= waiting.expires
    return Closed(waiting.heading, Reason.EXPIRED if is_late else Reason.REPLACED, done)


def ask(
    detail: Detail, draft: Draft, choices: tuple[Choice, ...] = (), product: str = "", record: OrderRecord | None = None
) -> Findings:
    """Ask the customer for one detail, with the choices that the records leave."""
    order = record.order.id if record else draft.order
    waiting = Waiting(draft, detail, choices)
    result = ChangeResult(State.ASKED, draft.kind, order, detail, choices, waiting=waiting, product=product)
    return Findings(change=result, orders=(record.order,) if record else ())


def propose(draft: Draft, request: Request, task: Task, bench: Bench, record: OrderRecord | None = None) -> Findings:
    """The exact change, to be shown; or why it cannot be."""
    if task.owner is None:
        raise AssertionError("only somebody's change is proposed")
    offered = bench.actions.propose(task.owner, request)
    if isinstance(offered, Refusal):
        return refuse(offered, draft, bench, record)
    if task.continued is not None and task.continued.is_pressed:
        return _answered(bench.actions.execute(task.owner, offered.id), draft, task, bench)
    waiting = Waiting(
        draft,
        proposal=offered.id,
        heading=offered.lines()[0],
        shown=" ".join(offered.lines()),
        expires=offered.expires,
    )
    order = record.order.id if record else ""
    result = ChangeResult(State.PROPOSED, draft.kind, order, proposal=offered, waiting=waiting)
    return Findings(change=result, orders=(record.order,) if record else ())


def refuse(refusal: Refusal, draft: Draft, bench: Bench, record: OrderRecord | None = None) -> Findings:
    """Say why something cannot be, with the section of the policy that it rests on."""
    order = record.order.id if record else ""
    policy = bench.actions.policy
    section = policy.section(refusal.section) if policy is not None and refusal.section else None
    result = ChangeResult(State.REFUSED, draft.kind, order, refusal=refusal, section=section)
    return Findings(change=result, orders=(record.order,) if record else ())


def request_of(draft: Draft, change: dict[str, object]) -> Request:
    """The typed request of a draft with these values. Raises ValidationError, which no draft that was filled by code causes."""
    return REQUEST.validate_python({"kind": draft.kind.value, **change})


def links_of(change: Change, bench: Bench) -> tuple[Link, ...]:
    """Where the customer can go on after a change: to check out, or to print a label."""
    if change.label is not None:
        return (Link("label", change.label.link),) if change.label.link else ()
    url = checkout_link(change.cart or (), bench.actions.cart_policy)
    return (Link("checkout", url),) if url else ()


def _answered(outcome: Done | Refusal, draft: Draft, task: Task, bench: Bench) -> Findings:
    if isinstance(outcome, Refusal):
        return refuse(outcome, draft, bench)
    change = outcome.change
    kind = Kind(change.kind) if change.kind in set(Kind) else draft.kind
    result = ChangeResult(State.DONE, kind, change.order_id, done=outcome, links=links_of(change, bench))
    return Findings(change=result, orders=_as_it_is_now(change.order_id, task, bench))


def _as_it_is_now(order_id: str, task: Task, bench: Bench) -> tuple[Order, ...]:
    """The order after its change; () if it cannot be read just now, for what was done must be said all the same."""
    if task.owner is None or not order_id:
        return ()
    try:
        return tuple(record.order for record in bench.actions.find(task.owner, order_id, 1))
    except AisleError as error:
        _log.warning("order_not_read_after_its_change", error=type(error).__name__)
        return ()
