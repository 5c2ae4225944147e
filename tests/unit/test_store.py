from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

from assistant.conversation.conversation import Turn
from assistant.conversation.store import Store
from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.shown import Card, Shown, Source, StatedFact, StockState
from assistant.tables import ConversationRow, TurnRow
from retrieval.errors import ConversationNotFound, StoreError
from retrieval.store.database import open_database, reading, writing
from tests.unit.shop_values import moments

few = settings(max_examples=20, suppress_health_check=list(HealthCheck))
any_text = st.text(st.characters(codec=None), max_size=40)  # with NUL and lone surrogates
texts = st.lists(any_text, max_size=3).map(tuple)
needs = st.builds(Need, whom=any_text, use=any_text, want=texts, avoid=texts, budget=any_text, size=any_text)
threads = st.builds(
    Thread,
    turns=st.lists(st.builds(TranscriptTurn, any_text, any_text, any_text, any_text), max_size=4).map(tuple),
    numbers=st.builds(ProductNumbers, texts, texts),
    need=needs,
    shown=texts,
    named=texts,
    page=any_text,
    order=any_text,
    asked=texts,
    misses=st.integers(0, 9),
)
cards = st.builds(
    Card,
    id=any_text,
    title=any_text,
    price=st.floats(0, 1e6),
    currency=st.just("USD"),
    price_text=any_text,
    old_price=st.none() | st.floats(0, 1e6),
    available=st.booleans(),
    stock=st.sampled_from(StockState),
    left=st.none() | st.integers(0, 5),
    reasons=st.lists(any_text, max_size=2),
)
shown = st.builds(
    Shown,
    cards=st.lists(cards, max_size=2).map(tuple),
    sources=st.lists(st.builds(Source, id=any_text, title=any_text), max_size=2).map(tuple),
    chips=texts,
    facts=st.lists(st.builds(StatedFact, key=any_text, value=any_text), max_size=2).map(tuple),
)
turns = st.builds(Turn, any_text, any_text, moments, shown, st.booleans(), st.sampled_from(["", "base+adapter"]))

HELLO = Turn("hello", "Hello!", datetime(2026, 11, 22, tzinfo=UTC), Shown(chips=("What is on sale?",)))


@few
@given(st.lists(st.tuples(turns, threads), min_size=1, max_size=4), st.none() | st.just("C-1"))
def test_a_conversation_comes_back_as_it_was(
    engine: Engine, spoken: list[tuple[Turn, Thread]], customer_id: str | None
) -> None:
    store = Store(engine)
    conversation = store.open(None, customer_id)
    for turn, thread in spoken:
        conversation = store.append(conversation, turn, thread)
    assert conversation.turns == tuple(turn for turn, _ in spoken)
    assert store.open(conversation.id, customer_id) == conversation


def test_ids_cannot_be_guessed_and_nothing_is_stored_before_the_first_turn(engine: Engine) -> None:
    store = Store(engine)
    ids = {store.open(None, None).id for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 32
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(ConversationRow)) == 0
    with pytest.raises(ConversationNotFound):
        store.open(ids.pop(), None)


@pytest.mark.parametrize("conversation_id", ["", "unknown", "a" * 10_000, "\x00", "\ud800", "' OR 1=1 --", "%"])
def test_an_unknown_id_is_not_found(engine: Engine, conversation_id: str) -> None:
    store = Store(engine)
    store.append(store.open(None, None), HELLO, Thread())
    with pytest.raises(ConversationNotFound):
        store.open(conversation_id, None)


def test_a_customers_conversation_is_closed_to_everybody_else(engine: Engine) -> None:
    store = Store(engine)
    mine = store.append(store.open(None, "C-1"), HELLO, Thread())
    for stranger in (None, "C-2", "", "c-1"):
        with pytest.raises(ConversationNotFound):
            store.open(mine.id, stranger)
        with pytest.raises(ConversationNotFound):
            store.append(replace(mine, customer_id=stranger), HELLO, Thread())
    assert store.open(mine.id, "C-1") == mine


def test_a_visitor_who_signs_in_keeps_the_conversation_for_themselves(engine: Engine) -> None:
    store = Store(engine)
    visit = store.append(store.open(None, None), HELLO, Thread())
    opened_before = store.open(visit.id, None)
    signed_in = store.append(store.open(visit.id, "C-1"), HELLO, Thread(misses=1))
    assert len(store.open(visit.id, "C-1").turns) == 2
    assert signed_in.customer_id == "C-1"
    with pytest.raises(ConversationNotFound):
        store.append(opened_before, HELLO, Thread())
    with pytest.raises(ConversationNotFound):
        store.open(visit.id, None)


def test_turns_that_arrive_at_once_are_all_kept(engine: Engine) -> None:
    store = Store(engine)
    conversation = store.append(store.open(None, None), HELLO, Thread())
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda number: store.append(conversation, replace(HELLO, message=str(number)), Thread()), range(12)
            )
        )
    kept = store.open(conversation.id, None)
    assert sorted(turn.message for turn in kept.turns[1:]) == sorted(map(str, range(12)))


def test_long_messages_are_kept_whole(engine: Engine) -> None:
    store = Store(engine)
    long = replace(HELLO, message="ä\x00" * 500_000)
    conversation = store.append(store.open(None, None), long, Thread())
    assert store.open(conversation.id, None).turns == (long,)


def test_only_the_newest_turns_are_read_back_but_all_are_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.conversation.store.RECALLED", 3)
    store = Store(engine)
    conversation = store.open(None, None)
    for number in range(5):
        conversation = store.append(conversation, replace(HELLO, message=str(number)), Thread())
    assert [turn.message for turn in store.open(conversation.id, None).turns] == ["2", "3", "4"]
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(TurnRow)) == 5


TALKER = """
import os, sys
from sqlalchemy import event
from assistant.dialogue.thread import Thread
from assistant.conversation.store import Store
from retrieval.store.database import open_database
from tests.unit.test_store import HELLO
engine = open_database(sys.argv[1])
store = Store(engine)
conversation = store.append(store.open(None, None), HELLO, Thread())
print(conversation.id, flush=True)

@event.listens_for(engine, "commit")
def die(connection):
    os.kill(os.getpid(), 9)

store.append(conversation, HELLO, Thread(misses=5))
"""


def test_a_process_killed_before_it_commits_leaves_the_turn_before(database_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", TALKER, database_url], stdout=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL
    engine = open_database(database_url)
    kept = Store(engine).open(done.stdout.strip(), None)
    assert kept.turns == (HELLO,)
    assert kept.thread == Thread()
    engine.dispose()


def test_a_thread_that_cannot_be_read_names_the_conversation(engine: Engine) -> None:
    store = Store(engine)
    conversation = store.append(store.open(None, None), HELLO, Thread())
    with writing(engine) as connection:
        connection.execute(text('UPDATE conversations SET thread = \'{"misses": "many"}\''))
    with pytest.raises(StoreError, match=conversation.id):
        store.open(conversation.id, None)


def test_a_conversation_that_goes_takes_its_turns_along(engine: Engine) -> None:
    store = Store(engine)
    store.append(store.open(None, None), HELLO, Thread())
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM conversations"))
        assert connection.scalar(select(func.count()).select_from(TurnRow)) == 0
