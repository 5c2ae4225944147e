"""The listener that ships, one that was just trained, and what tools do with what was heard."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.plan import Details, Find, Plan, Policy, Step
from assistant.planning.planner import Planned
from assistant.reading.encoder_listener import open_listener
from assistant.reading.finder import open_finder
from assistant.reading.lines import Line
from assistant.reading.listener import conversation_before
from assistant.reading.reader import line_text
from assistant.turn import Dialogue
from finetune.corpora.listener_evaluation import listener_scores
from finetune.corpora.listener_training import ListenerRecipe, train_listener
from finetune.corpora.live import live_dialogue
from finetune.corpora.shop import CorpusShop
from retrieval.errors import ModelError
from retrieval.index.encoder import Encoder, Vectors
from tests.unit.corpus import CORPUS, northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_turn import MarkedReader

SHIPPED = Path("data/models/listener")
FINDER = Path("data/models/finder")


class HearsALine:
    """A listener that hears every message as one line of a record."""

    def __init__(self, finder: Encoder, line: Line) -> None:
        self._vector = finder.encode_documents([line_text(line)])[0]
        self.heard: list[str] = []

    def hear(self, message: str, before: str) -> Vectors:
        self.heard.append(message)
        return self._vector


class Plans:
    """A planner that always plans the same steps."""

    def __init__(self, *steps: Step) -> None:
        self._steps = steps

    def plan(self, system: str, context: str, thread: Thread, message: str, cancelled: threading.Event) -> Planned:
        return Planned(Plan(steps=self._steps), "")


@pytest.fixture(scope="module")
def finder() -> Encoder:
    return open_finder(FINDER)


@pytest.fixture(scope="module")
def live(finder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Dialogue:
    home = tmp_path_factory.mktemp("listened")
    return live_dialogue(northwire(), home, ScriptedSpeaker(), MarkedReader({}), finder, frozenset())


def test_the_listener_that_ships_hears_more_than_the_words_of_a_held_out_shop(finder: Encoder) -> None:
    shop = CorpusShop.load(CORPUS / "velvet-hour")
    scores = listener_scores([shop], open_listener(SHIPPED), finder)
    heard, said, written = (scores[name] for name in ("listener", "finder, message", "finder, written question"))
    assert heard.page.value > said.page.value
    assert heard.record.value > said.record.value + 0.1
    assert heard.search_as_page.value < 0.2 < 0.6 < heard.shop_as_page.value
    assert written.page.value > 0.8


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
    assert conversation_before(Thread(), products) == " / "


def test_a_listener_is_trained_saved_and_opened_again(tmp_path: Path) -> None:
    corpus, steps = tmp_path / "corpus", list[int]()
    corpus.mkdir()
    (corpus / "northwire").symlink_to((CORPUS / "northwire").resolve())
    (corpus / "splits.yaml").write_text("held_out: []\n")
    recipe = ListenerRecipe(passes=0.05, batch=8)
    folder = train_listener(corpus, FINDER, tmp_path / "listener", recipe, lambda done, of, loss: steps.append(done))
    assert steps == list(range(1, len(steps) + 1))
    assert json.loads((folder / "training.json").read_text())["recipe"]["batch"] == 8
    vector = open_listener(folder).hear("how heavy", "a parasol? / Brolly")
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    assert not (folder / "README.md").exists()
    assert str(Path.home()) not in (folder / "adapter_config.json").read_text()


def test_a_damaged_listener_says_how_to_get_another(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aisle train listener"):
        open_listener(tmp_path)


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
    assert dialogue.prepare("and how heavy would that be", Thread(shown=(first, second))).brief.products == (second,)


def test_each_of_two_questions_is_heard_by_itself(live: Dialogue, finder: Encoder) -> None:
    asked = ("can i try it out in your shop first?", "when are you open?")
    listener = HearsALine(finder, next(iter(northwire().lines.values()))[0])
    dialogue = replace(live, planner=Plans(*(Policy(question=each) for each in asked)), listener=listener)
    dialogue.prepare(" ".join(asked), Thread())
    assert set(asked) <= set(listener.heard)


def _about(step: Step, product: str) -> Step:
    return step.model_copy(update={"of": (product,)}) if isinstance(step, Details) else step
