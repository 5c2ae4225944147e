"""A real Chroma server on loopback, in a process of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import chromadb
import pytest
from chromadb.api import ClientAPI

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.catalog.filter import Filter
from retrieval.errors import IndexDamaged, IndexMismatch, SearchIndexError
from retrieval.index.index import Index
from retrieval.search.search import Search
from retrieval.store.database import open_database
from tests.unit.live_shop import Shop, look_until
from tests.unit.small_shop import SMALL_SHOP
from tests.unit.word_encoder import WordEncoder

ENCODER = WordEncoder()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma-server")
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "the server ended"
        time.sleep(0.1)
    pytest.fail("the server did not answer within 30 seconds")


def collections(url: str) -> list[str]:
    with client_of(url) as client:
        return sorted(collection.name for collection in client.list_collections())


@contextmanager
def client_of(url: str) -> Iterator[ClientAPI]:
    client = chromadb.HttpClient("127.0.0.1", int(url.rsplit(":", 1)[1]))
    yield client
    client.close()
    for server in (client._server, client._admin_client._server):
        server._session.close()


@pytest.mark.slow
def test_a_server_answers_as_the_embedded_store_does(server: str, tmp_path: Path) -> None:
    remote = Index.build(tmp_path / "a", SMALL_SHOP, ENCODER, chroma_url=server)
    local = Index.build(tmp_path / "b", SMALL_SHOP, ENCODER)
    for query in ("red mug", "tent for two", "warm socks"):
        answers = [
            [
                candidate.product.id
                for candidate in Search(SMALL_SHOP, index, ENCODER).products(query, Filter(), 9).candidates
            ]
            for index in (remote, local)
        ]
        assert answers[0] == answers[1]
    remote.close()
    local.close()


@pytest.mark.slow
def test_a_later_build_removes_the_collections_of_the_one_before(server: str, tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER, chroma_url=server).close()
    before = collections(server)
    later = Catalog([replace(p, description="New.") for p in SMALL_SHOP.products.values()], SMALL_SHOP.faqs.values())
    Index.build(tmp_path, later, ENCODER, chroma_url=server).close()
    after = collections(server)
    assert len(after) == len(before)
    assert after != before


@pytest.mark.slow
def test_a_lost_collection_and_another_server_are_noticed(server: str, tmp_path: Path) -> None:
    Index.build(tmp_path, SMALL_SHOP, ENCODER, chroma_url=server).close()
    with pytest.raises(IndexMismatch, match="Chroma server"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER)
    with client_of(server) as client:
        for collection in client.list_collections():
            client.delete_collection(collection.name)
    with pytest.raises(IndexDamaged, match="Run: aisle index"):
        Index.open(tmp_path, SMALL_SHOP, ENCODER, server)


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(SearchIndexError, match=r"http://127\.0\.0\.1:1.*\n.*AISLE_CHROMA_URL"):
        Index.build(tmp_path, SMALL_SHOP, ENCODER, chroma_url="http://127.0.0.1:1")


@pytest.mark.slow
def test_a_running_server_follows_the_records(server: str, tmp_path: Path, sqlite_template: Path) -> None:
    """Its index on the Chroma server is built anew, and the collections of the one before are removed by the next."""
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'aisle.db')}")
    shop, before = Shop(tmp_path, engine, server), len(collections(server))
    live = shop.open()
    look_until(live, lambda: live.current.is_indexed)
    for days in range(3):
        shop.records.upsert_faqs([Faq("delivery", "Delivery times", f"A parcel takes {days} days.")])
        live._index_after = 0.0
        live.look()
        assert live.current.served.search.faqs("delivery", 1)[0].faq.answer == f"A parcel takes {days} days."
        look_until(live, lambda: live.current.is_indexed)
    assert live.current.material.index.store.count("products") == len(SMALL_SHOP.products)
    assert len(collections(server)) <= before + 4
    live.current.material.index.close()
    engine.dispose()
