"""Opening: an assistant that is still being loaded, so that the web server listens at once.

Models and indexes take seconds to load. `OpeningAssistant` loads them in a thread and stands in for the assistant:
whoever asks it waits until the real one is there, `/healthz` tells how far it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Protocol

import structlog

from assistant.actions.awaited import AwaitedOrder
from assistant.assistant import Serving
from assistant.conversation.conversation import Conversation
from assistant.conversation.rating import Thumb
from assistant.dialogue.waiting import Press
from assistant.live.live_assistant import LiveAssistant, ServedData
from assistant.reply import ReplyEvent
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.errors import AisleError

_log = structlog.get_logger(__name__)


class Answering(Protocol):
    """What the web app needs of an assistant; `assistant.assistant.Assistant` is one."""

    @property
    def catalog(self) -> Catalog:
        """Products and FAQs of the shop."""
        ...

    @property
    def model(self) -> str:
        """The language model and adapter that write the next reply."""
        ...

    @property
    def serving(self) -> Serving:
        """What answers now, for those who draft replies without a stored turn."""
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
        """Yield cards if there are any, sentences, and the finished reply; see `Assistant.reply`."""
        ...

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        """The conversation with this id. Raises ConversationNotFound when it is absent or another customer's."""
        ...

    def rate(
        self, conversation_id: str, customer_id: str | None, turn: int, rating: Thumb | None, reason: str = ""
    ) -> None:
        """Keep what the customer thinks of a reply. Raises ConversationNotFound."""
        ...

    def customer(self, customer_id: str) -> Customer | None:
        """The customer with this id."""
        ...

    def awaited_order(self, customer_id: str) -> AwaitedOrder | None:
        """The open order of this customer that is expected first; None without one."""
        ...


class Readiness(StrEnum):
    """How far an assistant has come, and whether its replies can be stored."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    FAILING = "failing"


class OpeningAssistant:
    """Stands in for the assistant that `open_assistant` makes, after `start`, in a thread of its own.

    Every method waits until it is open, and raises the AisleError for which it could not be opened; `on_failure` is
    called then.
    """

    def __init__(self, open_assistant: Callable[[], Answering], on_failure: Callable[[], None] = lambda: None) -> None:
        self._open = open_assistant
        self._on_failure = on_failure
        self._opened: Answering | None = None
        self._error: AisleError | None = None
        self._done = threading.Event()

    def start(self) -> None:
        """Begins to open it; once."""
        threading.Thread(target=self._run, name="opening", daemon=True).start()

    @property
    def readiness(self) -> Readiness:
        """How far it is, without waiting."""
        if not self._done.is_set():
            return Readiness.STARTING
        return Readiness.FAILED if self._error else Readiness.READY

    @property
    def error(self) -> AisleError | None:
        """Why it could not be opened, and the next step; None otherwise."""
        return self._error

    @property
    def data(self) -> ServedData | None:
        """Which version of the records the opened assistant answers from; None before it is open, or if it follows none."""
        return self._opened.data if isinstance(self._opened, LiveAssistant) else None

    @property
    def catalog(self) -> Catalog:
        """Products and FAQs of the shop."""
        return self._wait().catalog

    @property
    def model(self) -> str:
        """The opened assistant's model and adapter; "" before it is open."""
        return self._opened.model if self._opened is not None else ""

    @property
    def serving(self) -> Serving:
        """What the opened assistant answers with."""
        return self._wait().serving

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
        """Yields the events of the opened assistant's reply."""
        return self._wait().reply(
            message, conversation_id, customer_id, cancelled, earlier, page, press, hands_over=hands_over, after=after
        )

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        """The conversation as the opened assistant finds it."""
        return self._wait().conversation(conversation_id, customer_id)

    def rate(
        self, conversation_id: str, customer_id: str | None, turn: int, rating: Thumb | None, reason: str = ""
    ) -> None:
        """Passes the rating on to the opened assistant."""
        self._wait().rate(conversation_id, customer_id, turn, rating, reason)

    def customer(self, customer_id: str) -> Customer | None:
        """The customer as the opened assistant finds them."""
        return self._wait().customer(customer_id)

    def awaited_order(self, customer_id: str) -> AwaitedOrder | None:
        """The open order as the opened assistant finds it."""
        return self._wait().awaited_order(customer_id)

    def _run(self) -> None:
        try:
            self._opened = self._open()
        except AisleError as error:
            self._error = error
            _log.error("assistant_not_opened", error=error.message, hint=error.hint)
        except Exception as error:  # a bug must show in /healthz too, not end as a silent thread
            self._error = AisleError(f"The assistant could not be opened: {error!r}", "The log holds the traceback.")
            _log.exception("assistant_not_opened")
        finally:
            self._done.set()
            if self._error:
                self._on_failure()

    def _wait(self) -> Answering:
        self._done.wait()
        if self._opened is None:
            raise self._error or AisleError("The assistant could not be opened.")
        return self._opened
