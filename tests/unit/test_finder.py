"""The finder that ships, one that was just trained, and what tools do with what was heard."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import Note
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.plan import Details, Find, Plan, Policy, Step
from assistant.planning.planner import Planned
from assistant.reading.finder import EncoderFinder, open_finder
from assistant.reading.lines import Line
from assistant.reading.listener import NOTHING_BEFORE, before_text, conversation_before
from assistant.reading.reader import line_text
from assistant.tools.tool import Asked
from assistant.tools.variants import group_of
from assistant.turn import Dialogue
from finetune.corpora.finder_evaluation import finder_scores
from finetune.corpora.finder_training import FinderRecipe, train_finder
from finetune.corpora.live import live_dialogue
from finetune.corpora.shop import CorpusShop
from retrieval.errors import ModelError
from retrieval.index.document import product_text
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import CORPUS, northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_turn import MarkedReader

SHIPPED = Path("data/models/finder")


class HearsALine:
    """A listener that hears every message as one line of a record."""

    def __init__(self, finder: Encoder, line: Line) -> None:
        self._vector = finder.encode_documents([line_text(line)])[0]
        self.heard: list[str] = []

    def hear(self, message: str, before: str) -> Vectors:
        self.heard.append(message)
        return self._vector


class Hears:
    """A listener that hears every message at one place."""

    def __init__(self, vector: Vectors) -> None:
        self._vector = np.asarray(vector / np.linalg.norm(vector), np.float32)

    def hear(self, message: str, before: str) -> Vectors:
        return self._vector


class HearsNothing(Hears):
    """A listener for whom no line is near to any message."""

    def __init__(self, finder: Encoder) -> None:
        every = [line for lines in northwire().lines.values() for line in lines]
        mean = finder.encode_documents([line_text(line) for line in every[:64]]).mean(0)
        super().__init__(-mean)


class Plans:
    """A planner that always plans the same steps."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps

    def plan(self, system: str, context: str, thread: Thread, message: str, cancelled: threading.Event) -> Planned:
        return Planned(Plan(steps=self._steps), "")


@pytest.fixture(scope="module")
def finder() -> EncoderFinder:
    return open_finder(SHIPPED)


@pytest.fixture(scope="module")
def live(finder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Dialogue:
    home = tmp_path_factory.mktemp("listened")
    return live_dialogue(
        northwire(), home, ScriptedSpeaker(), MarkedReader({}), finder, frozenset(), product_finder=finder
    )


def test_the_finder_that_ships_hears_more_than_the_words_of_a_held_out_shop(finder: EncoderFinder) -> None:
    scores = finder_scores([CorpusShop.load(CORPUS / "velvet-hour")], finder, open_encoder())
    heard, said = scores["finder"], scores["finder, message alone"]
    written, untrained = scores["finder, written question"], scores["untrained, message alone"]
    assert heard.page.value > untrained.page.value + 0.1
    assert heard.record.value > said.record.value + 0.1
    assert heard.search_as_page.value < 0.2 < 0.6 < heard.shop_as_page.value
    assert written.page.value > 0.8
    assert heard.follow_up_as_served.value > heard.follow_up.value


def test_the_conversation_before_names_what_was_said_and_what_is_in_view() -> None:
    products = northwire().catalog.products
    first, second, third, fourth = list(products)[:4]
    thread = Thread(
        turns=tuple(TranscriptTurn(message, "", "", "") for message in ("hi", "a parasol?", "cheaper")),
        need=Need(use="a terrace"),
        page=fourth,
    )
    view = "; ".join(products[id].title for id in (first, second, third))
    shown = replace(thread, shown=(first, second, third, fourth))
    assert conversation_before(shown, products) == f"cheaper / {view} / use a terrace / a parasol?"
    assert conversation_before(thread, products) == f"cheaper / {products[fourth].title} / use a terrace / a parasol?"
    assert conversation_before(Thread(), products) == NOTHING_BEFORE
    assert conversation_before(thread, products, "in red").startswith("in red / ")
    assert conversation_before(thread, products, "in red").endswith(" / cheaper")
    assert before_text(["cheaper", "a parasol?", "hi"], ["Brolly"]) == "cheaper / Brolly /  / a parasol?"


def test_a_finder_is_trained_saved_and_opened_again(tmp_path: Path) -> None:
    corpus, steps = tmp_path / "corpus", list[int]()
    corpus.mkdir()
    (corpus / "northwire").symlink_to((CORPUS / "northwire").resolve())
    (corpus / "splits.yaml").write_text("held_out: []\n")
    recipe = FinderRecipe(passes=0.03, batch=8)
    folder = train_finder(corpus, tmp_path / "finder", recipe, lambda done, of, loss: steps.append(done))
    assert steps == list(range(1, len(steps) + 1))
    assert json.loads((folder / "training.json").read_text())["recipe"]["batch"] == 8
    trained = open_finder(folder)
    vector = trained.hear("how heavy", "a parasol? / Brolly")
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    assert trained.encode_documents(["Weight: 2 kg", "It is red."]).shape == (2, trained.dimension)
    assert trained.encode_queries([]).shape == (0, trained.dimension)
    assert not (folder / "README.md").exists()
    assert str(Path.home()) not in (folder / "adapter_config.json").read_text()


def test_lines_of_any_order_get_the_same_vectors(finder: EncoderFinder) -> None:
    lines = [f"Weight: {size} kg" + " and more of it" * size for size in range(40)]
    together = finder.encode_documents(lines)
    alone = [finder.eval().encode_documents([line])[0] for line in lines]  # which forgets what is known
    assert np.allclose(together, alone, atol=1e-4)


def test_lines_are_read_once_until_the_weights_change(finder: EncoderFinder, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    lines = EncoderFinder.lines

    def counted(self: EncoderFinder, texts: list[str]) -> object:
        read.extend(texts)
        return lines(self, texts)

    monkeypatch.setattr(EncoderFinder, "lines", counted)
    finder.eval()
    first = finder.encode_documents(["It is red.", "Weight: 2 kg", "It is red."])
    again = finder.encode_documents(["Weight: 2 kg", "It is blue."])
    assert sorted(read) == ["It is blue.", "It is red.", "Weight: 2 kg"]
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(first[0], first[2])
    finder.eval()
    finder.encode_documents(["It is red."])
    assert read[-1] == "It is red."


def test_a_warm_bench_reads_no_line_for_a_customer(live: Dialogue, monkeypatch: pytest.MonkeyPatch) -> None:
    live.bench.warm()
    monkeypatch.setattr(EncoderFinder, "lines", lambda self, texts: pytest.fail(f"read {texts}"))
    for record in (*live.bench.catalog.products, *live.bench.catalog.faqs):
        assert live.bench.nearest_lines(record, Asked(("how heavy is it",)), 1) or not live.bench.lines_of(record)


def test_a_damaged_finder_says_how_to_get_another(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aisle train finder"):
        open_finder(tmp_path)


@pytest.mark.parametrize(
    "step", [Details(of=("?",), question="is it possible at all"), Find(), Policy(question="is it possible at all")]
)
def test_a_question_to_the_shop_is_answered_by_the_page_that_was_heard(
    live: Dialogue, finder: Encoder, step: Step
) -> None:
    shop = northwire()
    product, record = next(iter(shop.catalog.products)), list(shop.catalog.faqs)[1]
    line = max(shop.lines[record], key=lambda line: len(line.text))
    dialogue = replace(live, planner=Plans(_about(step, product)), listener=HearsALine(finder, line))
    brief = dialogue.prepare("and is that possible at all", Thread(shown=(product,))).brief
    assert {told.line.record for told in brief.lines} == {record}


def test_a_question_about_one_product_in_view_is_asked_of_the_one_that_was_heard(
    live: Dialogue, finder: Encoder
) -> None:
    shop = northwire()
    groups = {shop.briefing.group(id): id for id in shop.catalog.products}
    first, second = list(groups.values())[:2]
    step = Details(of=(first,), question="how much does it weigh")
    dialogue = replace(live, planner=Plans(step), listener=HearsALine(finder, shop.lines[second][0]))
    shown = Thread(shown=(first, second))
    assert dialogue.prepare("and how heavy would that be", shown).brief.products == (second,)
    assert dialogue.prepare("how heavy is the first one", shown).brief.products == (first,)


@pytest.mark.parametrize(
    ("said", "heard", "is_new"),
    [
        ("does the monitor come with a cable", "monitor", True),
        ("how long is the warranty of the monitors", "monitor", True),
        ("and the monitor, has it a stand?", "monitor", True),
        ("is it any good", "monitor", False),
        ("can i plug it into my monitor", "earphone", False),
    ],
)
def test_a_question_about_a_thing_by_another_name_leaves_the_product_in_view(
    live: Dialogue, finder: Encoder, said: str, heard: str, is_new: bool
) -> None:
    shop = northwire()
    products = shop.catalog.products
    ears, monitor = (next(id for id, each in products.items() if word in each.title.casefold()) for word in ("earphone", "monitor"))  # fmt: skip
    line = max(shop.lines[monitor if heard == "monitor" else ears], key=lambda line: len(line.text))
    listener = HearsALine(finder, line)
    step = Details(of=(ears,), question=said)
    dialogue = replace(live, planner=Plans(step), listener=listener, wish_listener=listener)
    (about,) = dialogue.prepare(said, Thread(shown=(ears,))).brief.products
    assert shop.briefing.group(about) == shop.briefing.group(monitor if is_new else ears)


@pytest.mark.parametrize("kind", ["", "wossnames"])
def test_a_search_shows_what_was_heard_whatever_the_plan_calls_it(live: Dialogue, finder: Encoder, kind: str) -> None:
    shop = northwire()
    product = list(shop.catalog.products)[7]
    listener = HearsALine(finder, max(shop.lines[product], key=lambda line: len(line.text)))
    dialogue = replace(
        live, planner=Plans(Find(kind=kind, want="for my ears")), listener=listener, wish_listener=listener
    )
    brief = dialogue.prepare("something small for my ears", Thread()).brief
    assert shop.briefing.group(brief.products[0]) == shop.briefing.group(product)


def test_a_kind_that_was_named_is_kept_unless_something_else_is_much_nearer(live: Dialogue, finder: Encoder) -> None:
    products = northwire().catalog.products.values()
    ears, monitors = (
        next(each for each in products if kind in each.category_path) for kind in ("Earphones", "Monitors")
    )
    one, other = finder.encode_documents([product_text(ears), product_text(monitors)])

    def kinds_shown(ears_count: float) -> set[str]:
        heard = Hears(one * ears_count + other * (1 - ears_count))
        said = "something for my ears when I sit at the monitors"
        plans = Plans(Find(kind="monitors", want=said))
        dialogue = replace(live, planner=plans, listener=heard, wish_listener=heard)
        shown = dialogue.prepare(said, Thread()).brief.products
        return {northwire().catalog.products[id].category_path[-1] for id in shown}

    assert kinds_shown(0.5) == {"Monitors"}
    assert "Earphones" in kinds_shown(1)


def test_a_product_that_was_removed_since_is_no_longer_spoken_of(live: Dialogue, finder: Encoder) -> None:
    listener = HearsALine(finder, next(iter(northwire().lines.values()))[0])
    step = Details(of=("gone",), question="how heavy is it")
    dialogue = replace(live, planner=Plans(step), listener=listener, wish_listener=listener)
    assert dialogue.prepare("how heavy is it", Thread(shown=("gone",))).brief.products == ()


@pytest.mark.parametrize(
    "said", ["something for my ears, no earphones", "not earphones please", "no earphones, something else"]
)
def test_what_was_ruled_out_stays_so_however_near_it_is(live: Dialogue, finder: Encoder, said: str) -> None:
    products = northwire().catalog.products
    ears = next(each for each in products.values() if "Earphones" in each.category_path)
    heard = Hears(finder.encode_documents([product_text(ears)])[0])
    dialogue = replace(live, planner=Plans(Find(want=said)), listener=heard, wish_listener=heard)
    shown = dialogue.prepare(said, Thread()).brief.products
    assert not any("Earphones" in products[id].category_path for id in shown)


def test_the_less_a_wish_is_like_anything_the_less_sure_is_the_reply(live: Dialogue, finder: Encoder) -> None:
    """What is near is shown, what is less near is shown as what comes nearest, and what is far is not shown."""
    ears = next(each for each in northwire().catalog.products.values() if "Earphones" in each.category_path)
    near = finder.encode_documents([product_text(ears)])[0]
    apart = np.random.default_rng(3).normal(size=near.shape).astype(near.dtype)
    apart -= near * (apart @ near)
    outcomes = []
    for share in (1.0, 0.5, 0.4, 0.3, 0.2, 0.0):
        mixed = share * near + (1 - share**2) ** 0.5 * apart / np.linalg.norm(apart)
        heard = Hears((mixed / np.linalg.norm(mixed)).astype(near.dtype))
        said = "something to listen to music with on the train"
        dialogue = replace(live, planner=Plans(Find(want=said)), listener=heard, wish_listener=heard)
        brief = dialogue.prepare(said, Thread()).brief
        outcomes.append(0 if Note.NOTHING_FOUND in brief.notes else 1 if Note.HARDLY_ALIKE in brief.notes else 2)
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == {0, 1, 2}


def test_an_order_by_what_no_product_of_the_kind_has_is_dropped(live: Dialogue, finder: Encoder) -> None:
    shop = northwire()
    monitors = [id for id, each in shop.catalog.products.items() if "Monitors" in each.category_path]
    assert not any("battery_life" in shop.catalog.products[id].attributes for id in monitors)
    line = max(shop.lines[monitors[-1]], key=lambda line: len(line.text))
    plans, heard = (
        Plans(Find(kind="monitors", want="the monitor that lasts longest", sort="most battery_life")),
        HearsALine(finder, line),
    )
    dialogue = replace(live, planner=plans, listener=heard, wish_listener=heard)
    assert dialogue.prepare("the monitor that lasts longest", Thread()).brief.products[0] == monitors[-1]


def test_what_is_like_a_product_in_view_is_another_of_its_kind_within_the_limits(live: Dialogue) -> None:
    products = northwire().catalog.products
    phones = [id for id, each in products.items() if "Over-Ear Headphones" in each.category_path]
    said, seen = "anything similar?", Thread(shown=(phones[0],))
    dialogue = replace(live, planner=Plans(Find(want=said)))
    shown = dialogue.prepare(said, seen).brief.products
    assert shown
    assert not {group_of(products[id]) for id in shown} & {group_of(products[phones[0]])}
    assert products[shown[0]].category_path[0] == products[phones[0]].category_path[0]
    cheap = dialogue.prepare("anything similar under $60?", seen).brief.products
    assert cheap
    assert all(products[id].price.amount <= 60 for id in cheap)


def test_what_is_like_nothing_in_the_shop_is_not_found(live: Dialogue) -> None:
    heard = HearsNothing(live.bench.finder)
    dialogue = replace(live, planner=Plans(Find(kind="wossnames")), listener=heard, wish_listener=heard)
    brief = dialogue.prepare("my aunt wants wossnames", Thread()).brief
    assert brief.products == ()
    assert Note.NOTHING_FOUND in brief.notes


def test_each_of_two_questions_is_heard_by_itself(live: Dialogue, finder: Encoder) -> None:
    asked = ("can i try it out in your shop first?", "when are you open?")
    listener = HearsALine(finder, next(iter(northwire().lines.values()))[0])
    dialogue = replace(live, planner=Plans(*(Policy(question=each) for each in asked)), listener=listener)
    dialogue.prepare(" ".join(asked), Thread())
    assert set(asked) <= set(listener.heard)


def _about(step: Step, product: str) -> Step:
    return step.model_copy(update={"of": (product,)}) if isinstance(step, Details) else step
