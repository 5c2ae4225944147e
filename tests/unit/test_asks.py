"""Asks: what is made of a written entry for training, and when a live reply has reached what the entry names."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from assistant.dialogue.thread import Thread
from assistant.planning.plan import Find, Policy
from assistant.reading.finder import open_finder
from assistant.turn import Dialogue
from finetune.corpora.asks import WrittenAsk, asked_messages, sound_asks
from finetune.corpora.asks_evaluation import Reach, answered_asks, scores
from finetune.corpora.live import live_dialogue
from tests.unit.corpus import northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_finder import SHIPPED, HearsALine, HearsNothing, Plans
from tests.unit.test_turn import MarkedReader


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Dialogue:
    home, finder = tmp_path_factory.mktemp("asked"), open_finder(SHIPPED)
    return live_dialogue(
        northwire(), home, ScriptedSpeaker(), MarkedReader({}), finder, frozenset(), product_finder=finder
    )


def test_every_message_becomes_one_example_of_the_tool_that_answers_it() -> None:
    shop = northwire()
    messages = list(asked_messages(shop, random.Random(1)))
    assert len(messages) == sum(len(ask.says) for ask in sound_asks(shop))
    assert {each.tool for each in messages} == {"find", "details", "policy"}
    for each in messages:
        if each.tool == "details":
            assert each.line is not None
            assert each.line.record in (*each.thread.shown[:1], each.thread.page)
        assert (each.tool == "find") == (each.line is None)
    assert messages == list(asked_messages(shop, random.Random(1)))


def test_some_messages_open_a_conversation_and_some_follow_a_search() -> None:
    threads = [each.thread for each in asked_messages(northwire(), random.Random(1))]
    assert Thread() in threads
    assert any(thread.turns and thread.shown for thread in threads)
    assert any(thread.page and not thread.turns for thread in threads)


def test_an_ask_about_a_page_is_reached_where_the_brief_tells_it(live: Dialogue) -> None:
    shop = northwire()
    first, second = (max(shop.lines[page], key=lambda line: len(line.text)) for page in list(shop.catalog.faqs)[:2])
    asks = [
        WrittenAsk(line=f"{line.record}: {line.text}", says=("is that possible at all",)) for line in (first, second)
    ]
    heard = HearsALine(live.bench.finder, first)
    dialogue = replace(live, planner=Plans(Policy(question="is that possible at all")), listener=heard)
    right, wrong = answered_asks(shop, dialogue, asks)
    assert right.reached[Reach.PAGE]
    assert not wrong.reached[Reach.PAGE]
    shares = scores([right, wrong])
    assert (shares[Reach.PAGE].value, shares[Reach.TOOL].value) == (0.5, 1.0)
    assert Reach.FIRST not in shares


def test_a_search_is_reached_by_what_fits_and_one_for_what_is_not_sold_by_nothing(live: Dialogue) -> None:
    shop = northwire()
    product, *_, other = shop.catalog.products
    line = max(shop.lines[product], key=lambda line: len(line.text))
    plans = Plans(Find(kind="wossnames", want=line.text))
    heard, deaf = HearsALine(live.bench.finder, line), HearsNothing(live.bench.finder)
    found = replace(live, planner=plans, listener=heard, wish_listener=heard)
    fits, misses = (WrittenAsk(show=(id,), says=(line.text,)) for id in (product, other))
    not_sold = WrittenAsk(show=(), says=(line.text,))
    reached = [each.reached for each in answered_asks(shop, found, [fits, misses, not_sold])]
    assert [each.get(Reach.FIRST) for each in reached] == [True, False, None]
    assert not reached[2][Reach.NOT_SOLD]
    nothing = replace(found, listener=deaf, wish_listener=deaf)
    (none,) = answered_asks(shop, nothing, [not_sold])
    assert none.reached[Reach.NOT_SOLD]
    assert none.as_json()["products"] == []
