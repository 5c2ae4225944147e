"""Attended: an assistant behind which people stand. It hands conversations over, and is silent while a person answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from assistant.conversation.conversation import Conversation
from assistant.conversation.message import clean
from assistant.desk.case import Case, Cause
from assistant.desk.desk import LONGEST_MESSAGE, Desk
from assistant.desk.handing_over import Announcer, already_with_the_team, cause_of, email_in, passed_on, summary_of
from assistant.desk.state import Move, MoveRefused, State
from assistant.dialogue.waiting import Press
from assistant.evidence.brief import Brief, Note
from assistant.planning.plan import HandOver, Plan
from assistant.reply import Answerer, Reply, ReplyEvent, Sentence
from assistant.shown import Shown
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.clock import utc_now

_log = structlog.get_logger(__name__)


class Replying(Protocol):
    """The assistant behind which the people stand; see `assistant.assistant.Assistant`."""

    @property
    def catalog(self) -> Catalog:
        """Products and FAQs of the shop."""
        ...

    def reply(
        self,
        message: str,
        conversation_id: str | None = None,
        customer_id: str | None = None,
        cancelled: threading.Event | None = None,
        earlier: Sequence[str] = (),
        page: str = "",
        press: Press | None = None,
        *,
        hands_over: bool = False,
        after: str = "",
    ) -> Iterator[ReplyEvent]:
        """Yield cards if there are any, sentences, and the finished reply."""
        ...

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        """The conversation with this id. Raises ConversationNotFound when it is absent or another customer's."""
        ...

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with this id."""
        ...


@dataclass(frozen=True)
class Attended:
    """Answers like `assistant`, until a person is needed. With `hands_over` false nothing is handed over, because the face that asks
    could not show a person's messages; a conversation that is with a person stays so.

    `noticed` is called with the id of a case that has something new for the desk.
    """

    assistant: Replying
    desk: Desk
    announcer: Announcer
    noticed: Callable[[str], None] = lambda _: None
    now: Callable[[], datetime] = utc_now
    hands_over: bool = True

    def reply(
        self,
        message: str,
        conversation_id: str | None = None,
        customer_id: str | None = None,
        cancelled: threading.Event | None = None,
        earlier: Sequence[str] = (),
        page: str = "",
        press: Press | None = None,
        *,
        hands_over: bool = False,
        after: str = "",
    ) -> Iterator[ReplyEvent]:
        """Yield what the assistant yields, then the hand-over if there is one; or one Reply that says who the message went to.

        Raises ConversationNotFound and StoreError.
        """
        case = None
        if conversation_id:
            self.assistant.conversation(conversation_id, customer_id)  # whose it is, before anything is read or kept
            case = self.desk.case(conversation_id)
        if case is not None and (passed := self._passed(case, message, customer_id)):
            yield passed
            return
        if case is not None and case.state is State.CLOSED:
            case = self._reopened(case)
        is_possible = self.hands_over and self._is_possible(case)
        replying = self.assistant.reply(
            message, conversation_id, customer_id, cancelled, earlier, page, press, hands_over=is_possible, after=after
        )
        for event in replying:
            if isinstance(event, Reply):
                yield from self._ended(event, message, case, customer_id)
            else:
                yield event

    def _passed(self, case: Case, message: str, customer_id: str | None) -> Reply | None:
        """The reply to a message that goes to a person; None if Aisle answers it."""
        text = clean(message, LONGEST_MESSAGE)
        if not text:
            return None
        if case.is_silent:
            kept = self.desk.hear(case.conversation_id, text, customer_id)
            if kept is not None:
                self.noticed(kept.conversation_id)
                return _to_a_person(kept, passed_on(kept.agent.name if kept.agent else ""))
        elif case.state is State.WAITING and not case.email and (email := email_in(text)):
            said = self.announcer.thanks(email)
            kept = self.desk.leave_email(case.conversation_id, text, email, said)
            if kept is not None:
                self.noticed(kept.conversation_id)
                return _to_a_person(kept, said)
        return None

    def _ended(self, reply: Reply, message: str, case: Case | None, customer_id: str | None) -> Iterator[ReplyEvent]:
        """The finished reply, after the words of a hand-over if it ends with one."""
        conversation = self.assistant.conversation(reply.conversation_id, customer_id)
        cause = cause_of(reply.plan, reply.brief, message, was_offered=_was_offered(conversation))
        if cause is None or not self.hands_over:
            yield replace(reply, answerer=_answerer(case))
            return
        if case is not None and case.state is State.WAITING:  # by e-mail: the team has it already
            handed, said = case, already_with_the_team()
            self.desk.tell(case.conversation_id, said)
        elif not self._is_possible(case):
            yield replace(reply, answerer=_answerer(case))
            return
        else:
            handed, said = self._hand_over(conversation, cause, customer_id)
        self.noticed(reply.conversation_id)
        yield Sentence(f" {said}")
        yield replace(reply, text=f"{reply.text} {said}", answerer=_answerer(handed))

    def _hand_over(self, conversation: Conversation, cause: Cause, customer_id: str | None) -> tuple[Case, str]:
        customer = self.assistant.customer(customer_id) if customer_id else None
        email = customer.email if customer is not None else ""
        told = self.announcer.hand_over(cause, self.desk.wait(conversation.id), self.now(), bool(email))
        summary = summary_of(conversation, self.assistant.catalog)
        try:
            case = self.desk.hand_over(
                conversation.id, cause, summary, told.text, by_email=told.by_email, email=email if told.by_email else ""
            )
        except MoveRefused:  # another tab of the same customer was faster
            found = self.desk.case(conversation.id)
            if found is None:
                raise
            return found, told.text
        _log.info("handed_over", cause=cause.value, by_email=told.by_email)
        return case, told.text

    def _is_possible(self, case: Case | None) -> bool:
        """Whether this conversation can be handed over now."""
        is_waiting = case is not None and case.state is State.WAITING
        return case is None or (not is_waiting and case.handed_over < self.announcer.people.most)

    def _reopened(self, case: Case) -> Case | None:
        try:
            return self.desk.move(case.conversation_id, Move.REOPEN)
        except MoveRefused:  # another tab of the same customer was faster
            return self.desk.case(case.conversation_id)


def _was_offered(conversation: Conversation) -> bool:
    """Whether the reply before the last one offered a person."""
    return any(Note.PERSON_OFFERED in turn.why.notes for turn in conversation.turns[-2:-1])


def _answerer(case: Case | None) -> Answerer | None:
    return Answerer(case.state, case.agent.name if case.agent else "") if case is not None else None


def _to_a_person(case: Case, text: str) -> Reply:
    return Reply(
        conversation_id=case.conversation_id,
        text=text,
        written="",
        plan=Plan(steps=(HandOver(reason="asked"),)),
        brief=Brief(),
        shown=Shown(),
        fallback=False,
        timings_ms={},
        answerer=_answerer(case),
    )
