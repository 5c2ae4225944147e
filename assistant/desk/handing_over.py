"""Handing over: when a reply ends with a hand-over, what the customer is told then, and what the agent reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from assistant.actions.policy import People
from assistant.actions.refusal import Reason
from assistant.conversation.conversation import Conversation
from assistant.desk.case import Cause, Summary
from assistant.desk.desk import Wait
from assistant.evidence.brief import Brief
from assistant.hours import Hours
from assistant.planning.plan import HandOver, Plan
from assistant.planning.question_form import sounds_angry
from assistant.privacy.kind import Kind
from assistant.privacy.known import Known
from assistant.privacy.structured import structured
from assistant.writing.phrases import filled, table
from retrieval.catalog.catalog import Catalog

_CAUSES = {"asked": Cause.ASKED, "upset": Cause.UPSET, "rule": Cause.RULE}
_STEPS = (1, 2, 3, 4, 5, 10, 15, 20, 30, 45)
_HOUR = 60


def cause_of(plan: Plan, brief: Brief, message: str, *, was_offered: bool) -> Cause | None:
    """Why the conversation goes to a person after a reply to `message` with this plan; None if it stays with Aisle.

    `was_offered` says that the reply before offered a person because Aisle could not answer twice in a row.
    """
    asked = [step.reason for step in plan.steps if isinstance(step, HandOver) and step.reason in _CAUSES]
    if asked:
        return Cause.FAILED_TWICE if was_offered and asked[0] == "asked" else _CAUSES[asked[0]]
    refusal = brief.change.refusal if brief.change else None
    if refusal is not None and refusal.reason is Reason.NEEDS_PERSON:  # `person_for` of the policy
        return Cause.RULE
    return Cause.UPSET if sounds_angry(message) else None


def summary_of(conversation: Conversation, catalog: Catalog) -> Summary:
    """What a conversation with at least one turn has come to: need, products on screen, orders spoken of, the last plan."""
    thread, last = conversation.thread, conversation.turns[-1]
    orders = (thread.order, *last.why.orders) if thread.order else last.why.orders
    return Summary(
        need=thread.need.as_text(),
        products=tuple(catalog.products[id].title for id in thread.shown if id in catalog.products),
        orders=tuple(dict.fromkeys(orders)),
        plan=tuple(_in_words(step) for step in last.why.plan),
        last_message=last.message,
        last_reply=last.reply,
        turns=last.number,
    )


def email_in(message: str) -> str:
    """The first e-mail address in a message, "" if there is none."""
    return next(
        (message[found.start : found.end] for found in structured(message, Known()) if found.kind is Kind.EMAIL), ""
    )


@dataclass(frozen=True, slots=True)
class Announcement:
    """What Aisle says at a hand-over, and whether people answer later by e-mail because nobody is there."""

    text: str
    by_email: bool


@dataclass(frozen=True, slots=True)
class Announcer:
    """Says who answers and when, from the shop's opening hours and the real queue; it promises what `people` states, and no more."""

    people: People
    hours: Hours

    def is_open(self, moment: datetime) -> bool:
        """Whether people answer in the chat at `moment`."""
        return self.hours.is_open(moment)

    def hand_over(self, cause: Cause, wait: Wait, moment: datetime, has_email: bool) -> Announcement:
        """The words of a hand-over at `moment`; outside the opening hours they ask for an e-mail address unless one is known."""
        by_email = not self.is_open(moment)
        said = self._later(moment, has_email) if by_email else self._now(wait, moment)
        return Announcement(" ".join([_phrase(f"causes.{cause}"), *said]), by_email)

    def thanks(self, email: str) -> str:
        """The words for a customer who has left an address."""
        return " ".join([_phrase("thanks_email", email=email), *self._promise()])

    def _now(self, wait: Wait, moment: datetime) -> Iterator[str]:
        yield _phrase("first") if wait.place == 1 else _phrase("place", place=str(wait.place))
        closes = self.hours.closes(moment)
        if wait.minutes is not None:
            yield _phrase("minutes", minutes=_minutes(wait.minutes))
            left = (closes - moment).total_seconds() / _HOUR if closes else 0.0
            if closes and wait.minutes > left:
                yield _phrase("closing", time=_clock(closes))
        yield _phrase("stay")

    def _later(self, moment: datetime, has_email: bool) -> Iterator[str]:
        opens = self.hours.opens(moment)
        yield _phrase("away", when=_when(opens, moment)) if opens else _phrase("away_for_long")
        yield _phrase("known_email" if has_email else "ask_email")
        yield from self._promise()

    def _promise(self) -> Iterator[str]:
        if self.people.email_within:
            yield _phrase("within", within=self.people.email_within)


def passed_on(name: str) -> str:
    """What programs are told of a message that went to a person; `name` is "" while nobody has taken it."""
    return _phrase("with_agent", name=name) if name else _phrase("waiting")


def already_with_the_team() -> str:
    """What a customer hears who asks for a person again while the team has the request."""
    return _phrase("again")


def _phrase(key: str, /, **values: str) -> str:
    return filled(table(f"desk.{key}"), **values)


def _minutes(count: int) -> str:
    """A number of minutes rounded up to what can be said honestly."""
    rounded = next((step for step in _STEPS if count <= step), 0)
    if rounded:
        return "a minute" if rounded == 1 else f"{rounded} minutes"
    hours = -(-count // _HOUR)
    return "an hour" if hours == 1 else f"{hours} hours"


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M")


def _when(opens: datetime, moment: datetime) -> str:
    days = (opens.date() - moment.astimezone(opens.tzinfo).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days) or f"on {opens:%A}, {opens:%B} {opens.day}"
    return f"{day} at {_clock(opens)}"


def _in_words(step: dict[str, dict[str, object]]) -> str:
    """A step as an agent reads it: "find: kind tents, want for a storm"."""
    (tool, arguments), *_ = step.items()
    values = (f"{name} {', '.join(value) if isinstance(value, list) else value}" for name, value in arguments.items())
    return f"{tool.replace('_', ' ')}: {', '.join(values)}".rstrip(": ")
