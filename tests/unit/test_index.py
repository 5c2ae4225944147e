from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filter import Condition, Filter, Operator
from retrieval.catalog.money import Money
from retrieval.errors import IndexDamaged, IndexMismatch, IndexMissing, SearchIndexError
from retrieval.index.encoder import Vectors
from retrieval.index.home import IndexHome
from retrieval.index.index import PASSAGES, PRODUCTS, Index
from retrieval.index.texts import IndexTexts
from retrieval.search.search import Search
from tests.unit.small_shop import FAQS, SMALL_SHOP, random_shop
from tests.unit.word_encoder import WordEncoder

ENCODER = WordEncoder()
TENT = SMALL_SHOP.products["wren"]


def changed(catalog: Catalog, **fields: object) -> Catalog:
    return Catalog([replace(TENT, **fields) if p.id == TENT.id else p for p in catalog.products.values()], FAQS)  # type: ignore[arg-type]


def builds(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "index" / "builds").iterdir())


def current(home: Path) -> Path:
    return IndexHome(home).current()


def test_what_is_built_can_be_opened_and_searched(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    index = Index.open(tmp_path, SMALL_SHOP, ENCODER)
    vector = ENCODER.encode_queries(["red mug"])[0]
    assert index.product_ids[index.store.nearest(PRODUCTS, vector, 1)[0]] == "mug-red"
    assert index.store.count(PASSAGES) == len(index.passage_faqs) == len(index.passage_vectors)
    assert np.allclose(np.linalg.norm(index.product_vectors, axis=1), 1, atol=1e-5)
    index.close()


def test_before_the_first_build_the_message_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="Run: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER)


def test_another_encoder_or_other_texts_are_refused(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    with pytest.raises(IndexMismatch, match=r"embedding model word-encoder@1, but now it is other@2\nRun: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, WordEncoder("other@2"))
    with pytest.raises(IndexMismatch, match="catalogue content"):
        Index.open(tmp_path, changed(SMALL_SHOP, description="A heavy tent."), ENCODER)
    with pytest.raises(IndexMismatch, match=r"Chroma server none, but now it is http://x"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER, "http://x")


def test_products_are_placed_by_a_second_encoder_too(tmp_path: Path) -> None:
    wishes = WordEncoder("wishes@1")
    Index.build(tmp_path, SMALL_SHOP, ENCODER, wishes=wishes).close()
    assert len(wishes.encoded) == len(SMALL_SHOP.products)
    index = Index.open(tmp_path, SMALL_SHOP, ENCODER, wishes=wishes)
    search, wish = Search(SMALL_SHOP, index, ENCODER), wishes.encode_queries(["red mug"])[0]
    first, *others = search.nearest_to(wish, Filter(), 3)
    assert [first.product.id, len(others)] == ["mug-red", 2]
    near = search.nearness_to(wish, ["mug-red", "wren"])
    assert 1 >= near[0] > near[1] >= 0
    tents = Filter((Condition("product_type", Operator.IN, TENT.category_path[-1:]),))
    assert {each.product.product_type for each in search.nearest_to(wish, tents, 3)} == {TENT.product_type}
    index.close()


def test_the_second_encoder_places_what_is_new_and_no_more(tmp_path: Path) -> None:
    wishes, heavy = WordEncoder("wishes@1"), changed(SMALL_SHOP, description="A heavy tent.")
    Index.build(tmp_path, SMALL_SHOP, ENCODER, wishes=wishes).close()
    between = Index.interim(tmp_path, heavy, ENCODER, wishes)
    placed = dict(zip(between.product_ids, between.product_places.any(axis=1), strict=True))
    assert [id for id, is_placed in placed.items() if not is_placed] == [TENT.id]
    before = len(wishes.encoded)
    index = Index.build(tmp_path, heavy, ENCODER, wishes=wishes)
    assert len(wishes.encoded) == before + 1
    assert index.product_places.any(axis=1).all()
    index.close()


def test_an_index_of_another_second_encoder_is_refused_unless_none_is_wanted(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER, wishes=WordEncoder("wishes@1")).close()
    with pytest.raises(IndexMismatch, match=r"product finder wishes@1, but now it is wishes@2\nRun: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER, wishes=WordEncoder("wishes@2"))
    with contextlib.closing(Index.open(tmp_path, SMALL_SHOP, ENCODER)) as index:
        assert index.product_places.shape == (len(SMALL_SHOP.products), 0)
    between = Index.interim(tmp_path, SMALL_SHOP, ENCODER, WordEncoder("wishes@2"))
    assert between.product_vectors.any()
    assert not between.product_places.any()


def test_a_new_price_needs_no_new_index(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    Index.open(tmp_path, changed(SMALL_SHOP, price=Money(Decimal(1)), quantity=3), ENCODER).close()


def test_only_what_changed_is_embedded_again(tmp_path: Path) -> None:
    encoder = WordEncoder()
    Index.build(tmp_path, SMALL_SHOP, encoder).close()
    first = len(encoder.encoded)
    Index.build(tmp_path, SMALL_SHOP, encoder).close()
    assert len(encoder.encoded) == first
    Index.build(tmp_path, changed(SMALL_SHOP, description="A heavy tent."), encoder).close()
    assert [text for text in encoder.encoded[first:] if "heavy" in text] == encoder.encoded[first:]
    assert len(encoder.encoded) == first + 1


def test_reused_vectors_are_those_of_a_fresh_build(tmp_path: Path) -> None:
    later = changed(SMALL_SHOP, description="A heavy tent.")
    Index.build(tmp_path / "a", SMALL_SHOP, ENCODER).close()
    reused = Index.build(tmp_path / "a", later, ENCODER)
    fresh = Index.build(tmp_path / "b", later, ENCODER)
    assert np.array_equal(reused.product_vectors, fresh.product_vectors)
    reused.close()
    fresh.close()


def test_another_encoder_embeds_everything_anew(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    other = WordEncoder("other@2")
    Index.build(tmp_path, SMALL_SHOP, other).close()
    assert len(other.encoded) >= len(SMALL_SHOP.products)


def test_progress_reaches_its_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    Index.build(tmp_path, SMALL_SHOP, ENCODER, lambda *step: told.append(step)).close()
    assert {stage for stage, _, _ in told} == {"embedding", "storing"}
    assert all(done == total for stage, done, total in [told[-1], [t for t in told if t[0] == "embedding"][-1]])


def test_an_old_build_is_kept_while_it_is_read_and_removed_later(tmp_path: Path) -> None:
    reader = Index.build(tmp_path, SMALL_SHOP, ENCODER)
    Index.build(tmp_path, changed(SMALL_SHOP, title="Wren"), ENCODER).close()
    assert len(builds(tmp_path)) == 2
    assert len(reader.store.nearest(PRODUCTS, reader.product_vectors[0], 3)) == 3
    reader.close()
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    assert len(builds(tmp_path)) == 1


def test_a_second_builder_is_told_to_wait(tmp_path: Path) -> None:
    with IndexHome(tmp_path).building(), pytest.raises(SearchIndexError, match="another process is building"):
        Index.build(tmp_path, SMALL_SHOP, ENCODER)


@pytest.mark.parametrize("catalog", [Catalog(()), Catalog((), FAQS), Catalog(SMALL_SHOP.products.values())])
def test_a_shop_may_lack_products_or_faqs(catalog: Catalog, tmp_path: Path) -> None:
    index = Index.build(tmp_path, catalog, ENCODER)
    assert (len(index.product_vectors), len(index.passage_vectors) > 0) == (len(catalog.products), bool(catalog.faqs))
    index.close()


@pytest.mark.parametrize("name", ["manifest.json", "vectors.npy", "texts.json", "product-words/vocab.index.json"])
@pytest.mark.parametrize("damage", ["cut", "gone", "changed"])
def test_a_damaged_file_is_found_and_the_next_build_mends_it(name: str, damage: str, tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    path = current(tmp_path) / name
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else whole[:-3] + b"xyz")
    with pytest.raises(IndexDamaged, match="Run: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER)
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    Index.open(tmp_path, SMALL_SHOP, ENCODER).close()


def test_a_damaged_vector_store_is_found(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    store = current(tmp_path) / "chroma" / "chroma.sqlite3"
    store.write_bytes(os.urandom(store.stat().st_size))
    with pytest.raises(IndexDamaged, match="Run: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER)


@pytest.mark.parametrize("pointer", ["", "nothing-there", "../..", "\x00"])
def test_a_damaged_pointer_is_found(pointer: str, tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    (tmp_path / "index" / "current").write_text(pointer)
    with pytest.raises(IndexDamaged, match="Run: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER)
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    Index.open(tmp_path, SMALL_SHOP, ENCODER).close()


def test_a_home_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(SearchIndexError, match=r"cannot be written: .*\n.*AISLE_HOME"):
        Index.build(tmp_path / "home", SMALL_SHOP, ENCODER)


def test_a_full_disk_is_a_clear_error_and_leaves_the_old_index(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(SearchIndexError, match=r"cannot be (written|opened)|cannot (store|open)"):
            Index.build(tmp_path, changed(SMALL_SHOP, title="Wren"), ENCODER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(builds(tmp_path)) == 1
    Index.open(tmp_path, SMALL_SHOP, ENCODER).close()


class BreakingEncoder(WordEncoder):
    """Fails after `batches` batches, as a kill would."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self._left = batches

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return super().encode_documents(texts)


@pytest.mark.parametrize("torn", [0, 7])
def test_a_build_goes_on_where_another_was_killed(torn: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.index.index._EMBED_BATCH", 10)
    shop, broken, after = random_shop(60, 1), BreakingEncoder(2), WordEncoder()
    with pytest.raises(KeyboardInterrupt):
        Index.build(tmp_path, shop, broken)
    (unfinished,) = (tmp_path / "index").glob("unfinished-*")
    with unfinished.open("ab") as file:
        file.write(b"x" * torn)  # a kill in the middle of a record
    resumed = Index.build(tmp_path, shop, after)
    fresh = Index.in_memory(shop, WordEncoder())
    assert len(broken.encoded) == 20
    assert not set(broken.encoded) & set(after.encoded)
    assert len(after.encoded) == len(set(IndexTexts.of(shop).texts)) - 20
    assert np.array_equal(resumed.product_vectors, fresh.product_vectors)
    assert not list((tmp_path / "index").glob("unfinished-*"))
    resumed.close()


def test_what_another_encoder_left_unfinished_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Index.build(tmp_path, SMALL_SHOP, BreakingEncoder(0))
    other = WordEncoder("other@2")
    Index.build(tmp_path, SMALL_SHOP, other).close()
    assert len(other.encoded) == len(set(IndexTexts.of(SMALL_SHOP).texts))


@pytest.mark.slow
def test_a_builder_killed_at_any_moment_leaves_a_whole_index(tmp_path: Path) -> None:
    """Kills a building process again and again, ever later; the index before it, or its own, must open."""
    script = (
        "import sys; from pathlib import Path; from retrieval.index.index import Index\n"
        "from tests.unit.small_shop import random_shop; from tests.unit.word_encoder import WordEncoder\n"
        "shop, encoder, home = random_shop(300, 2), WordEncoder(), Path(sys.argv[1])\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "Index.build(home, shop, encoder).close()\n"
        "print('done', flush=True)"
    )
    old, new = random_shop(200, 1), random_shop(300, 2)
    started = time.monotonic()
    Index.build(tmp_path, new, ENCODER).close()
    whole = time.monotonic() - started
    Index.build(tmp_path, old, ENCODER).close()
    outcomes = set()
    for moment in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(whole * moment / 4)
        process.kill()
        process.communicate()
        try:
            Index.open(tmp_path, old, ENCODER).close()
            outcomes.add("old")
        except IndexMismatch:
            Index.open(tmp_path, new, ENCODER).close()
            outcomes.add("new")
            Index.build(tmp_path, old, ENCODER).close()
    assert "old" in outcomes
    Index.build(tmp_path, old, ENCODER).close()
    assert len(builds(tmp_path)) == 1


def test_the_manifest_says_what_made_the_index(tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER).close()
    manifest = json.loads((current(tmp_path) / "manifest.json").read_text())
    assert (manifest["encoder"], manifest["catalog"]) == (ENCODER.name, SMALL_SHOP.version)
