"""Assistant: one turn of a stored conversation, from a customer's message to a checked reply.

message → conversation → dialogue (planner → tools → reader → brief → composer → check) → store → reply
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from assistant.actions.actions import Actions
from assistant.actions.awaited import AwaitedOrder
from assistant.actions.orders import Orders
from assistant.actions.owner import Owner
from assistant.beside import Beside
from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.message import clean, shortened
from assistant.conversation.rating import LONGEST_REASON, Thumb
from assistant.conversation.store import Store
from assistant.conversation.why import Why
from assistant.dialogue.thread import REMEMBERED_TURNS, Thread
from assistant.dialogue.waiting import Press
from assistant.language_model.chat_model import ChatModel
from assistant.planning.plan import written_step
from assistant.reply import Cards, Reply, ReplyEvent, Sentence
from assistant.turn import Dialogue, Prepared, TurnReply
from assistant.writing.rendered_writer import rendered
from assistant.writing.sentence_writer import ReplyTask
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.store.records import Records

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Serving:
    """What answers now: the dialogue of the shop's records with one language model and adapter, named `model`.

    `chat` is the model of AISLE_MODEL or AISLE_MODEL_URL, None if only the embedded one is there.
    """

    dialogue: Dialogue
    beside: Beside
    model: str
    chat: ChatModel | None = None


class Servings(Protocol):
    """Where the dialogue of the next reply comes from: records and adapters may change while customers talk."""

    def current(self) -> Serving:
        """What answers now; a reply is made by one from start to end."""
        ...


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an assistant reads and writes besides its dialogue: the shop's records, orders and conversations."""

    records: Records
    orders: Orders
    actions: Actions
    store: Store


class Assistant:
    """Answers the customers of one shop. Safe to call from many threads; holds no state of any conversation.

    `max_message` is how many characters of a message are read. `assistant.opening.open_assistant` makes one from settings.
    """

    def __init__(self, servings: Servings, keeping: Keeping, max_message: int = 2000) -> None:
        self._servings = servings
        self._keeping = keeping
        self._max_message = max_message

    @property
    def catalog(self) -> Catalog:
        """Products and FAQs of the shop."""
        return self._servings.current().dialogue.bench.catalog

    @property
    def records(self) -> Records:
        """The shop's records."""
        return self._keeping.records

    @property
    def orders(self) -> Orders:
        """Orders, by owner."""
        return self._keeping.orders

    @property
    def model(self) -> str:
        """The language model and adapter that write the next reply."""
        return self._servings.current().model

    @property
    def serving(self) -> Serving:
        """What answers now, for those who draft replies without a stored turn."""
        return self._servings.current()

    @property
    def first_questions(self) -> tuple[str, ...]:
        """What a conversation may begin with; each is a whole message."""
        return self._servings.current().beside.chips.first()

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with this id."""
        return self._keeping.records.customer(customer_id)

    def awaited_order(self, customer_id: str) -> AwaitedOrder | None:
        """The open order of this customer that is expected first. Raises StoreError and BackendError."""
        return self._keeping.actions.awaited(Owner(customer_id=customer_id))

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        """The conversation with this id. Raises ConversationNotFound when it is absent or another customer's."""
        return self._keeping.store.open(conversation_id, customer_id)

    def rate(
        self, conversation_id: str, customer_id: str | None, turn: int, rating: Thumb | None, reason: str = ""
    ) -> None:
        """Keep what the customer thinks of the reply of a turn; None takes it back. Raises ConversationNotFound."""
        self._keeping.store.rate(conversation_id, customer_id, turn, rating, clean(reason, LONGEST_REASON))

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
        page: str = "",
        press: Press | None = None,
        *,
        hands_over: bool = False,
        after: str = "",
    ) -> Iterator[ReplyEvent]:
        """Yields cards where there are any, checked sentences as they are written, and last the finished reply.

        A new conversation may begin behind the customer's `earlier` messages: the latest of them are read again for what they
        leave behind ("the second one"), neither answered nor stored. `page` is the id of the product whose page is open, "" on any
        other page; an id that the shop does not have is ignored. `hands_over` says that people answer in this chat. `customer_id` is
        bound by the caller's session, never taken from text. `after` is the id of the conversation that a new one follows. A visitor's
        cart in that conversation carries over. `press` is the button that sent the message. Setting `cancelled` stops the writing; the
        turn is then not stored and no Reply is yielded, unless it has changed something: such a turn is stored before its first event
        is yielded. Raises ConversationNotFound and StoreError.
        """
        keeping, serving = self._keeping, self._servings.current()
        dialogue = serving.dialogue
        cancelled = cancelled or threading.Event()
        is_cut = len(message.strip()) > self._max_message
        message = clean(shortened(message, self._max_message), self._max_message)
        conversation = keeping.store.open(conversation_id, customer_id)
        customer = keeping.records.customer(customer_id) if customer_id else None
        thread = conversation.thread
        if conversation_id is None:
            thread = self._behind(earlier, dialogue, customer, cancelled)
        owner, cart = self._owner(conversation.id, conversation_id or after, customer_id, customer)
        thread = replace(thread, cart=cart)
        page = page if page in dialogue.bench.catalog.products else ""
        if page != thread.page:
            thread = thread.opened_on(page, dialogue.briefing.group(page)) if page else thread.left_page()
        separator, held = "", list[ReplyEvent]()
        for event in dialogue.reply(
            message, thread, customer, cancelled, owner, press, hands_over=hands_over, is_cut=is_cut
        ):
            if isinstance(event, Prepared):
                has_run = bool(event.brief.ran)
                if cards := serving.beside.cards(event.brief, event.moment):
                    held.append(Cards(cards))
            elif isinstance(event, TurnReply):
                reply = _reply(conversation.id, message, event, serving)
                why = Why.of(reply.plan, reply.brief, reply.written)
                turn = Turn(message, reply.text, datetime.now(UTC), reply.shown, reply.fallback, reply.model, why=why)
                kept = keeping.store.append(conversation, turn, event.thread)
                stored = kept.turns[-1]
                steps = [tool for step in reply.plan.steps for tool in written_step(step)]
                _log.info("replied", steps=steps, fallback=reply.fallback, model=reply.model, **event.timings_ms)
                held.append(replace(reply, turn=stored.number, time=stored.time, question=kept.question))
                has_run = False
            else:
                held.append(Sentence(separator + event.text))
                separator = " "
            if not has_run:
                yield from held
                held = []

    def _owner(
        self, conversation_id: str, before: str, customer_id: str | None, customer: Customer | None
    ) -> tuple[Owner, str]:
        """Return on whose behalf changes are proposed, and the `Thread.cart` of this conversation.

        That is the signed-in customer, else whoever holds this conversation. Who holds it may have proved one order in it, and then
        speaks for that order alone. `before` is this conversation if it is stored, else the one that it follows, or "". At sign-in the
        cart of `before` moves to the customer once, and this conversation becomes theirs. A crash in between loses nothing: the next
        turn does the same again.
        """
        store, actions = self._keeping.store, self._keeping.actions
        cart, proved = store.cart_of(before), store.proved_order(before)
        if customer_id:
            owner = Owner(customer_id=customer.id) if customer else Owner(visitor_id=conversation_id)
            visitor = Owner(visitor_id=cart) if cart else None
            for left in (visitor, proved):
                if left is not None and left != owner:
                    actions.move_cart(left, owner)
            store.claim(conversation_id, customer_id)
            return owner, ""
        visitor = Owner(visitor_id=cart or conversation_id)
        shared = "" if visitor.visitor_id == conversation_id else visitor.visitor_id
        if proved is None:
            return visitor, shared
        if before == conversation_id:
            actions.move_cart(visitor, proved)
            return proved, shared
        actions.move_cart(proved, visitor)
        return visitor, shared

    @staticmethod
    def _behind(
        earlier: Sequence[str], dialogue: Dialogue, customer: Customer | None, cancelled: threading.Event
    ) -> Thread:
        """The thread that the latest of the `earlier` messages leave behind."""
        thread = Thread()
        for message in earlier[-REMEMBERED_TURNS:]:
            if cancelled.is_set():
                break
            prepared = dialogue.prepare(message, thread, customer, cancelled)
            task = ReplyTask(
                dialogue.system, prepared.context, thread, prepared.message, prepared.planned, prepared.brief
            )
            thread = dialogue.thread_after(prepared, " ".join(rendered(task)))
        return thread


def _reply(conversation_id: str, message: str, done: TurnReply, serving: Serving) -> Reply:
    return Reply(
        conversation_id=conversation_id,
        text=done.text,
        written=done.written,
        plan=done.plan,
        brief=done.brief,
        shown=serving.beside.shown(message, done.plan, done.brief, done.written, done.moment),
        fallback=done.is_fallback,
        timings_ms=done.timings_ms,
        planned_by_default=done.is_planned_by_default,
        model=serving.model,
    )
