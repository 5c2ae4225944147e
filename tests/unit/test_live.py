"""Following the records: what a running server serves after an import, with an index or without."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from assistant.actions.orders import Orders
from assistant.live.live import Live
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.errors import SearchIndexError, StoreError
from retrieval.index.home import IndexHome
from retrieval.index.index import Index
from retrieval.store.database import open_database
from tests.unit.live_shop import Counter, Shop, look_until
from tests.unit.small_home import MAYA, ORDER
from tests.unit.small_shop import PRODUCTS, product
from tests.unit.word_encoder import WordEncoder

MUG = next(each for each in PRODUCTS if each.id == "mug-red")
LAMP = product("lamp", "Ember Lamp", "35", "Camping > Lamps", description="A warm light.")
GARNET = product("garnet", "Garnet Kettle", "49", "Kitchen > Kettles", description="Whistles.")


@pytest.fixture
def shop(tmp_path: Path, engine: Engine) -> Shop:
    return Shop(tmp_path / "home", engine)


def price(live: Live[Counter]) -> Decimal:
    return live.current.material.catalog.products["mug-red"].price.amount


def test_nothing_is_made_anew_while_nothing_changes(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    before = live.current
    for _ in range(3):
        live.look()
    assert (live.current, shop.made) == (before, 1)


def test_a_new_price_is_served_with_the_same_index(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    before = live.current
    shop.records.upsert_products([replace(MUG, price=Money(Decimal(21)), availability=Availability.OUT_OF_STOCK)])
    live.look()
    assert price(live) == 21
    assert live.current.version.number == before.version.number + 1
    assert live.current.material.index is before.material.index
    assert live.current.is_indexed
    assert before.material.catalog.products["mug-red"].price.amount == 18  # for turns that began before


def test_orders_and_customers_change_the_version_alone(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    before = live.current
    shop.records.upsert_customers([MAYA])
    Orders(shop.engine).upsert([ORDER])
    live.look()
    assert live.current.served is before.served
    assert live.current.version == shop.records.version() != before.version


def test_a_new_product_is_found_by_its_words_at_once_and_by_meaning_once_indexed(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    shop.records.upsert_products([LAMP, GARNET])
    shop.encoder.encoded.clear()
    live.look()
    assert not live.current.is_indexed
    assert "garnet" in live.current.served.found("garnet kettle")
    assert "tent-green" in live.current.served.found("tent for two people")  # known texts keep their vectors
    look_until(live, lambda: live.current.is_indexed)
    assert [text for text in shop.encoder.encoded if "Lamp" not in text and "Kettle" not in text] == []
    assert "lamp" in live.current.served.found("warm light")


def test_a_promoted_encoder_is_followed_with_the_index_that_it_made(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    before = live.current
    shop.encoder = WordEncoder("word-encoder@2")
    shop.build()
    shop.encoder.encoded.clear()
    live.look()
    assert live.current.material.encoder is shop.encoder
    assert live.current.is_indexed
    assert live.current.material.index is not before.material.index
    assert live.current.version == before.version
    assert "mug-red" in live.current.served.found("red speckle mug")
    assert shop.encoder.encoded == []
    live.look()
    assert shop.made == 2


def test_a_changed_answer_and_a_removed_page_are_served(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    shop.records.upsert_faqs([Faq("delivery", "Delivery times", "A parcel takes nine days.")], replace=True)
    live.look()
    assert [faq.answer for faq in live.current.material.catalog.faqs.values()] == ["A parcel takes nine days."]
    (hit,) = live.current.served.search.faqs("delivery", 3)
    assert hit.faq.answer == "A parcel takes nine days."


def test_a_shop_without_an_index_is_served_and_indexed(shop: Shop) -> None:
    live = shop.open()
    assert "mug-red" in live.current.served.found("red speckle mug")
    assert live.current.material.catalog.products["mug-red"].price.amount == 18
    look_until(live, lambda: live.current.is_indexed)
    assert live.current.material.index.store.count("products") == len(PRODUCTS)


def test_an_index_that_another_process_built_is_taken(shop: Shop) -> None:
    live = shop.open()
    with IndexHome(shop.home).building():  # as another process would
        live.look()
        _wait_for_builders()
    assert not live.current.is_indexed
    shop.build()
    look_until(live, lambda: live.current.is_indexed)
    assert live.current.served.found("red mug")[0] == "mug-red"


def test_an_empty_shop_is_a_clear_error_and_never_replaces_a_full_one(shop: Shop) -> None:
    shop.build()
    live = shop.open()
    shop.records.upsert_products([], replace=True)
    shop.records.upsert_faqs([], replace=True)
    live.look()
    assert price(live) == 18
    with pytest.raises(SearchIndexError, match="aisle import products"):
        shop.generations.first()


def test_what_cannot_be_made_leaves_what_serves_and_is_taken_once_it_can(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.build()
    live = shop.open()
    with monkeypatch.context() as broken:
        broken.setattr(shop.records, "version", _fail)
        live.look()
        live.look()
    assert price(live) == 18
    shop.records.upsert_products([replace(MUG, price=Money(Decimal(5)))])
    live.look()
    assert price(live) == 5


def _wait_for_builders() -> None:
    for thread in threading.enumerate():
        if thread.name == "index":
            thread.join()


def _fail() -> None:
    raise StoreError("The database does not answer.")


def test_a_started_one_follows_by_itself_and_stops(shop: Shop) -> None:
    shop.build()
    live = shop.open(seconds=0.05)
    live.start()
    shop.records.upsert_products([replace(MUG, price=Money(Decimal(7)))])
    deadline = time.monotonic() + 10
    while price(live) != 7 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert price(live) == 7
    live.close()
    while any(thread.name == "records" for thread in threading.enumerate()):
        time.sleep(0.01)


@pytest.fixture
def sqlite_shop(tmp_path: Path, sqlite_template: Path) -> Iterator[Shop]:
    (tmp_path / "aisle.db").write_bytes(sqlite_template.read_bytes())
    engine = open_database(f"sqlite:///{tmp_path / 'aisle.db'}")
    yield Shop(tmp_path / "home", engine)
    engine.dispose()


@pytest.mark.slow
def test_a_hundred_changes_leave_no_memory_files_or_builds_behind(
    sqlite_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every fourth change alters a text, so that a new index is built and the old one is let go."""
    shop = sqlite_shop
    shop.build()
    live = shop.open()
    monkeypatch.setattr("assistant.live.live._INDEX_PAUSE", 0.0)
    monkeypatch.setattr("assistant.live.live._SHARE", 0.0)
    process, counts, old = psutil.Process(), [], weakref.WeakSet[Index]()
    for step in range(100):
        old.add(live.current.material.index)
        shop.records.upsert_products([replace(MUG, price=Money(Decimal(step + 100)))])
        if step % 4 == 0:
            shop.records.upsert_faqs([Faq("delivery", "Delivery times", f"A parcel takes {step} days.")])
        live.look()
        assert price(live) == step + 100
        if step % 4 == 0:
            look_until(live, lambda: live.current.is_indexed)
        counts.append((process.memory_info().rss, len(os.listdir("/proc/self/fd")), threading.active_count()))
    (early, files_early, threads_early), (late, files_late, threads_late) = counts[20], counts[-1]
    assert late - early < 30_000_000
    assert files_late <= files_early + 10
    assert threads_late <= threads_early + 1
    assert len(old) <= 1  # let go as soon as nothing refers to them, not only when garbage is collected
    assert len(list((shop.home / "index" / "builds").iterdir())) <= 2


def test_a_product_with_another_size_needs_another_index(shop: Shop) -> None:
    """The size is no part of what is embedded, but is searched by its word."""
    shop.build()
    live = shop.open()
    shop.records.upsert_products([replace(_of("boots"), size="EU 47")])
    live.look()
    assert live.current.material.index.product_words.scores(["47"]).any()


def _of(id: str) -> Product:
    return next(each for each in PRODUCTS if each.id == id)
