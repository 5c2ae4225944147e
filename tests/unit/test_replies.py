"""Replies: a worker per reply, a place for each who waits, and no wait without end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from assistant.reply import Reply, ReplyEvent, Sentence
from tests.fake_assistant import FakeAssistant
from ui.metrics import Metrics
from ui.replies import Replies, ReplyFailed, TooBusy


class Hanging(FakeAssistant):
    """Writes one sentence, then nothing until it is cancelled."""

    def reply(
        self, message, conversation_id=None, customer_id=None, cancelled=None, earlier=()
    ) -> Iterator[ReplyEvent]:
        yield Sentence("One moment. ")
        assert cancelled is not None
        cancelled.wait(20)
        self.cancelled_replies += 1


async def collected(replies: Replies, message: str) -> list[ReplyEvent]:
    return [event async for event in replies.events("api", message, None, None)]


def test_events_arrive_in_order():
    replies = Replies(FakeAssistant(), Metrics())
    events = asyncio.run(collected(replies, "returns"))
    assert [type(event) for event in events] == [Sentence, Reply]
    replies.close()


def test_silence_ends_in_a_polite_failure_and_frees_the_worker():
    fake = Hanging()
    replies = Replies(fake, Metrics(), workers=1, waiting=0, patience=0.05)
    with pytest.raises(ReplyFailed, match="Sorry"):
        asyncio.run(collected(replies, "hi"))
    replies.close()
    for thread in threading.enumerate():
        if thread.name.startswith("reply"):
            thread.join(5)
    assert fake.cancelled_replies == 1


def test_more_than_the_queue_holds_are_told_so():
    async def crowd() -> list[object]:
        replies = Replies(Hanging(), Metrics(), workers=1, waiting=1, patience=0.1)
        try:
            return await asyncio.gather(*(collected(replies, "hi") for _ in range(4)), return_exceptions=True)
        finally:
            replies.close()

    outcomes = asyncio.run(crowd())
    assert [type(outcome) for outcome in outcomes].count(TooBusy) == 2


def test_an_engine_that_breaks_tells_customers_nothing_of_it():
    replies = Replies(FakeAssistant(), Metrics())
    with pytest.raises(ReplyFailed) as caught:
        asyncio.run(collected(replies, "fail"))
    assert "engine" not in caught.value.message
    replies.close()
