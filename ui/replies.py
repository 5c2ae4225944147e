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

from assistant.dialogue.waiting import Press
from assistant.reply import Reply, ReplyEvent
from retrieval.errors import AisleError, StoreError
from ui.metrics import Metrics
from ui.opening import Answering
from ui.visitor import Visitor

_log = structlog.get_logger(__name__)

SORRY = "Sorry, something went wrong on my side. Please try again in a moment."
_MOST_RUNNING_OF_A_CLIENT, _MOST_OF_A_CLIENT = 2, 16
BUSY = "I cannot answer right now. Please try again in a moment."


class TooBusy(AisleError):
    """More customers are waiting than the queue holds, or a message waited too long behind others of its client."""


class ReplyFailed(AisleError):
    """A reply ended with an error or took too long; the message may be shown to a customer."""


class Replies:
    """Makes at most `workers` replies at once and lets `waiting` more queue up.

    `patience` is the longest time in seconds between two events of one reply, waiting in the queue included. One client
    has at most two replies made at once and 14 waiting, so that it can slow down itself but not everybody.
    """

    def __init__(
        self, assistant: Answering, metrics: Metrics, workers: int = 8, waiting: int = 64, patience: float = 60
    ) -> None:
        self._assistant = assistant
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="reply")
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._lanes: dict[str, _Lane] = {}
        self._patience = patience

    async def events(
        self,
        face: str,
        message: str,
        conversation_id: str | None,
        visitor: Visitor,
        earlier: Sequence[str] = (),
        page: str = "",
        press: Press | None = None,
        reply: Callable[..., Iterator[ReplyEvent]] | None = None,
        after: str = "",
    ) -> AsyncGenerator[ReplyEvent]:
        """Yield what `Assistant.reply` yields, or `reply` in its place; closing this iterator stops the reply.

        Raises TooBusy, ReplyFailed, or the assistant's own AisleError on a bad conversation id.
        """
        client = visitor.customer_id or visitor.client
        lane = self._lanes.get(client) or _Lane()
        if lane.users >= _MOST_OF_A_CLIENT or not self._places.acquire(blocking=False):
            self._metrics.refused(face, "busy")
            raise TooBusy(BUSY)
        self._lanes[client] = lane
        start, outcome = self._metrics.started(), "cancelled"
        try:
            await self._enter(face, client, lane)
            run = _Run(asyncio.get_running_loop())
            ask = partial(
                reply or self._assistant.reply,
                message,
                conversation_id,
                visitor.customer_id,
                run.cancelled,
                earlier,
                page,
                press,
                after=after,
            )
            work = self._pool.submit(run.produce, ask)
            try:
                async for event in run.consume(self._patience):
                    if isinstance(event, Reply):
                        outcome = "passed_on" if event.is_passed_on else "replied"
                        if not event.is_passed_on:
                            self._metrics.replied(event)
                    yield event
            finally:
                run.cancelled.set()
                leave = partial(self._leave, client, lane)
                if run.is_over or work.cancel():
                    leave()
                else:  # the reader has left, but the worker is not free yet
                    work.add_done_callback(lambda _: run.on_loop(leave))
        except TooBusy:
            outcome = "busy"
            raise
        except AisleError as error:
            outcome = "failed"
            self._metrics.failed(error.__cause__ or error)
            raise
        finally:
            self._metrics.ended(start, face, outcome)

    async def _enter(self, face: str, client: str, lane: _Lane) -> None:
        """Wait until `client` has fewer than two replies being made. Raises TooBusy after too long a wait."""
        lane.users += 1
        try:
            await asyncio.wait_for(lane.running.acquire(), self._patience)
        except BaseException as error:
            self._forget(client, lane)
            if isinstance(error, TimeoutError):
                self._metrics.refused(face, "busy")
                raise TooBusy(BUSY) from error
            raise

    def _leave(self, client: str, lane: _Lane) -> None:
        lane.running.release()
        self._forget(client, lane)

    def _forget(self, client: str, lane: _Lane) -> None:
        self._places.release()
        lane.users -= 1
        if not lane.users:
            del self._lanes[client]

    def close(self) -> None:
        """Lets running replies end and takes no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Lane:
    """The replies of one client: how many are wanted, and a place for each that may be made."""

    def __init__(self) -> None:
        self.users = 0
        self.running = asyncio.Semaphore(_MOST_RUNNING_OF_A_CLIENT)


class _Run:
    """One reply on its way from the worker thread to the event loop. None on the queue marks the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.cancelled = threading.Event()
        self.is_over = False
        self._loop = loop
        self._events: asyncio.Queue[ReplyEvent | AisleError | None] = asyncio.Queue()

    def produce(self, ask: Callable[[], Iterator[ReplyEvent]]) -> None:
        """Run the reply to its end; every way out puts something on the queue, so no reader waits for ever."""
        last: AisleError | None = None
        try:
            for event in ask():
                self._put(event)
                if self.cancelled.is_set():
                    break
        except AisleError as error:
            # a StoreError names the database; its subclass names a conversation, which is a secret
            reason = {"reason": error.message, "hint": error.hint} if type(error) is StoreError else {}
            _log.warning("reply_failed", error=type(error).__name__, **reason)
            last = error
        except Exception as error:
            _log.exception("reply_failed")
            last = ReplyFailed(SORRY)
            last.__cause__ = error
        self.is_over = True
        self._put(last)

    def on_loop(self, callback: Callable[[], None]) -> None:
        """Call `callback` in the event loop of the reader, if it still runs."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

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
        self.on_loop(partial(self._events.put_nowait, event))
