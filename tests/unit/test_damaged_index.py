"""A server that starts after an import, before an index, or with a damaged one: it serves, and says in one line what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from assistant.logs import configure_logs
from assistant.opening import open_live_assistant
from assistant.settings import Settings
from retrieval.index.home import IndexHome
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.scripted_model import ruled_model
from tests.unit.small_home import make_home
from tests.unit.small_shop import PRODUCTS
from tests.unit.web import SECRET, events
from ui.app import create_app
from ui.opening import OpeningAssistant

WREN = next(each for each in PRODUCTS if each.id == "wren")
ASKED = {name: f"how much is the {name}?" for name in ("Wren Tent", "Goldcrest Tent")}
PLANS = {message: f"details [{name}]: price" for name, message in ASKED.items()}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_home(tmp_path_factory.mktemp("shop"), adapter="scripted", secret=SECRET)


@contextmanager
def restarted(settings: Settings) -> Iterator[TestClient]:
    """The server of a home as `aisle serve` starts it, while another process builds the index, so that none is built meanwhile."""
    with ruled_model(PLANS), IndexHome(settings.home).building():
        assistant = OpeningAssistant(lambda: open_live_assistant(settings))
        assistant.start()
        assert assistant.catalog.products
        with TestClient(create_app(assistant, settings)) as client:
            yield client
        assistant._wait().close()  # type: ignore[attr-defined]


def asked(client: TestClient, name: str) -> str:
    answer = client.post("/api/chat", json={"message": ASKED[name]})
    assert answer.status_code == 200, answer.text
    return str(json.loads(events(answer.text)[-1][1])["reply"])


def state(client: TestClient) -> tuple[int, str, str]:
    health = client.get("/healthz")
    return health.status_code, health.json()["status"], health.json()["search_index"]


def test_a_server_starts_between_an_import_of_other_titles_and_the_index(settings: Settings) -> None:
    records = Records(open_database(settings.resolved_database_url))
    with restarted(settings) as client:
        assert state(client) == (200, "ready", "current")
        assert "$269" in asked(client, "Wren Tent")
    records.upsert_products([replace(WREN, title="Goldcrest Tent", description="A tent for storms.")])
    with restarted(settings) as client:
        assert state(client) == (200, "ready", "building")
        assert "Goldcrest Tent" in (text := asked(client, "Goldcrest Tent"))
        assert "$269" in text
        assert "Goldcrest Tent" in client.get("/products/wren").text
    records.upsert_products([WREN])


DAMAGE = {
    "no index": ("current", None),
    "a pointer to nothing": ("current", b"gone"),
    "a cut manifest": ("builds/*/manifest.json", b'{"format": 2'),
    "a manifest of something else": ("builds/*/manifest.json", b'{"files": 3}'),
    "a manifest with wrong values": ("builds/*/manifest.json", None),
    "changed vectors": ("builds/*/vectors.npy", b"\x93NUMPY"),
    "a damaged vector store": ("builds/*/chroma/chroma.sqlite3", os.urandom(4096)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_server_starts_with_a_damaged_index_and_says_so_in_a_line(
    settings: Settings, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pattern, content = DAMAGE[damage]
    (path,) = (settings.home / "index").glob(pattern)
    whole = path.read_bytes()
    try:
        if content is None and path.name == "manifest.json":
            path.write_text(json.dumps({**json.loads(whole), "files": ["vectors.npy"], "products": "many"}))
        elif content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        configure_logs("INFO")
        with restarted(settings) as client:
            assert state(client) == (200, "ready", "building")
            assert "$269" in asked(client, "Wren Tent")
    finally:
        path.write_bytes(whole)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    told = [line["error"] for line in lines if line["event"] == "index_damaged"]
    assert len(told) == (damage != "no index")
    assert all("\n" not in text and str(settings.home / "index") in text for text in told)
    assert not [line for line in lines if "exception" in line]
