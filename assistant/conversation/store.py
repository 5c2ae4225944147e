"""Store: conversations in the database, each turn added whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from assistant.actions.owner import Owner
from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.rating import LONGEST_REASON, RatedReply, Thumb
from assistant.conversation.resolution import keep_farewell, open_question
from assistant.conversation.why import Why
from assistant.dialogue.thread import Thread
from assistant.shown import Shown
from assistant.tables import ConversationRow, ProvedOrderRow, TurnRow
from retrieval.errors import ConversationNotFound, StoreError
from retrieval.store.database import reading, storable, table_of, writing

RECALLED = 100
"""How many turns are read back: no message takes longer for the length of the conversation before it."""

PROOF_LIFE = timedelta(hours=2)
"""How long an order that a visitor has proved is held to be proved."""

_THREAD: TypeAdapter[Thread] = TypeAdapter(Thread)


class Store:
    """All conversations in one database. Every method raises StoreError where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, conversation_id: str | None, customer_id: str | None) -> Conversation:
        """The conversation with this id and its newest turns, or a new one with an id that cannot be guessed.

        A visitor who signs in keeps their conversation, which is the customer's alone from the next turn on. Raises
        ConversationNotFound when there is none with this id, or when it is another customer's.
        """
        if conversation_id is None:
            return Conversation(secrets.token_urlsafe(24), customer_id)
        with reading(self._engine) as connection:
            row = _conversation_row(connection, conversation_id)
            if row is None or row["customer_id"] not in (None, customer_id):
                raise _not_found(conversation_id)
            query = select(table_of(TurnRow)).where(TurnRow.conversation_id == conversation_id)
            newest = connection.execute(query.order_by(TurnRow.number.desc()).limit(RECALLED)).mappings().all()
            question = open_question(connection, conversation_id)
        try:
            thread = _THREAD.validate_python(row["thread"])
            return Conversation(conversation_id, customer_id, tuple(map(_turn, reversed(newest))), thread, question)
        except ValidationError as error:
            raise StoreError(
                f"Conversation {conversation_id} cannot be read: {error.errors()[0]['msg']}.",
                "A newer Aisle may have written it: upgrade Aisle, or start a new conversation.",
            ) from error

    def proved_order(self, conversation_id: str, now: datetime | None = None) -> Owner | None:
        """Whose order a visitor's conversation may speak of, and which one; None if nothing is proved in it, or no longer.

        A code proves it (`assistant/access/order_identity.py`), never the text of a message.
        """
        if not storable(conversation_id):
            return None
        query = select(ProvedOrderRow.customer_id, ProvedOrderRow.order_id).join(
            ConversationRow, ConversationRow.id == ProvedOrderRow.conversation_id
        )
        is_good = (
            ConversationRow.customer_id.is_(None),
            ProvedOrderRow.proved > (now or datetime.now(UTC)) - PROOF_LIFE,
        )
        with reading(self._engine) as connection:
            row = connection.execute(query.where(ProvedOrderRow.conversation_id == conversation_id, *is_good)).first()
        return None if row is None else Owner(customer_id=row.customer_id, order_id=row.order_id)

    def begin(self) -> str:
        """The id of a new conversation of a visitor, which is stored before its first turn."""
        id_ = secrets.token_urlsafe(24)
        values = {
            "id": id_,
            "customer_id": None,
            "started": datetime.now(UTC),
            "thread": _THREAD.dump_python(Thread(), mode="json"),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(ConversationRow).values(values))
        return id_

    def cart_of(self, conversation_id: str) -> str:
        """Return the id under which the visitor's cart of this conversation is kept; "" if it is absent or a customer's.

        That is the conversation in which the cart was begun, unless that one has become a customer's: then it is this one. Reads
        conversations whose thread `open` cannot read.
        """
        with reading(self._engine) as connection:
            row = _conversation_row(connection, conversation_id)
            if row is None or row["customer_id"] is not None:
                return ""
            begun = row["thread"].get("cart") if isinstance(row["thread"], dict) else ""
            if not isinstance(begun, str) or not begun:
                return conversation_id
            first = _conversation_row(connection, begun)
            return begun if first is None or first["customer_id"] is None else conversation_id

    def claim(self, conversation_id: str, customer_id: str) -> None:
        """Make a conversation this customer's for good, if it is stored; it shares no visitor's cart from then on.

        Raises ConversationNotFound when it is another customer's, also if that one was only a moment faster.
        """
        with writing(self._engine) as connection:
            row = _conversation_row(connection, conversation_id, lock=True)
            if row is None:
                return
            if row["customer_id"] not in (None, customer_id):
                raise _not_found(conversation_id)
            if row["customer_id"] is None:
                values = {"customer_id": customer_id, "thread": {**row["thread"], "cart": ""}}
                connection.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(values))

    def append(self, conversation: Conversation, turn: Turn, thread: Thread) -> Conversation:
        """Adds `turn` and keeps `thread`, in one transaction; the conversation as it is then.

        A turn that was added elsewhere in the meantime stays, before this one. Raises ConversationNotFound when another
        customer has signed in to this conversation since it was opened.
        """
        with writing(self._engine) as connection:
            number = self._next_number(connection, conversation, thread)
            connection.execute(insert(TurnRow).values(_turn_values(conversation.id, number, turn)))
            keep_farewell(connection, conversation.id, number, turn)
            question = open_question(connection, conversation.id)
        turns = (*conversation.turns, replace(turn, number=number))
        return replace(conversation, turns=turns, thread=thread, question=question)

    def rate(
        self, conversation_id: str, customer_id: str | None, number: int, rating: Thumb | None, reason: str = ""
    ) -> None:
        """Keep what the customer thinks of turn `number`, in the place of an earlier rating; None takes it back.

        Raises ConversationNotFound when the conversation or the turn is absent or another customer's.
        """
        with writing(self._engine) as connection:
            row = _conversation_row(connection, conversation_id)
            if row is None or row["customer_id"] not in (None, customer_id):
                raise _not_found(conversation_id)
            values = {
                "rating": rating,
                "rating_reason": reason[:LONGEST_REASON] if rating else "",
                "rated": datetime.now(UTC) if rating else None,
            }
            this = (TurnRow.conversation_id == conversation_id, TurnRow.number == number)
            if not connection.execute(update(TurnRow).where(*this).values(values)).rowcount:
                raise _not_found(conversation_id)

    def rated(self) -> Iterator[RatedReply]:
        """Every reply that a customer has rated, the latest rating first."""
        query = select(table_of(TurnRow)).where(TurnRow.rating.is_not(None)).order_by(TurnRow.rated.desc())
        with reading(self._engine) as connection:
            for row in connection.execute(query.execution_options(yield_per=500)).mappings():
                yield RatedReply(
                    row["rated"], Thumb(row["rating"]), row["rating_reason"], row["message"], row["reply"],
                    row["fallback"], row["model"],
                )  # fmt: skip

    @staticmethod
    def _next_number(connection: Connection, conversation: Conversation, thread: Thread) -> int:
        stored = {"customer_id": conversation.customer_id, "thread": _THREAD.dump_python(thread, mode="json")}
        row = _conversation_row(connection, conversation.id, lock=True)
        if row is None:
            started = datetime.now(UTC)
            connection.execute(insert(ConversationRow).values(id=conversation.id, started=started, **stored))
            return 1
        if row["customer_id"] not in (None, conversation.customer_id):
            raise _not_found(conversation.id)
        connection.execute(update(ConversationRow).where(ConversationRow.id == conversation.id).values(stored))
        last = select(func.max(TurnRow.number)).where(TurnRow.conversation_id == conversation.id)
        return (connection.scalar(last) or 0) + 1


def _conversation_row(connection: Connection, conversation_id: str, lock: bool = False) -> RowMapping | None:
    if not storable(conversation_id):
        return None
    query = select(table_of(ConversationRow)).where(ConversationRow.id == conversation_id)
    return connection.execute(query.with_for_update() if lock else query).mappings().first()


def _not_found(conversation_id: str) -> ConversationNotFound:
    return ConversationNotFound(
        f"There is no conversation {conversation_id!r} for this customer.",
        "Start a new one by sending no conversation id.",
    )


def _turn_values(conversation_id: str, number: int, turn: Turn) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "number": number,
        "message": turn.message,
        "reply": turn.reply,
        "shown": turn.shown.model_dump(mode="json"),
        "time": turn.time,
        "fallback": turn.fallback,
        "model": turn.model,
        "why": turn.why.model_dump(mode="json"),
        "rating": turn.rating,
        "rating_reason": "",
        "rated": None,
    }


def _turn(row: RowMapping) -> Turn:
    return Turn(
        row["message"],
        row["reply"],
        row["time"],
        Shown.model_validate(row["shown"]),
        row["fallback"],
        row["model"],
        Thumb(row["rating"]) if row["rating"] else None,
        row["number"],
        Why.model_validate(row["why"]),
    )
