"""An adapter of the encoder takes over only if it ranks better, and with an index of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import assistant.opening
import finetune.embeddings.shop_training
from assistant.adapters.adapter import Adapter
from assistant.adapters.embeddings import EmbeddingVerdict, Rise, embeddings_registry, encoder_name
from assistant.adapters.registry import Serving
from assistant.cli import build_app
from assistant.opening import build_index, promote_embeddings, rollback_embeddings
from assistant.settings import Settings
from finetune.corpora.encoder_training import save_adapter, untrained_adapter
from finetune.embeddings.shop_training import Trained
from retrieval.errors import AdapterError, IndexMismatch
from retrieval.index.encoder import NO_ENCODER
from retrieval.index.home import IndexHome
from retrieval.index.index import Index
from retrieval.index.manifest import Manifest
from retrieval.index.sentence_encoder import LazyEncoder, open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import PRODUCTS
from tests.unit.word_encoder import WordEncoder

BETTER = EmbeddingVerdict(
    datetime(2026, 11, 20, tzinfo=UTC), "", 100, 10, 500,
    Rise(0.5, 0.6, 0.1, 0.02, 0.18), Rise(0.7, 0.71, 0.01, -0.02, 0.04),
)  # fmt: skip


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an adapter that was not judged."""
    folder = tmp_path_factory.mktemp("weights")
    save_adapter(untrained_adapter(2, 5)[0], folder, {})
    return folder


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An indexed shop, in which encoders are counted words with the name of the adapter that serves."""
    settings = Settings(_env_file=None, home=tmp_path)  # type: ignore[call-arg]

    def opened(serving: Serving) -> WordEncoder:
        return WordEncoder(f"words+{serving.name}")

    monkeypatch.setattr(assistant.opening, "open_serving", opened)
    monkeypatch.setattr(assistant.opening, "open_shop_encoder", lambda settings: opened(serving(settings)))
    monkeypatch.setattr(assistant.opening, "_open_product_finder", lambda settings: NO_ENCODER)
    Records(open_database(settings.resolved_database_url)).upsert_products(PRODUCTS)
    build_index(settings)
    return settings


def serving(settings: Settings) -> Serving:
    return embeddings_registry(settings).serving()


def judged(settings: Settings, weights: Path, verdict: EmbeddingVerdict = BETTER, name: str = "tuned") -> Path:
    """The adapter in the home, judged so."""
    folder = embeddings_registry(settings).place(name)
    folder.mkdir(parents=True)
    for path in weights.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    told = replace(verdict, digest=Adapter.read(folder).digest())
    (folder / "report.json").write_text(json.dumps({"verdict": told.as_json()}))
    return folder


def made_by(settings: Settings) -> str:
    """The encoder that the index in use names."""
    return Manifest.read(IndexHome(settings.home).current()).encoder


def test_a_better_one_serves_with_an_index_of_its_own_and_can_be_rolled_back(shop: Settings, weights: Path) -> None:
    folder = judged(shop, weights)
    assert made_by(shop) == "words+none"
    catalog = Records(open_database(shop.resolved_database_url)).catalog()
    old = Index.open(shop.home, catalog, WordEncoder("words+none"))
    promote_embeddings(shop, "tuned")
    assert (made_by(shop), serving(shop).folder) == ("words+tuned", folder)
    assert encoder_name(shop) == str(folder)
    with pytest.raises(IndexMismatch, match=r"made with embedding model words\+tuned, but now it is words\+none"):
        Index.open(shop.home, catalog, WordEncoder("words+none"))
    assert old.product_vectors.any()  # who still reads the old one keeps it
    old.close()
    rollback_embeddings(shop)
    assert (made_by(shop), serving(shop).folder) == ("words+none", None)
    assert encoder_name(shop) == ""


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (replace(BETTER, dense=Rise(0.5, 0.52, 0.02, -0.01, 0.05)), "does not rank better"),
        (replace(BETTER, dense=Rise(0.5, 0.5, 0.0, 0.0, 0.0)), "does not rank better"),
        (replace(BETTER, shown=Rise(0.7, 0.6, -0.1, -0.15, -0.05)), "what search shows gets worse"),
        (replace(BETTER, queries=19), "too few to tell"),
    ],
)
def test_one_that_is_not_clearly_better_may_not_serve(
    shop: Settings, weights: Path, verdict: EmbeddingVerdict, why: str
) -> None:
    judged(shop, weights, verdict)
    build = IndexHome(shop.home).current()
    with pytest.raises(AdapterError, match=why):
        promote_embeddings(shop, "tuned")
    assert serving(shop).name == "none"
    assert IndexHome(shop.home).current() == build


def test_an_index_that_cannot_be_built_leaves_all_as_it_was(
    shop: Settings, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(shop, weights)
    monkeypatch.setattr(WordEncoder, "encode_documents", lambda self, texts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        promote_embeddings(shop, "tuned")
    assert (made_by(shop), serving(shop).name) == ("words+none", "none")


def test_a_changed_one_is_not_opened(shop: Settings, weights: Path) -> None:
    folder = judged(shop, weights)
    promote_embeddings(shop, "tuned")
    (folder / "adapter_model.safetensors").write_bytes(b"")
    with pytest.raises(AdapterError, match="are not those that were promoted") as refused:
        encoder_name(shop)
    assert "aisle promote --embeddings tuned" in refused.value.hint


def test_an_encoder_that_is_set_wins(shop: Settings, weights: Path, tmp_path: Path) -> None:
    judged(shop, weights)
    promote_embeddings(shop, "tuned")
    assert encoder_name(Settings(_env_file=None, home=tmp_path, encoder="all-MiniLM-L6-v2")) == "all-MiniLM-L6-v2"  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("verdict", "options", "exit_code", "serves"),
    [
        (BETTER, [], 0, "today"),
        (BETTER, ["--keep"], 0, "none"),
        (replace(BETTER, dense=Rise(0.5, 0.52, 0.02, -0.01, 0.05)), [], 1, "none"),
    ],
)
def test_the_command_promotes_what_ranks_better_alone(
    shop: Settings,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verdict: EmbeddingVerdict,
    options: list[str],
    exit_code: int,
    serves: str,
) -> None:
    def trained(settings: Settings, name: str, *_: object) -> Trained:
        return Trained(judged(settings, weights, verdict, name), verdict)

    monkeypatch.setattr(finetune.embeddings.shop_training, "train_shop_embeddings", trained)
    done = CliRunner().invoke(
        build_app(), ["train", "embeddings", "--home", str(tmp_path), "--name", "today", *options]
    )
    assert done.exit_code == exit_code, done.output
    assert "cosine alone     0.500 → 0." in done.output
    assert (serving(shop).name, made_by(shop)) == (serves, f"words+{serves}")


def test_the_list_shows_how_each_was_judged(
    shop: Settings, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(shop, weights)
    monkeypatch.setenv("COLUMNS", "200")
    listed = CliRunner().invoke(build_app(), ["adapters", "--embeddings", "--home", str(tmp_path)]).output
    assert "▶  none" in listed
    assert "better: nDCG@10 0.500 → 0.600, +0.100 (+0.020 to +0.180) on 100 queries" in listed


def test_the_name_of_an_adapted_encoder_is_known_without_loading_it(weights: Path) -> None:
    lazy, untuned = LazyEncoder(str(weights)), LazyEncoder()
    assert lazy.name.startswith(f"{untuned.name}+{weights.name}@")
    assert open_encoder(str(weights)).name == lazy.name
