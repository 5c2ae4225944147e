"""LiveAssistant: an assistant whose products, prices, stock, FAQs and events are those of the database, within seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.actions.awaited import AwaitedOrder
from assistant.assistant import Assistant, Serving
from assistant.conversation.conversation import Conversation
from assistant.conversation.rating import Thumb
from assistant.dialogue.waiting import Press
from assistant.live.live import Live
from assistant.reply import ReplyEvent
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer


@dataclass(frozen=True, slots=True)
class ServedData:
    """The version of the records that replies are made from, and whether the search index holds all of their texts."""

    version: int
    is_indexed: bool


class LiveAssistant:
    """Passes every call to the assistant of the generation that serves now; a reply is made by one from start to end."""

    def __init__(self, live: Live[Assistant]) -> None:
        self._live = live

    @property
    def data(self) -> ServedData:
        """What serves now."""
        current = self._live.current
        return ServedData(current.version.number, current.is_indexed)

    @property
    def catalog(self) -> Catalog:
        """Products and FAQs of the shop as they are now; take it once for what belongs together."""
        return self._live.current.material.catalog

    @property
    def model(self) -> str:
        """The language model and adapter that write the next reply."""
        return self._live.current.served.model

    @property
    def serving(self) -> Serving:
        """What answers now; see `Assistant.serving`."""
        return self._live.current.served.serving

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
        """Yield the events of the reply; see `Assistant.reply`."""
        return self._live.current.served.reply(
            message, conversation_id, customer_id, cancelled, earlier, page, press, hands_over=hands_over, after=after
        )

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        """The conversation with this id. Raises ConversationNotFound when it is absent or another customer's."""
        return self._live.current.served.conversation(conversation_id, customer_id)

    def rate(
        self, conversation_id: str, customer_id: str | None, turn: int, rating: Thumb | None, reason: str = ""
    ) -> None:
        """Keep what the customer thinks of a reply; see `Assistant.rate`."""
        self._live.current.served.rate(conversation_id, customer_id, turn, rating, reason)

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with this id."""
        return self._live.current.served.customer(customer_id)

    def awaited_order(self, customer_id: str) -> AwaitedOrder | None:
        """The open order of this customer that is expected first; see `Assistant.awaited_order`."""
        return self._live.current.served.awaited_order(customer_id)

    def warm(self) -> None:
        """Read the lines of all records, so that no customer waits for it; see `Bench.warm`."""
        self.serving.dialogue.bench.warm()

    def close(self) -> None:
        """Stop following the records."""
        self._live.close()
