"""POST /api/import: who may, what is stored, and what the report says."""

from __future__ import annotations

import gzip
import json
import threading
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import ui.app
import ui.import_api
from assistant.settings import Settings
from assistant.shop_import import ImportResult, ShopImport
from retrieval.catalog.catalog import Catalog
from retrieval.errors import SettingsError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.feed_files import FEEDS
from tests.unit.web import make_app
from ui.api_keys import KeyDesk
from ui.errors import answer_errors
from ui.import_api import import_router
from ui.refusals import Refusals

KEY = "k3y" * 16
NO_KEYS = KeyDesk(lambda: pytest.fail("no API key was sent"), required=False)
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}


def bare_app(home: Path, key: str = KEY) -> FastAPI:
    """The route alone: a whole app takes long to make."""
    app = FastAPI()
    refusals = Refusals()
    answer_errors(app, refusals)
    settings = Settings(_env_file=None, home=home, import_key=key)  # type: ignore[arg-type,call-arg]
    app.include_router(import_router(settings, NO_KEYS, refusals))
    return app


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(bare_app(tmp_path))


def records(home: Path) -> Records:
    return Records(open_database(f"sqlite:///{home / 'aisle.db'}"))


def catalog(home: Path) -> Catalog:
    return records(home).catalog()


def feed(*ids: str, price: str = "5.00 USD") -> bytes:
    return "".join(json.dumps({"id": id, "title": f"Thing {id}", "price": price}) + "\n" for id in ids).encode()


def post(client: TestClient, content: bytes, **query: object):
    return client.post("/api/import", params=query, content=content, headers=AUTHORIZED)  # type: ignore[arg-type]


def test_without_a_key_of_the_shop_every_import_is_refused(tmp_path: Path) -> None:
    client = TestClient(bare_app(tmp_path, key=""))
    for headers in ({}, AUTHORIZED, {"Authorization": "Bearer "}):
        refused = client.post("/api/import", content=feed("A"), headers=headers)
        assert refused.status_code == 403
        assert "AISLE_IMPORT_KEY" in refused.json()["error"]["message"]
    assert not (tmp_path / "aisle.db").exists()


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer wrong", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY]
)
def test_a_wrong_key_is_refused(client: TestClient, tmp_path: Path, value: str) -> None:
    refused = client.post("/api/import", content=feed("A"), headers={"Authorization": value} if value else {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorized")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert not (tmp_path / "aisle.db").exists()


def test_a_key_that_can_be_guessed_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AISLE_IMPORT_KEY has 6 characters") as refused:
        import_router(Settings(_env_file=None, home=tmp_path, import_key="secret"), NO_KEYS, Refusals())  # type: ignore[arg-type,call-arg]
    assert "secret" not in str(refused.value)


def test_the_report_is_that_of_the_command_line(client: TestClient, tmp_path: Path) -> None:
    answer = post(client, (FEEDS / "google.tsv").read_bytes(), force=True)
    report = answer.json()
    assert answer.status_code == 200
    assert (report["kind"], report["stored"], report["complete"]) == ("products", True, False)
    assert (report["added"], report["bad_rows"]) == (6, 4)
    bad = {(fault["line"], fault["field"], fault["reason"]) for fault in report["faults"] if fault["kind"] == "bad"}
    assert len(bad) == 4
    assert (6, "price", "'call us' is no amount of money") in bad
    assert str(tmp_path) not in answer.text
    assert "aisle-import-" not in answer.text
    assert list(catalog(tmp_path).products) == ["HL-100", "HL-101", "HL-102", "HL-105", "HL-107", "HL-108"]
    assert report["data_version"] == records(tmp_path).version().number == 1


def test_importing_twice_changes_nothing(client: TestClient) -> None:
    first, second = post(client, feed("A", "B")).json(), post(client, feed("A", "B")).json()
    assert (first["added"], second["unchanged"]) == (2, 2)
    assert second["data_version"] == first["data_version"]


def test_every_kind_of_record(client: TestClient, tmp_path: Path) -> None:
    for kind, name in (("customers", "customers.jsonl"), ("orders", "orders.jsonl"), ("events", "events.jsonl")):
        assert post(client, (FEEDS / name).read_bytes(), kind=kind, force=True).json()["stored"], kind
    page = b"---\nid: returns\ntitle: How do I return a thing?\n---\nBy mail, within 30 days.\n"
    assert post(client, page, kind="faqs").json()["added"] == 1
    assert list(catalog(tmp_path).faqs) == ["returns"]
    assert post(client, feed("A"), kind="nonsense").status_code == 422


@pytest.mark.parametrize("content", [b"customer_id,product_id,kind,time\n", b"[]\n"])
def test_an_hour_without_events_is_no_fault(client: TestClient, content: bytes) -> None:
    answer = post(client, content, kind="events")
    report = answer.json()
    assert answer.status_code == 200
    assert (report["stored"], report["complete"], report["added"], report["faults"]) == (True, True, 0, [])
    refused = post(client, b"id,title,price\n", kind="products")
    assert refused.status_code == 422
    assert "a header and no rows" in refused.json()["faults"][0]["reason"]


def test_packed_feeds_are_read(client: TestClient, tmp_path: Path) -> None:
    assert post(client, gzip.compress(feed("A"))).json()["added"] == 1


def test_replace_removes_what_is_gone_unless_half_of_it_is(client: TestClient, tmp_path: Path) -> None:
    post(client, feed(*"ABCDEFGH"))
    assert post(client, feed(*"ABCD"), replace=True).json()["removed"] == 4
    refused = post(client, feed("A", price="9.00 USD"), replace=True)
    assert refused.status_code == 409
    assert refused.json()["refused"] == "it would remove 3 of the 4 products: 3 that it does not name"
    assert not refused.json()["stored"]
    assert catalog(tmp_path).products["A"].price.amount == 5
    assert post(client, feed("A"), replace=True, force=True).json()["removed"] == 3


@pytest.mark.parametrize(("content", "status"), [(b"", 422), (b"\x00\x01\x02" * 99, 422), (b"no feed at all", 422)])
def test_what_cannot_be_read_stores_nothing(client: TestClient, tmp_path: Path, content: bytes, status: int) -> None:
    post(client, feed("A"))
    answer = post(client, content, replace=True)
    assert answer.status_code == status
    assert not answer.json()["stored"]
    assert answer.json()["faults"][0]["line"] == 0
    assert list(catalog(tmp_path).products) == ["A"]


def test_a_header_without_rows_is_a_fault(client: TestClient) -> None:
    answer = post(client, b"id,title,price\n")
    assert (answer.status_code, answer.json()["complete"]) == (422, False)
    assert answer.json()["faults"][0]["reason"].startswith("feed has a header and no rows.")


def test_events_of_unknown_products_are_counted(client: TestClient) -> None:
    post(client, feed("A"))
    rows = "".join(f"C,{id},view,2026-01-0{day}\n" for day, id in enumerate("AXX", 1))
    answer = post(client, f"customer_id,product_id,kind,time\n{rows}".encode(), kind="events")
    assert (answer.json()["added"], answer.json()["unknown_products"]) == (3, {"X": 2})


def test_a_feed_of_another_kind_is_refused_whatever_is_forced(client: TestClient, tmp_path: Path) -> None:
    answer = post(client, b"id,title,body,price,cost\nA,Tent,Dry.,9 USD,2 USD\n", kind="faqs", force=True)
    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert "looks like products (price), not like FAQs or policies" in fault["reason"]
    assert "kind=products" in fault["reason"]
    assert not catalog(tmp_path).faqs


def test_a_feed_that_breaks_off_is_refused(client: TestClient, tmp_path: Path) -> None:
    post(client, feed("A"))
    whole = gzip.compress(feed(*(f"P-{number}" for number in range(5000))))
    answer = post(client, whole[: len(whole) // 2])
    assert answer.status_code in (409, 422)
    assert list(catalog(tmp_path).products) == ["A"]


def test_bodies_are_bounded_and_only_the_feed_may_be_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.app, "LARGEST_FEED", 3_000_000)
    client = TestClient(make_app(tmp_path, import_key=KEY))
    padded = feed("A") + b" " * 2_000_000
    assert post(client, padded).status_code == 200
    assert post(client, padded + b" " * 2_000_000).status_code == 413
    assert client.post("/api/chat", content=b" " * 2_000_000).status_code == 413


def test_what_unpacks_to_too_much_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.import_api, "_LARGEST_UNPACKED", 5_000_000)
    answer = post(client, gzip.compress(feed("A") + b" " * 6_000_000))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_the_list_of_faults_is_bounded_and_their_number_is_told(client: TestClient) -> None:
    rows = b"".join(json.dumps({"id": f"A{number}", "title": "T"}).encode() + b"\n" for number in range(700))
    report = post(client, feed("A") + rows, force=True).json()
    assert (report["bad_rows"], len(report["faults"])) == (700, 500)
    assert "700 rows are bad and 1 are good" in post(client, feed("B") + rows).json()["refused"]


def test_one_import_at_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go, run = threading.Event(), threading.Event(), ShopImport.run

    def slow(self: ShopImport, *args: object, **options: object) -> ImportResult:
        started.set()
        assert go.wait(20)
        return run(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ShopImport, "run", slow)
    statuses: list[int] = []
    first = threading.Thread(target=lambda: statuses.append(post(client, feed("A")).status_code))
    first.start()
    assert started.wait(20)
    second = post(client, feed("B"))
    go.set()
    first.join()
    assert (second.status_code, second.headers["retry-after"], statuses) == (503, "10", [200])
    assert post(client, feed("B")).status_code == 200
