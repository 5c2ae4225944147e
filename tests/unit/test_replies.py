"""Replies: a worker per reply, a place for each who waits, and no wait without end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.reply import Reply, ReplyEvent, Sentence
from retrieval.errors import StoreError
from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app
from ui.metrics import Metrics
from ui.replies import Replies, ReplyFailed, TooBusy
from ui.visitor import Visitor


class Hanging(FakeAssistant):
    """Writes one sentence, then nothing until it is cancelled."""

    def reply(
        self, message, conversation_id=None, customer_id=None, cancelled=None, earlier=(), page="", press=None, after=""
    ) -> Iterator[ReplyEvent]:
        yield Sentence("One moment. ")
        assert cancelled is not None
        cancelled.wait(20)
        self.cancelled.append(message)


async def collected(replies: Replies, message: str, client: str = "203.0.113.5") -> list[ReplyEvent]:
    return [event async for event in replies.events("api", message, None, Visitor(client))]


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


class Counting(FakeAssistant):
    """Notes how many replies of each message are made at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reply(
        self, message, conversation_id=None, customer_id=None, cancelled=None, earlier=(), page="", press=None, after=""
    ) -> Iterator[ReplyEvent]:
        with self._lock:
            self.now[message] += 1
            self.most[message] = max(self.most[message], self.now[message])
        time.sleep(0.1)
        yield from super().reply(message, conversation_id, customer_id, cancelled, earlier, page, press, after=after)
        with self._lock:
            self.now[message] -= 1


def test_one_client_cannot_take_every_worker():
    async def crowd() -> float:
        greedy = [asyncio.ensure_future(collected(replies, "greedy", "198.51.100.1")) for _ in range(12)]
        await asyncio.sleep(0.05)
        start = time.monotonic()
        await collected(replies, "other", "198.51.100.2")
        waited = time.monotonic() - start
        assert all(len(events) == 2 for events in await asyncio.gather(*greedy))
        return waited

    fake = Counting()
    replies = Replies(fake, Metrics())
    assert asyncio.run(crowd()) < 0.5
    assert fake.most["greedy"] == 2
    assert replies._lanes == {}
    replies.close()


def test_one_client_cannot_fill_the_queue():
    async def crowd() -> list[object]:
        wanted = [collected(replies, "greedy") for _ in range(20)] + [collected(replies, "other", "198.51.100.2")]
        return await asyncio.gather(*wanted, return_exceptions=True)

    replies = Replies(Counting(), Metrics())
    outcomes = asyncio.run(crowd())
    assert [type(outcome) for outcome in outcomes[:-1]].count(TooBusy) == 4
    assert isinstance(outcomes[-1], list)
    replies.close()


class Lasting(FakeAssistant):
    """Goes on writing until it is `released`."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def reply(
        self, message, conversation_id=None, customer_id=None, cancelled=None, earlier=(), page="", press=None, after=""
    ) -> Iterator[ReplyEvent]:
        while not self.released.wait(0.02):
            yield Sentence("One moment. ")
        yield from super().reply(message, conversation_id, customer_id, cancelled, earlier, page, press, after=after)


def test_who_waits_too_long_behind_own_messages_is_told_that_it_is_busy():
    async def crowd() -> list[object]:
        asked = [asyncio.ensure_future(collected(replies, "greedy")) for _ in range(6)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_EXCEPTION)
        fake.released.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    fake = Lasting()
    replies = Replies(fake, Metrics(), patience=2)
    outcomes = asyncio.run(crowd())
    assert {type(outcome) for outcome in outcomes} == {list, TooBusy}
    assert replies._lanes == {}
    replies.close()


class FullDisk(FakeAssistant):
    """Writes a sentence, and cannot store the reply while `is_full`."""

    is_full = True

    def reply(
        self, message, conversation_id=None, customer_id=None, cancelled=None, earlier=(), page="", press=None, after=""
    ) -> Iterator[ReplyEvent]:
        if self.is_full:
            yield Sentence("One moment. ")
            raise StoreError("The database cannot be written: disk full.", "Free some space.")
        yield from super().reply(message, conversation_id, customer_id, cancelled, earlier, page, press, after=after)


def test_health_and_the_log_say_that_replies_cannot_be_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    fake = FullDisk()
    client = TestClient(make_app(tmp_path, fake))
    assert "error" in client.post("/api/chat", json={"message": "hi"}).text
    assert "disk full" in capsys.readouterr().out
    assert (client.get("/healthz").status_code, client.get("/healthz").json()["status"]) == (503, "failing")
    fake.is_full = False
    client.post("/api/chat", json={"message": "hi"})
    assert client.get("/healthz").json()["status"] == "ready"
    client.post("/api/chat", json={"message": "hi", "conversation_id": "no-such"})
    assert client.get("/healthz").json()["status"] == "ready"
    assert "no-such" not in capsys.readouterr().out
