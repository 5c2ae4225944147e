"""Searches, options and sums as customers ask for them, on a shop of the corpus: real search and index, a reader that is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Note
from assistant.planning.plan import Details, Find, Plan, Policy
from assistant.reading.lines import Line, LineKind
from assistant.reading.reader import LABELS, Reading, line_text
from assistant.reading.verdict import Verdict
from assistant.tools.body_fit import body_verdict
from assistant.tools.find import find
from assistant.tools.policy import policy
from assistant.tools.products import details
from assistant.tools.run import run
from assistant.tools.tool import Bench, Task
from finetune.corpora.live import live_dialogue
from finetune.corpora.shop import CorpusShop
from retrieval.index.encoder import Vectors
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import CORPUS, northwire
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


@pytest.mark.parametrize("shown", [1, 2, 50])
def test_what_is_on_sale_is_counted_to_the_end(bench: Bench, monkeypatch: pytest.MonkeyPatch, shown: int) -> None:
    monkeypatch.setattr("assistant.tools.find.SHOWN", shown)
    moment = northwire().moment
    reduced = {
        product.item_group_id or product.id
        for product in bench.catalog.products.values()
        if product.offer_at(moment).saving
    }
    found = find(Find(sort="on_sale"), task("what's on sale?"), bench)
    assert len(found.products) == min(shown, len(reduced)) > 0
    assert found.more == len(reduced) - len(found.products)
    assert find(Find(kind="headphones"), task("headphones"), bench).more == 0


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


class Hears:
    """Hears every message as one line of a record, so far as `share` says."""

    def __init__(self, bench: Bench, line: Line, share: float) -> None:
        self._line = bench.finder.encode_documents([line_text(line)])[0]
        self._share = share

    def __call__(self, message: str, said: str) -> Vectors:
        noise = np.random.default_rng(1).normal(size=self._line.shape)
        noise -= (noise @ self._line) * self._line
        heard = self._share * self._line + (1 - self._share**2) ** 0.5 * noise / np.linalg.norm(noise)
        return np.asarray(heard, np.float32)


@pytest.mark.parametrize(("share", "is_guess"), [(0.95, False), (0.42, True)])
def test_a_page_that_is_not_surely_near_is_told_as_a_guess(bench: Bench, share: float, is_guess: bool) -> None:
    line = bench.lines_of("returns")[0]
    asked = replace(task("hm what about that"), hear=Hears(bench, line, share))
    found = policy(Policy(question="hm what about that"), asked, bench)
    assert found.lines
    assert {told.line.record for told in found.lines} == {"returns"}
    assert {told.is_guess for told in found.lines} == {is_guess}
    assert (Note.NOT_STATED in found.notes) is is_guess


def test_nothing_near_is_told_as_nothing(bench: Bench) -> None:
    asked = replace(task("hm what about that"), hear=Hears(bench, bench.lines_of("returns")[0], 0.0))
    found = policy(Policy(question="hm what about that"), asked, bench)
    assert (found.lines, found.notes) == ((), (Note.NOT_STATED,))


def test_a_question_that_hangs_on_another_is_heard_with_it() -> None:
    heard: list[tuple[str, str]] = []
    message = "Can I give the boots back if they press me? Does it cost me something?"

    def hear(text: str, said: str) -> Vectors:
        heard.append((text, said))
        return np.zeros(1, np.float32)

    asked = replace(task(message), hear=hear)
    first, second = "Can I give the boots back if they press me?", "Does it cost me something?"
    parts = [asked.for_part(first), asked.for_part(second), asked.for_part("Does anything cost me something?")]
    assert [(part.message, part.said) for part in parts] == [(first, ""), (second, first), (message, "")]
    assert all(part.heard is not None for part in parts)
    assert heard == [(first, ""), (second, first), (message, "")]


def test_a_question_about_no_product_is_asked_of_what_the_plan_finds(bench: Bench) -> None:
    question = "what do people say about them"
    plan = Plan(steps=(Find(kind="headphones"), Details(question=question)))
    found = run(plan, task(f"do you have headphones? and {question}"), bench)
    assert found.products
    assert {told.line.record for told in found.lines if 1 in told.steps} == {found.products[0]}
    nothing = run(plan.model_copy(update={"steps": plan.steps[1:]}), task(question), bench)
    assert nothing.products == nothing.lines == ()


@pytest.mark.parametrize(
    ("kind", "is_other"),
    [
        ("headphones", False),
        ("over-ear headphones", False),
        ("climbing headphones", True),
        ("headphones present", False),
    ],
)
def test_a_thing_without_what_tells_its_kind_is_of_another_kind(bench: Bench, kind: str, is_other: bool) -> None:
    found = find(Find(kind=kind), task(f"do you have {kind}"), bench)
    assert found.products
    assert (Note.OTHER_KIND in found.notes) is is_other


def test_a_kind_that_only_the_plan_names_is_not_spoken_of(bench: Bench) -> None:
    found = find(Find(kind="climbing headphones"), task("something for my ears"), bench)
    assert Note.OTHER_KIND not in found.notes


def test_a_bicycle_is_shown_in_the_size_of_its_rider(tmp_path: Path) -> None:
    shop = CorpusShop.load(CORPUS / "spoke-and-mile")
    bikes = live_dialogue(shop, tmp_path, ScriptedSpeaker(), SilentReader(), open_encoder(), frozenset()).bench
    for height, said in (("1.60 m", "a city bike for me, I am 1.60 m tall"), ("6 ft", "a city bike, he is 6ft tall")):
        found = find(Find(kind="bikes", want=said), Task(said, Need(), Thread(), shop.moment), bikes)
        limits = [line for id in found.products for line in bikes.lines_of(id) if line.text.startswith("Rider height")]
        assert limits, height
        assert {body_verdict(said, line) for line in limits} == {Verdict.SUPPORTS}


@pytest.mark.parametrize(("age", "is_kept"), [("15th birthday", True), ("17th birthday", False)])
def test_a_rule_on_age_is_told_with_the_goods_it_holds_for(tmp_path: Path, age: str, is_kept: bool) -> None:
    shop = CorpusShop.load(CORPUS / "velvet-hour")
    beauty = live_dialogue(shop, tmp_path, ScriptedSpeaker(), SilentReader(), open_encoder(), frozenset()).bench
    said = f"do you have hair color for my daughter's {age}"
    found = find(Find(kind="hair color"), Task(said, Need(), Thread(), shop.moment), beauty)
    rules = [told for told in found.lines if told.line.kind is LineKind.POLICY]
    assert found.products
    assert bool(rules) is is_kept
    assert all(told.verdict is Verdict.CONTRADICTS for told in rules)


@pytest.mark.parametrize(("message", "kind", "is_missed"), [
    ("my neck goes red whenever I shave, have you an aftershave balm?", "aftershave balm", False),
    ("a lipstick in bright blue", "lipstick", True),
])  # fmt: skip
def test_a_color_is_missed_only_in_goods_that_have_one(
    tmp_path: Path, message: str, kind: str, is_missed: bool
) -> None:
    shop = CorpusShop.load(CORPUS / "velvet-hour")
    home = live_dialogue(shop, tmp_path, ScriptedSpeaker(), SilentReader(), open_encoder(), frozenset())
    found = find(Find(kind=kind), Task(message, Need(), Thread(), shop.moment), home.bench)
    assert found.products
    assert (Note.LIMIT_NOT_MET in found.notes) is is_missed
