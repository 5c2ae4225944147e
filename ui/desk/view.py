"""What the desk's templates show: the queue, one conversation with what is known of its customer, and the ways to act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from assistant.actions.change import CartLine
from assistant.actions.order import Order
from assistant.actions.order_record import OrderRecord
from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.store import Store
from assistant.desk.acting import Acting, Choice
from assistant.desk.canned import fill_places
from assistant.desk.case import Agent, Case, Entry, EntryKind
from assistant.desk.desk import Desk
from assistant.desk.draft import Draft
from assistant.desk.drafts import Drafts
from assistant.desk.state import Move, State
from assistant.settings import Settings
from retrieval.catalog.customer import Customer
from retrieval.clock import utc_now
from retrieval.errors import AisleError, ConversationNotFound
from retrieval.store.records import Records

_ORDERS = 10
_LONGEST_GIST = 90
_EVENTS = {
    Move.HAND_OVER: "Handed over",
    Move.TAKE: "{name} took it",
    Move.TRANSFER: "Given to {name}",
    Move.RELEASE: "Put back in the queue by {name}",
    Move.RESUME: "The customer went on with Aisle",
    Move.HAND_BACK: "Handed back to Aisle by {name}",
    Move.CLOSE: "Closed by {name}",
    Move.REOPEN: "The customer wrote again",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue. `minutes` is how long the customer has waited, or has been with an agent."""

    case: Case
    who: str
    minutes: int
    gist: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the conversation: a turn of Aisle, or an entry; `words` are those of an event."""

    turn: Turn | None = None
    entry: Entry | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of the customer; empty for a visitor who has proved no order.

    `choices` has what can be done with each order, by its number. `trouble` says why orders cannot be shown.
    """

    customer: Customer | None = None
    orders: tuple[OrderRecord, ...] = ()
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    cart: tuple[CartLine, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """One conversation as an agent sees it."""

    case: Case
    who: str
    minutes: int
    items: tuple[Item, ...]
    side: Side
    is_mine: bool
    drafts: tuple[Draft, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.case.state in (State.WAITING, State.WITH_AGENT)


class DeskView:
    """Reads what the desk shows. Orders and carts are asked for in the name of the customer, with the agent as the actor."""

    def __init__(self, desk: Desk, engine: Engine, settings: Settings, acting: Acting) -> None:
        self.desk, self.acting = desk, acting
        self._store, self._records, self._drafts = Store(engine), Records(engine), Drafts(engine)
        self._settings = settings

    def queue(self, agent: Agent) -> tuple[Row, ...]:
        """Every open case, who waits longest first, and the agent's own behind them."""
        now = utc_now()
        return tuple(self._row(case, agent, now) for case in self.desk.open_cases())

    def opened(self, conversation_id: str, agent: Agent) -> Opened:
        """One conversation. Raises ConversationNotFound if it was never handed over: agents see no other conversations."""
        case = self.desk.case(conversation_id)
        if case is None:
            raise ConversationNotFound(f"No conversation {conversation_id!r} was handed over.")
        conversation = self._store.open(conversation_id, case.customer_id)
        side = self._side(case, agent)
        return Opened(
            case=case,
            who=_who(side.customer),
            minutes=_minutes(case.waiting_since if case.state is State.WAITING else case.since, utc_now()),
            items=tuple(_items(conversation, self.desk.entries(conversation_id))),
            side=side,
            is_mine=case.agent is not None and case.agent.id == agent.id,
            drafts=self._drafts.open(conversation_id) if case.state in (State.WAITING, State.WITH_AGENT) else (),
        )

    def filled(self, text: str, opened: Opened, agent: Agent) -> str:
        """A canned reply with its places filled from the records of this conversation."""
        return fill_places(text, dict(self._values(opened, agent)))

    def _values(self, opened: Opened, agent: Agent) -> Iterator[tuple[str, str]]:
        yield "agent.name", agent.name
        for name in ("name", "email", "phone"):
            yield f"shop.{name}", str(getattr(self._settings, f"shop_{name}"))
        if opened.side.customer is not None:
            yield "customer.name", opened.side.customer.first_name
        order = self._order_meant(opened)
        if order is not None:
            yield "order.id", order.id
            yield (
                "order.status",
                {"processing": "being prepared", "shipped": "on its way"}.get(order.status, order.status),
            )
            yield "order.expected", f"{order.expected:%B} {order.expected.day}" if order.expected else ""
            yield "order.tracking", order.tracking

    @staticmethod
    def _order_meant(opened: Opened) -> Order | None:
        """The order spoken of last, or the only one."""
        orders = {record.order.id: record.order for record in opened.side.orders}
        named = [orders[id] for id in opened.case.summary.orders if id in orders]
        return named[0] if named else next(iter(orders.values())) if len(orders) == 1 else None

    def _row(self, case: Case, agent: Agent, now: datetime) -> Row:
        customer = self._records.customer(case.customer_id) if case.customer_id else None
        said = [entry.text for entry in self.desk.entries(case.conversation_id) if entry.kind is EntryKind.CUSTOMER]
        gist = (said or [case.summary.last_message])[-1]
        since = case.waiting_since if case.state is State.WAITING else case.since
        is_mine = case.agent is not None and case.agent.id == agent.id
        return Row(case, _who(customer), _minutes(since, now), gist[:_LONGEST_GIST], is_mine)

    def _side(self, case: Case, agent: Agent) -> Side:
        owner = self.acting.owner(case, agent)
        if owner is None:
            return Side()
        customer = self._records.customer(case.customer_id) if case.customer_id else None
        actions = self.acting.actions
        try:
            orders = actions.find(owner, limit=_ORDERS)
            choices = {record.order.id: self.acting.choices(record) for record in orders}
            return Side(customer, orders, choices, actions.cart(owner))
        except AisleError as error:  # the shop's own order system may be away; the conversation goes on
            return Side(customer, trouble=error.message)


def _items(conversation: Conversation, entries: tuple[Entry, ...]) -> Iterator[Item]:
    for turn in conversation.turns:
        yield Item(turn=turn)
        yield from (Item(entry=each, words=_words(each)) for each in entries if each.turn == turn.number)


def _words(entry: Entry) -> str:
    if entry.kind is not EntryKind.EVENT:
        return ""
    return _EVENTS[Move(entry.text)].format(name=entry.author or "Aisle")


def _who(customer: Customer | None) -> str:
    return customer.name if customer is not None and customer.name.strip() else "Visitor"


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))
