"""One turn of dialogue over a real shop of the corpus: search, index, database and tools are real, the models scripted."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from assistant.actions.owner import Owner
from assistant.dialogue.need import Need
from assistant.dialogue.thread import REMEMBERED_TURNS, Thread
from assistant.evidence.brief import BriefLine, Note
from assistant.planning.plan import Bundle, Cart, Change, Choose, Compare, Details, Find, Order, Plan, Policy
from assistant.reading.lines import Line
from assistant.reading.reader import LABELS, Reading
from assistant.reading.verdict import Verdict
from assistant.tools.bundle import bundle
from assistant.tools.find import find
from assistant.tools.orders import change, order
from assistant.tools.policy import policy
from assistant.tools.products import choose, compare, details
from assistant.tools.reading import is_option
from assistant.tools.run import TOOLS, run
from assistant.tools.tool import Access, Asked, Bench, Findings, Task
from assistant.turn import Dialogue, TurnReply
from assistant.writing.composer import Composed
from finetune.corpora.live import live_dialogue
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import northwire
from tests.unit.scripted_speaker import ScriptedSpeaker


class MarkedReader:
    """Says of lines that contain a phrase what the test says, and that all others are silent."""

    def __init__(self, marks: dict[str, Verdict]) -> None:
        self.marks = marks
        self.asked: list[str] = []

    def read(self, question: str, lines: Sequence[Line]) -> list[Reading]:
        self.asked.append(question)
        return [self._reading(line) for line in lines]

    def _reading(self, line: Line) -> Reading:
        verdict = next((v for phrase, v in self.marks.items() if phrase in line.text), Verdict.SILENT)
        return Reading(line, tuple(0.91 if label is verdict else 0.03 for label in LABELS))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("northwire")


@pytest.fixture
def reader() -> MarkedReader:
    return MarkedReader({})


@pytest.fixture
def speaker() -> ScriptedSpeaker:
    return ScriptedSpeaker()


@pytest.fixture
def dialogue(home: Path, speaker: ScriptedSpeaker, reader: MarkedReader, encoder: Encoder) -> Dialogue:
    return live_dialogue(northwire(), home, speaker, reader, encoder, frozenset({"tak", "giv", "say"}))


@pytest.fixture
def bench(dialogue: Dialogue) -> Bench:
    return dialogue.bench


def ask(
    dialogue: Dialogue, message: str, thread: Thread = Thread(), customer: str = ""
) -> tuple[TurnReply, list[Composed]]:
    known = northwire().customers.get(customer)
    *said, last = dialogue.reply(message, thread, known)
    assert isinstance(last, TurnReply)
    return last, [each for each in said if isinstance(each, Composed)]


def task(message: str = "", customer: str | None = None, **need: object) -> Task:
    return Task(message, Need.model_validate(need), Thread(), northwire().moment, customer)


def test_a_message_becomes_a_plan_a_brief_and_a_checked_reply(
    dialogue: Dialogue, speaker: ScriptedSpeaker, reader: MarkedReader
) -> None:
    reader.marks = {"volume": Verdict.SUPPORTS}
    speaker.texts = ["find headphones: safe\nneed: for my son; want safe"]
    reply, _ = ask(dialogue, "headphones for my son that are safe")
    assert reply.plan.need == Need.model_validate({"for": "my son", "want": ("safe",)})
    assert reply.brief.products
    first = northwire().catalog.products[reply.brief.products[0]]
    assert f"the {first.title} at {first.current_price}" in reply.text
    assert not reply.is_fallback
    assert reader.asked[0] == "headphones: safe; for my son; want safe"
    assert reply.timings_ms.keys() >= {"planning", "tools", "first sentence", "writing"}


def test_the_next_message_is_read_in_the_light_of_the_thread(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones", "details #2: how heavy"]
    first, _ = ask(dialogue, "got headphones")
    second, _ = ask(dialogue, "how heavy is the second one", first.thread)
    assert second.brief.products == (first.brief.products[1],)
    assert first.text.split(".")[0] not in ("", None)
    assert "got headphones" in speaker.prompts[-1]
    assert second.brief.numbers == (2,)


def test_what_is_prepared_is_what_a_reply_is_written_from(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    plan = "find headphones\nneed: for my son"
    speaker.texts = [plan]
    reply, _ = ask(dialogue, "headphones for my son")
    speaker.texts = [plan]
    prepared = dialogue.prepare("headphones for my son", Thread())
    assert (prepared.planned.plan, prepared.brief) == (reply.plan, reply.brief)
    assert dialogue.thread_after(prepared, reply.written) == reply.thread


def test_a_product_that_nobody_knows_is_looked_for(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["details [silver flute]: light"]
    reply, _ = ask(dialogue, "got a light silver flute")
    assert reply.plan.steps == (Find(kind="silver flute", want="light"),)
    assert reply.thread.turns[-1].plan == "find silver flute: light"
    speaker.texts = ["details [silver flute]: how heavy"]
    assert ask(dialogue, "how heavy is the silver flute")[0].plan.steps == (
        Policy(question="how heavy is the silver flute"),
    )


def test_a_cancelled_turn_says_nothing_more(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["talk greet"]
    cancelled = threading.Event()
    said = []
    for event in dialogue.reply("hi", Thread(), None, cancelled):
        said.append(event)
        cancelled.set()
    assert not any(isinstance(event, TurnReply) for event in said)


@pytest.mark.parametrize("written", ["details [my rash]: does it help", "details: my rash", "rash #99: my rash"])
def test_the_log_of_a_plan_that_cannot_be_read_holds_no_word_of_the_customer(
    dialogue: Dialogue, speaker: ScriptedSpeaker, written: str
) -> None:
    speaker.texts = [written]
    with capture_logs() as logs:
        ask(dialogue, "does it help against my rash", Thread())
    assert "rash" not in repr(logs)


def test_the_page_that_is_open_is_number_one(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    group = dialogue.briefing.group("pip-headphones")
    speaker.texts = ["details #1: how heavy"]
    reply, _ = ask(dialogue, "how heavy is this", Thread().opened_on("pip-headphones", group))
    assert reply.brief.products == ("pip-headphones",)
    assert "on the page of #1" in speaker.prompts[0]


@pytest.mark.parametrize("said", ["how heavy is this", "how much does it weigh?", "weight?"])
def test_a_page_that_is_opened_in_a_conversation_is_what_the_next_question_is_about(
    dialogue: Dialogue, speaker: ScriptedSpeaker, said: str
) -> None:
    group = dialogue.briefing.group
    speaker.texts = ["details #1: how heavy"] * 3
    first, _ = ask(dialogue, "how heavy is this", Thread().opened_on("pip-headphones", group("pip-headphones")))
    opened = first.thread.opened_on("stillroom-headphones", group("stillroom-headphones"))
    second, _ = ask(dialogue, said, opened)
    assert second.brief.products == ("stillroom-headphones",)
    named, _ = ask(dialogue, "and how heavy is the Pip?", opened)
    assert named.brief.products == ("pip-headphones",)
    assert not second.thread.is_page_new


def test_a_product_that_contradicts_the_need_is_not_recommended(bench: Bench, reader: MarkedReader) -> None:
    plain = find(Find(kind="over-ear headphones", want="with a volume limit"), task(), bench)
    others = {line.text for id, lines in northwire().lines.items() if id != plain.products[0] for line in lines}
    own = [line.text for line in northwire().lines[plain.products[0]] if line.text not in others]
    reader.marks = dict.fromkeys(own, Verdict.CONTRADICTS)
    read = find(Find(kind="over-ear headphones", want="with a volume limit"), task(), bench)
    assert plain.products[0] not in read.products


WISH, WISHED = Find(kind="over-ear headphones", want="with a volume limit"), "over-ear headphones with a volume limit"


def _near_lines(bench: Bench, reader: MarkedReader) -> dict[str, list[Line]]:
    """The lines near to the wish of the two products that it brings, best first, where the nearest line of each is a reason to buy."""
    asked = Asked((f"{WISH.kind}: {WISH.want}",))

    def near(id: str) -> list[Line]:
        return [each.line for each in bench.nearest_lines(id, asked, 12) if not is_option(each.line)]

    reader.marks = {near(id)[0].text: Verdict.SUPPORTS for id in bench.catalog.products}
    return {id: near(id) for id in find(WISH, task(WISHED), bench).products[:2]}


@pytest.mark.parametrize("is_choice", [False, True])
def test_a_pick_comes_with_the_near_line_that_speaks_against_it(
    bench: Bench, reader: MarkedReader, is_choice: bool
) -> None:
    lines = _near_lines(bench, reader)
    pick, other = lines
    against = lines[pick][1]
    reader.marks = {lines[pick][0].text: Verdict.SUPPORTS, against.text: Verdict.LIMITS}
    asked = task(WISHED, want=("a volume limit",))
    found = choose(Choose(of=(pick, other)), asked, bench) if is_choice else find(WISH, asked, bench)
    assert found.products[0] == pick
    assert BriefLine(Verdict.LIMITS, against) in found.lines


def test_a_pick_that_its_record_contradicts_gives_way_to_the_next(bench: Bench, reader: MarkedReader) -> None:
    lines = _near_lines(bench, reader)
    pick, other = lines
    beyond = next(line for line in lines[pick][4:] if line.text not in {each.text for each in lines[other]})
    reader.marks |= {beyond.text: Verdict.CONTRADICTS}
    assert find(WISH, task(WISHED), bench).products[0] == other


@pytest.mark.parametrize("shown", [(), ("vista-27-monitor", "vista-32-monitor")])
def test_the_most_of_those_in_view_is_one_of_them(bench: Bench, shown: tuple[str, ...]) -> None:
    asked = replace(task("the cheapest of them"), thread=Thread(shown=shown))
    found = find(Find(sort="cheapest"), asked, bench).products
    assert found
    assert not shown or set(found) == set(shown)


def test_hard_limits_are_never_lost(bench: Bench) -> None:
    found = find(Find(kind="headphones", want="quiet"), task("headphones under 100 please"), bench)
    prices = [northwire().catalog.products[id].current_price.amount for id in found.products]
    assert prices
    assert max(prices) <= 100


def test_a_question_about_a_color_is_about_that_variant(bench: Bench) -> None:
    groups = northwire().catalog
    shown = next(p for p in groups.products.values() if len({v.color for v in groups.variants(p) if v.color}) > 1)
    other = next(v for v in groups.variants(shown) if v.color and v.color != shown.color)
    step = Details(of=(shown.id,), question="what does it cost")
    assert details(step, task("what does it cost"), bench).products == (shown.id,)
    assert details(step, task(f"and in {other.color.lower()}?"), bench).products == (other.id,)
    both = details(step, task(f"{shown.color.lower()} or {other.color.lower()}, which costs less"), bench).products
    assert {groups.products[id].color for id in both} == {shown.color, other.color}
    plan = Plan(steps=(step, Details(of=(other.id,), question="is it in stock")))
    assert len(run(plan, task("is it in stock"), bench).products) == 1


def test_a_limit_in_another_currency_is_noted_by_code(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    speaker.texts = ["find headphones\nneed: budget under 20,000 yen"]
    reply, said = ask(dialogue, "headphones under 20,000 yen")
    assert Note.FOREIGN_LIMIT in reply.brief.notes
    assert said[-1].text.startswith("I can't convert currencies")


def test_nothing_of_the_kind_is_said_so(bench: Bench) -> None:
    assert find(Find(kind="bicycles"), task("got bicycles"), bench).notes == (Note.NOTHING_FOUND,)


def test_a_bundle_stays_in_its_budget_if_it_can_and_adds_up(bench: Bench) -> None:
    kinds = ("keyboards", "chargers")
    found = bundle(Bundle(kinds=kinds), task(budget="under 2000"), bench)
    products = [northwire().catalog.products[id] for id in found.products]
    assert len(products) == 2
    total = sum(product.current_price.amount for product in products)
    assert found.sums[0].text == f"${total:,.2f}"
    assert found.sums[1].text == f"${2000 - total:,.2f}"
    assert bundle(Bundle(kinds=kinds), task(budget="under 1"), bench).notes == (Note.OVER_BUDGET,)


def test_a_question_is_answered_from_the_record_else_from_a_page_else_not(bench: Bench, reader: MarkedReader) -> None:
    def told(question: str) -> Findings:
        return details(Details(of=("pip-headphones",), question=question), task(question), bench)

    weight = next(line for line in northwire().lines["pip-headphones"] if line.text.startswith("Weight"))
    assert weight in [each.line for each in told("how heavy are the headphones").lines]
    returned = told("can I return the headphones if I opened the box")
    assert returned.lines
    assert {each.line.record for each in returned.lines} <= set(northwire().catalog.faqs)
    assert told("who won the world cup in 1998").notes == (Note.NOT_STATED,)


def test_comparing_shows_what_differs_and_by_how_much(bench: Bench) -> None:
    found = compare(Compare(of=("vista-27-monitor", "vista-32-monitor")), task(), bench)
    texts = [each.line.text.split(":")[0] for each in found.lines]
    assert found.lines
    assert {texts.count(name) for name in texts} == {2}
    assert found.sums[0].name == "difference"


def test_choosing_puts_first_what_the_need_speaks_for(bench: Bench, reader: MarkedReader) -> None:
    reader.marks = {northwire().lines["vista-32-monitor"][0].text: Verdict.SUPPORTS}
    step = Choose(of=("vista-27-monitor", "vista-32-monitor"))
    assert choose(step, task(use="drawing"), bench).products[0] == "vista-32-monitor"


def test_a_condition_of_the_page_is_told_with_the_answer(bench: Bench, reader: MarkedReader) -> None:
    page = northwire().lines["returns"]
    reader.marks = {page[0].text: Verdict.SUPPORTS, page[1].text: Verdict.LIMITS}
    found = policy(Policy(question="how long can I return something"), task(), bench)
    assert [each.line for each in found.lines] == list(page[:2])
    assert found.notes == ()


def test_a_page_that_does_not_answer_is_no_answer(bench: Bench) -> None:
    assert policy(Policy(question="who won the world cup in 1998"), task(), bench).notes == (Note.NOT_STATED,)


def test_orders_are_only_their_owners(bench: Bench) -> None:
    mine = {id for id, each in northwire().orders.items() if each.customer_id == "C-1"}
    foreign = next(id for id in northwire().orders if id not in mine)
    assert order(Order(what="status"), task(), bench).notes == (Note.SIGNED_OUT,)
    assert order(Order(what="status", order=foreign), task(customer="C-1"), bench).notes == (Note.NO_ORDER,)
    history = order(Order(what="history"), task(customer="C-1"), bench)
    assert {each.id for each in history.orders} <= mine
    assert history.orders


def test_a_change_that_nobody_may_propose_changes_nothing(bench: Bench) -> None:
    owner = Owner(customer_id="C-1")
    before = bench.actions.find(owner)
    found = change(Change(what="cancel", order=before[0].order.id), task(customer="C-1"), bench)
    assert [each.id for each in found.orders] == [before[0].order.id]
    assert found.change is None
    assert bench.actions.find(owner) == before
    assert {step for step, tool in TOOLS.items() if tool.access is Access.WRITE} == {Change, Cart}


def test_a_thread_remembers_the_last_turns_and_every_product(dialogue: Dialogue, speaker: ScriptedSpeaker) -> None:
    thread = Thread()
    for number in range(REMEMBERED_TURNS + 2):
        speaker.texts = ["find headphones"]
        reply, _ = ask(dialogue, f"headphones {number}", thread)
        thread = reply.thread
    assert len(thread.turns) == REMEMBERED_TURNS
    assert thread.numbers.number(dialogue.briefing.group(thread.shown[0])) == 1


def test_asking_whether_it_comes_in_a_color_is_answered_by_the_record(bench: Bench) -> None:
    catalog = northwire().catalog
    shown = next(p for p in catalog.products.values() if len({v.color for v in catalog.variants(p) if v.color}) > 1)
    colors = {variant.color.casefold() for variant in catalog.variants(shown)}
    others = {p.color.casefold() for p in catalog.products.values() if p.color} - colors
    known, unknown = min(colors), min(color for color in others if " " not in color)
    step = Details(of=(shown.id,), question="does it come in it")
    assert details(step, task(f"does it come in {known}?"), bench).notes == (Note.HAS_COLOR,)
    assert details(step, task(f"does it come in {unknown}?"), bench).notes == (Note.NO_SUCH_COLOR,)


def test_of_a_kind_with_a_word_before_it_only_those_come_whose_record_has_it(
    bench: Bench, reader: MarkedReader
) -> None:
    products = northwire().catalog.products
    reader.marks = {"e": Verdict.SUPPORTS}

    def titles(message: str) -> list[str]:
        found = find(Find(kind="keyboards", want=message), task(message), bench)
        return [products[id].title for id in found.products]

    assert titles("a mechanical keyboard")[0] == "Anvil Mechanical Keyboard"
    assert "Feather Slim Keyboard" not in titles("a mechanical keyboard")
    assert len(titles("a zesty keyboard")) > 1
