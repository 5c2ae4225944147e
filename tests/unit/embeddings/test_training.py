"""Training on a tiny shop, and what is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.adapter import Adapter
from assistant.adapters.embeddings import EmbeddingVerdict
from assistant.settings import Settings
from finetune.embeddings.queries import ShopTraits, split_queries
from finetune.embeddings.shop_training import free_name, train_shop_embeddings
from finetune.embeddings.training import EmbeddingRecipe
from retrieval.catalog.catalog import Catalog
from retrieval.errors import AdapterError, FeedError, SettingsError
from retrieval.index.sentence_encoder import open_encoder
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.small_shop import product

COLORS, KINDS = ("Red", "Blue", "Green"), ("Mugs", "Lamps", "Tents", "Kettles")
GOODS = tuple(
    product(f"{kind}-{color}-{brand}", f"{brand} {color}", "9", f"Shop > {kind}", color=color, brand=brand)
    for kind in KINDS
    for color in COLORS
    for brand in ("Fenn", "Skarn")
)
RECIPE = EmbeddingRecipe(rank=2, batch=8, most_steps=3)


def settings(home: Path, **chosen: object) -> Settings:
    return Settings(_env_file=None, home=home, **chosen)  # type: ignore[arg-type]


def test_an_adapter_is_trained_judged_and_described(tmp_path: Path) -> None:
    shop, steps = settings(tmp_path), list[int]()
    Records(open_database(shop.resolved_database_url)).upsert_products(GOODS)
    trained = train_shop_embeddings(shop, "first", RECIPE, lambda done, of, loss: steps.append(done), lambda line: None)
    assert steps == [1, 2, 3]
    assert trained.folder == tmp_path / "embeddings" / "first"
    assert EmbeddingVerdict.read(trained.folder) == trained.verdict
    assert trained.verdict.digest == Adapter.read(trained.folder).digest()
    judged = split_queries(ShopTraits.of(Catalog(GOODS)), (), RECIPE.seed).judged
    assert (trained.verdict.queries, trained.verdict.products) == (len(judged), len(GOODS))
    assert json.loads((trained.folder / "training.json").read_text())["recipe"]["seed"] == 1
    card = (trained.folder / "README.md").read_text()
    assert "base_model: sentence-transformers/all-MiniLM-L6-v2" in card
    assert "| all | dense |" in card
    assert str(Path.home()) not in card + (trained.folder / "adapter_config.json").read_text()
    tuned, untuned = open_encoder(str(trained.folder)), open_encoder()
    assert not np.allclose(tuned.encode_queries(["red mug"]), untuned.encode_queries(["red mug"]), atol=1e-5)
    assert free_name(shop, datetime(2026, 12, 1, tzinfo=UTC)) == "2026-12-01"
    with pytest.raises(AdapterError, match="already"):
        train_shop_embeddings(shop, "first", RECIPE, lambda done, of, loss: None, lambda line: None)


def test_another_encoder_is_not_tuned(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="other-model"):
        train_shop_embeddings(
            settings(tmp_path, encoder="other-model"), "a", RECIPE, lambda *_: None, lambda line: None
        )


def test_an_empty_shop_has_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="too little to learn from and to judge by: 0 queries"):
        train_shop_embeddings(settings(tmp_path), "a", RECIPE, lambda *_: None, lambda line: None)


def test_a_name_stays_inside_the_home(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="cannot be the name"):
        train_shop_embeddings(settings(tmp_path), "../a", RECIPE, lambda *_: None, lambda line: None)
