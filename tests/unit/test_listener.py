"""The listener that ships, one that was just trained, and what tools do with what was heard."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.reading.encoder_listener import open_listener
from assistant.reading.finder import open_finder
from assistant.reading.lines import Line
from assistant.reading.listener import conversation_before
from assistant.reading.reader import line_text
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

    def hear(self, message: str, before: str) -> Vectors:
        return self._vector


def test_the_listener_that_ships_hears_more_than_the_words_of_a_held_out_shop() -> None:
    shop = CorpusShop.load(CORPUS / "velvet-hour")
    scores = listener_scores([shop], open_listener(SHIPPED), open_finder(FINDER))
    heard, said, written = (scores[name] for name in ("listener", "finder, message", "finder, written question"))
    assert heard.page.value > said.page.value
    assert heard.record.value > said.record.value + 0.1
    assert written.page.value > 0.8


def test_the_conversation_before_names_what_was_said_and_what_is_in_view() -> None:
    thread = Thread(
        turns=tuple(TranscriptTurn(message, "", "", "") for message in ("hi", "a parasol?", "cheaper")),
        need=Need(use="a terrace"),
    )
    assert conversation_before(thread, ["Brolly", "Dune", "Fan", "Reef"]) == (
        "cheaper / Brolly; Dune; Fan / use a terrace / a parasol?"
    )
    assert conversation_before(Thread(), []) == " / "


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


@pytest.mark.parametrize("plan", ["details #1: is it possible at all", "find", "policy: is it possible at all"])
@pytest.mark.parametrize("page", [0, 1, 2])
def test_a_question_to_the_shop_is_answered_by_the_page_that_was_heard(tmp_path: Path, plan: str, page: int) -> None:
    shop, finder = northwire(), open_finder(FINDER)
    product, record = next(iter(shop.catalog.products)), list(shop.catalog.faqs)[page]
    line = max(shop.lines[record], key=lambda line: len(line.text))
    dialogue = live_dialogue(
        shop, tmp_path, ScriptedSpeaker(plan), MarkedReader({}), finder, frozenset(), listener=HearsALine(finder, line)
    )
    thread = Thread(shown=(product,)).opened_on(product, shop.briefing.group(product))
    brief = dialogue.prepare("and is that possible at all", thread).brief
    assert {told.line.record for told in brief.lines} == {record}


def test_a_question_about_one_product_in_view_is_asked_of_the_one_that_was_heard(tmp_path: Path) -> None:
    shop, finder = northwire(), open_finder(FINDER)
    first, second = [group[0] for group in _groups(shop)][:2]
    dialogue = live_dialogue(
        shop, tmp_path, ScriptedSpeaker("details #1: how much does it weigh"), MarkedReader({}), finder, frozenset(),
        listener=HearsALine(finder, shop.lines[second][0]),
    )  # fmt: skip
    thread = Thread(shown=(first, second)).opened_on(first, shop.briefing.group(first))
    assert dialogue.prepare("and how heavy would that be", thread).brief.products == (second,)


def _groups(shop: CorpusShop) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for id in shop.catalog.products:
        groups.setdefault(shop.briefing.group(id), []).append(id)
    return list(groups.values())


def test_each_of_two_questions_is_heard_by_itself(tmp_path: Path) -> None:
    shop, finder = northwire(), open_finder(FINDER)
    heard: list[str] = []

    class Notes(HearsALine):
        """Keeps what it is asked to hear."""

        def hear(self, message: str, before: str) -> Vectors:
            heard.append(message)
            return super().hear(message, before)

    listener = Notes(finder, next(iter(shop.lines.values()))[0])
    dialogue = live_dialogue(
        shop,
        tmp_path,
        ScriptedSpeaker("policy: opening hours"),
        MarkedReader({}),
        finder,
        frozenset(),
        listener=listener,
    )
    dialogue.prepare("can i try it out in your shop first? when are you open?", Thread())
    assert {"can i try it out in your shop first?", "when are you open?"} <= set(heard)
