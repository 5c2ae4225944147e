"""Replies: runs the assistant for the web, one worker thread per reply, and hands its events to asyncio.

When the reader goes away, the assistant's `cancelled` event is set, and the worker is free again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from assistant.reply import Reply, ReplyEvent
from retrieval.errors import AisleError
from ui.metrics import Metrics
from ui.opening import Answering

_log = structlog.get_logger(__name__)

SORRY = "Sorry, something went wrong on my side. Please try again in a moment."
BUSY = "I am helping many people right now. Please try again in a moment."


class TooBusy(AisleError):
    """More customers are waiting than the queue holds."""


class ReplyFailed(AisleError):
    """A reply ended with an error or took too long; the message may be shown to a customer."""


class Replies:
    """Makes at most `workers` replies at once and lets `waiting` more queue up.

    `patience` is the longest time in seconds between two events of one reply, waiting in the queue included.
    """

    def __init__(
        self, assistant: Answering, metrics: Metrics, workers: int = 8, waiting: int = 64, patience: float = 60
    ) -> None:
        self._assistant = assistant
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="reply")
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._patience = patience

    async def events(
        self,
        face: str,
        message: str,
        conversation_id: str | None,
        customer_id: str | None,
        earlier: Sequence[str] = (),
    ) -> AsyncGenerator[ReplyEvent]:
        """Yields what `Assistant.reply` yields; closing this iterator stops the reply.

        Raises TooBusy, ReplyFailed, or the assistant's own AisleError on a bad conversation id.
        """
        if not self._places.acquire(blocking=False):
            self._metrics.refused(face, "busy")
            raise TooBusy(BUSY)
        run = _Run(asyncio.get_running_loop())
        start, outcome = self._metrics.started(), "cancelled"
        ask = partial(self._assistant.reply, message, conversation_id, customer_id, run.cancelled, earlier)
        work = self._pool.submit(run.produce, ask)
        work.add_done_callback(lambda _: self._places.release())
        try:
            async for event in run.consume(self._patience):
                if isinstance(event, Reply):
                    outcome = "replied"
                    self._metrics.replied(event)
                yield event
        except AisleError as error:
            outcome = "failed"
            self._metrics.failed(error.__cause__ or error)
            raise
        finally:
            run.cancelled.set()
            work.cancel()
            self._metrics.ended(start, face, outcome)

    def close(self) -> None:
        """Lets running replies end and takes no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Run:
    """One reply on its way from the worker thread to the event loop. None on the queue marks the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.cancelled = threading.Event()
        self._loop = loop
        self._events: asyncio.Queue[ReplyEvent | AisleError | None] = asyncio.Queue()

    def produce(self, ask: Callable[[], Iterator[ReplyEvent]]) -> None:
        """Runs the reply to its end; every way out puts something on the queue, so no reader waits for ever."""
        try:
            for event in ask():
                self._put(event)
                if self.cancelled.is_set():
                    break
        except AisleError as error:
            _log.warning("reply_failed", error=type(error).__name__)
            self._put(error)
        except Exception as error:
            _log.exception("reply_failed")
            failure = ReplyFailed(SORRY)
            failure.__cause__ = error
            self._put(failure)
        else:
            self._put(None)

    async def consume(self, patience: float) -> AsyncGenerator[ReplyEvent]:
        """Yields the events as they arrive. Raises what the worker failed with, or ReplyFailed after silence."""
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), patience)
            except TimeoutError as error:
                _log.error("reply_timed_out", seconds=patience)
                raise ReplyFailed(SORRY) from error
            if event is None:
                return
            if isinstance(event, AisleError):
                raise event
            yield event

    def _put(self, event: ReplyEvent | AisleError | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)
