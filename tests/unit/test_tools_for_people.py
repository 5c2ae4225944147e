"""Searches, options and sums as customers ask for them, on a shop of the corpus: real search and index, a reader that is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Note
from assistant.planning.plan import Details, Find
from assistant.reading.lines import Line
from assistant.reading.reader import LABELS, Reading
from assistant.tools.find import find
from assistant.tools.products import details
from assistant.tools.tool import Bench, Task
from finetune.corpora.live import live_dialogue
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import northwire
from tests.unit.scripted_speaker import ScriptedSpeaker

KIDS = "pip-headphones"


class SilentReader:
    """Says that no line decides anything."""

    def read(self, question: str, lines: Sequence[Line]) -> list[Reading]:
        return [Reading(line, tuple(float(label is LABELS[-1]) for label in LABELS)) for line in lines]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    home = tmp_path_factory.mktemp("northwire")
    return live_dialogue(
        northwire(), home, ScriptedSpeaker(), SilentReader(), open_encoder(), frozenset({"tak", "giv", "say"})
    ).bench


def task(message: str, shown: tuple[str, ...] = (), **need: object) -> Task:
    return Task(message, Need.model_validate(need), replace(Thread(), shown=shown), northwire().moment)


def test_a_child_gets_childrens_things(bench: Bench) -> None:
    found = find(Find(kind="over-ear headphones"), task("over-ear headphones for my son, he is 7"), bench)
    assert found.products == (KIDS,)


def test_a_child_of_the_need_still_counts(bench: Bench) -> None:
    found = find(Find(kind="over-ear headphones"), task("got over-ear headphones?", whom="daughter"), bench)
    assert found.products == (KIDS,)


def test_an_adult_gets_none_of_them(bench: Bench) -> None:
    found = find(Find(kind="over-ear headphones"), task("over-ear headphones for my wife"), bench)
    assert found.products
    assert KIDS not in found.products


def test_who_speaks_of_no_child_sees_them_last(bench: Bench) -> None:
    found = find(Find(kind="over-ear headphones"), task("over-ear headphones"), bench)
    assert found.products[-1] == KIDS


def test_others_are_not_those_that_were_shown(bench: Bench) -> None:
    first = find(Find(kind="headphones"), task("headphones"), bench)
    others = find(Find(kind="headphones"), task("something else?", shown=first.products[:1]), bench)
    assert others.products
    assert first.products[0] not in others.products


def test_a_thing_of_another_trade_is_not_sold(bench: Bench) -> None:
    found = find(Find(kind="kayaks or paddle boards"), task("do you sell kayaks or paddle boards"), bench)
    assert found.notes == (Note.NOTHING_FOUND,)


@pytest.mark.parametrize(
    ("message", "note"),
    [
        ("do you have it in black?", Note.HAS_COLOR),
        ("is it available in pink", Note.NO_SUCH_COLOR),
        ("the first one in black?", Note.HAS_COLOR),
        ("do the Drift headphones come in red?", Note.NO_SUCH_COLOR),
    ],
)
def test_options_are_answered_from_the_record(bench: Bench, message: str, note: Note) -> None:
    step = Details(of=("drift-headphones-black",), question=message)
    assert details(step, task(message, shown=("drift-headphones-black",)), bench).notes == (note,)


@pytest.mark.parametrize(
    ("message", "total", "products"),
    [
        ("how much are two of them with a Saucer charger?", "$333.00", 2),
        ("what is the total for three Snapcard films and the Snapcard camera", "$153.00", 2),
        ("what would I pay for this and the Nook 30", "$174.00", 2),
    ],
)
def test_what_is_named_is_added_up(bench: Bench, message: str, total: str, products: int) -> None:
    step = Details(of=("drift-headphones-black",), question=message)
    found = details(step, task(message, shown=("drift-headphones-black",)), bench)
    assert [each.text for each in found.sums] == [total]
    assert len(found.products) == products


def test_what_customers_say_is_quoted(bench: Bench) -> None:
    step = Details(of=("drift-headphones-black",), question="what do people say about it")
    found = details(step, task(step.question, shown=step.of), bench)
    assert found.lines
    assert all(told.line.text.startswith("Review") for told in found.lines)
