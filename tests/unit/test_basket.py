"""Which products, and how many of each, a message adds up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.product_numbers import ProductNumbers
from assistant.dialogue.thread import Thread
from assistant.tools.basket import named_basket
from assistant.tools.tool import Bench, Task
from finetune.corpora.live import live_dialogue
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_turn import MarkedReader

MONITORS = ("vista-27-monitor", "vista-32-monitor")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    home = tmp_path_factory.mktemp("basket")
    return live_dialogue(northwire(), home, ScriptedSpeaker(), MarkedReader({}), open_encoder(), frozenset()).bench


def basket(message: str, bench: Bench) -> list[tuple[str, int]] | None:
    thread = replace(Thread(), shown=MONITORS)
    found = named_basket(Task(message, Need(), thread, northwire().moment), bench)
    return None if found is None else [(product.id, count) for product, count in found]


def test_counts_belong_to_the_products_that_are_named(bench: Bench) -> None:
    assert basket("2 of the vista 27 and a vista 32 please", bench) == [(MONITORS[0], 2), (MONITORS[1], 1)]


def test_both_are_the_two_in_view_or_the_one_in_view_and_what_was_found_before_it(bench: Bench) -> None:
    products = bench.catalog.products
    assert basket("total for both?", bench) == [(MONITORS[0], 1), (MONITORS[1], 1)]
    other = next(id for id, each in products.items() if "Monitors" not in each.category_path)
    thread = Thread(shown=(other,), numbers=ProductNumbers((*MONITORS, other), (*MONITORS, other)))
    found = named_basket(Task("how much for both?", Need(), thread, northwire().moment), bench)
    assert found == [(products[MONITORS[0]], 1), (products[other], 1)]


def test_a_kind_of_which_nothing_came_up_makes_no_sum(bench: Bench) -> None:
    assert basket("total for the vista 27 and two of the keyboards", bench) is None
    assert basket("total for the vista 27 and two of the vista 32", bench) == [(MONITORS[0], 1), (MONITORS[1], 2)]
