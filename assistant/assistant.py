"""Assistant: one turn of dialogue, from a customer's message to a checked reply.

message → understanding → finder → actions → gatherer → writer → store → reply
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from assistant.actions.actions import Actions
from assistant.actions.orders import Orders
from assistant.carrying import carry
from assistant.conversation.conversation import Conversation, State, Turn
from assistant.conversation.message import clean
from assistant.conversation.store import Store
from assistant.evidence.evidence import Evidence
from assistant.evidence.gathering import Gatherer
from assistant.finding import Finder
from assistant.language_model.prompt import Prompt
from assistant.reply import Cards, Reply, ReplyEvent, Sentence
from assistant.request import Request
from assistant.stopwatch import Stopwatch
from assistant.understanding.understanding import Understanding
from assistant.writing.draft import Written
from assistant.writing.history import prompt_for
from assistant.writing.writer import Writer
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.store.records import Records

_log = structlog.get_logger(__name__)


class Writers(Protocol):
    """Where the writer of the next reply comes from: adapters may change while customers talk."""

    def current(self) -> Writer:
        """The writer that serves now; a reply is written by one from start to end."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """The steps of the way, each finished, and the records they read."""

    catalog: Catalog
    records: Records
    orders: Orders
    understanding: Understanding
    finder: Finder
    actions: Actions
    gatherer: Gatherer
    writers: Writers
    store: Store


@dataclass(frozen=True, slots=True)
class Prepared:
    """What stands before a reply is written, and the state that the turn leaves behind."""

    request: Request
    evidence: Evidence
    prompt: Prompt
    state: State


class Assistant:
    """Answers the customers of one shop. Safe to call from many threads; holds no state of any conversation.

    `policy` is the shop owner's text on tone and limits; `max_message` the characters of a message that are read.
    `assistant.opening.open_assistant` makes one from settings.
    """

    def __init__(self, parts: Parts, policy: str, max_message: int = 2000) -> None:
        self._parts = parts
        self._policy = policy
        self._max_message = max_message

    @property
    def catalog(self) -> Catalog:
        """Products and FAQs of the shop."""
        return self._parts.catalog

    @property
    def records(self) -> Records:
        """The shop's records."""
        return self._parts.records

    @property
    def orders(self) -> Orders:
        """Orders, by owner."""
        return self._parts.orders

    @property
    def model(self) -> str:
        """The language model and adapter that write the next reply."""
        return self._parts.writers.current().model_name

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with this id."""
        return self._parts.records.customer(customer_id)

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        """The conversation with this id. Raises ConversationNotFound when it is absent or another customer's."""
        return self._parts.store.open(conversation_id, customer_id)

    def ask(self, message: str, conversation_id: str | None = None, customer_id: str | None = None) -> Reply:
        """The finished reply to `message`; see `reply`."""
        last: ReplyEvent | None = None
        for event in self.reply(message, conversation_id, customer_id):
            last = event
        if not isinstance(last, Reply):
            raise AssertionError("a reply that is not cancelled always ends with the Reply")
        return last

    def reply(
        self,
        message: str,
        conversation_id: str | None = None,
        customer_id: str | None = None,
        cancelled: threading.Event | None = None,
        earlier: Sequence[str] = (),
    ) -> Iterator[ReplyEvent]:
        """Yields cards where there are any, checked sentences as they are written, and last the finished reply.

        A new conversation may begin behind the customer's `earlier` messages: they are read again for what they leave
        behind ("the second one"), neither answered nor stored.
        `customer_id` is bound by the caller's session, never taken from text. Setting `cancelled` stops the writing; the
        turn is then not stored and no Reply is yielded. Raises ConversationNotFound and StoreError.
        """
        parts, writer, watch = self._parts, self._parts.writers.current(), Stopwatch()
        cancelled = cancelled or threading.Event()
        message = clean(message, self._max_message)
        with watch.step("open"):
            conversation = parts.store.open(conversation_id, customer_id)
            customer = parts.records.customer(customer_id) if customer_id else None
        if conversation_id is None:
            with watch.step("history"):
                conversation = self._behind(earlier, conversation, cancelled)
        prepared = self._prepared(conversation, message, customer, watch)
        evidence = prepared.evidence
        if evidence.candidates:
            yield Cards(evidence.candidates)
        written: list[Written] = []
        with watch.step("writing"):
            for sentence in writer.write(prepared.prompt, evidence, cancelled):
                watch.first("first sentence")
                written.append(sentence)
                yield Sentence(sentence.text)
        if cancelled.is_set():
            return
        reply = self._reply(conversation, prepared, written, writer.model_name, watch)
        turn = Turn(
            message,
            reply.text,
            prepared.prompt.answered(reply.written),
            datetime.now(UTC),
            reply.fallback,
            writer.model_name,
        )
        with watch.step("store"):
            parts.store.append(conversation, turn, prepared.state)
        acts = [act.value for act in evidence.acts]
        _log.info("replied", acts=acts, fallback=reply.fallback, model=reply.model, **watch.timings_ms)
        yield reply

    def prepare(self, conversation: Conversation, message: str) -> Prepared:
        """All steps before the writing of a reply to `message`, as `reply` takes them; nothing is written or stored."""
        customer_id = conversation.customer_id
        customer = self._parts.records.customer(customer_id) if customer_id else None
        return self._prepared(conversation, clean(message, self._max_message), customer, Stopwatch())

    def _behind(self, earlier: Sequence[str], conversation: Conversation, cancelled: threading.Event) -> Conversation:
        """Return `conversation` with the state that the `earlier` messages leave behind."""
        for message in earlier:
            if cancelled.is_set():
                break
            conversation = replace(conversation, state=self.prepare(conversation, message).state)
        return conversation

    def _prepared(
        self, conversation: Conversation, message: str, customer: Customer | None, watch: Stopwatch
    ) -> Prepared:
        parts, state, customer_id = self._parts, conversation.state, conversation.customer_id
        with watch.step("understanding"):
            request = parts.understanding.read(message, state)
        with watch.step("search"):
            found = parts.finder.find(request, customer_id, state)
        with watch.step("actions"):
            results = parts.actions.run(request, customer_id, state)
        with watch.step("evidence"):
            evidence = parts.gatherer.gather(request, found, results, state, customer)
        prompt = prompt_for(self._policy, conversation, message, evidence)
        return Prepared(request, evidence, prompt, carry(state, request, found, results, evidence))

    def _reply(
        self,
        conversation: Conversation,
        prepared: Prepared,
        written: list[Written],
        model: str,
        watch: Stopwatch,
    ) -> Reply:
        used = {key for sentence in written for key in sentence.keys}
        return Reply(
            conversation_id=conversation.id,
            text="".join(sentence.text for sentence in written).strip(),
            written=" ".join(sentence.written for sentence in written),
            request=prepared.request,
            evidence=prepared.evidence,
            facts=tuple(fact for fact in prepared.evidence.facts if fact.key in used),
            fallback=any(sentence.fallback for sentence in written),
            timings_ms=watch.timings_ms,
            model=model,
        )
