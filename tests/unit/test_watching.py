"""`aisle import --watch`: what is asked of the shop's server, what is kept when a feed is wrong, and how often."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from assistant.importing import Report
from assistant.shop_import import ImportResult, ShopImport
from assistant.watching import feed as feed_module
from assistant.watching.feed import FetchError, FileFeed, WebFeed, open_client, shown_url
from assistant.watching.watch import Watch, seconds_of
from retrieval.errors import SettingsError, StoreError
from retrieval.store.database import open_database
from retrieval.store.records import Records
from retrieval.store.versions import Kind


class Server(ThreadingHTTPServer):
    """Serves one feed on loopback, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body, self.headers, self.status = b"", {}, 200  # type: ignore[var-annotated]
        self.asked: list[dict[str, str]] = []
        self.cut = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/feed.jsonl"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        server.asked.append({name.lower(): value for name, value in self.headers.items()})
        etag = server.headers.get("ETag")
        status = 304 if etag and self.headers.get("If-None-Match") == etag else server.status
        self.send_response(status)
        body = b"" if status == 304 else server.body
        for name, value in {**server.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) - server.cut])
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield started
    started.shutdown()
    thread.join()
    started.server_close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "_SETTLED_SECONDS", 0.01)


class Shop:
    """A database, and a watch over feeds into it."""

    def __init__(self, home: Path) -> None:
        engine = open_database(f"sqlite:///{home / 'aisle.db'}")
        self.records, self.shop = Records(engine), ShopImport(engine)
        self.replace = self.force = False
        self.fails, self.kind = False, Kind.PRODUCTS

    def store(self, paths: Sequence[Path], report: Report) -> ImportResult:
        if self.fails:
            raise StoreError("The database does not answer.")
        return self.shop.run(self.kind, paths, replace=self.replace, careful=not self.force, report=report)

    def prices(self) -> dict[str, int]:
        return {id: int(product.price.amount) for id, product in self.records.catalog().products.items()}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def web(server: Server, shop: Shop, tmp_path: Path) -> Iterator[Watch]:
    with open_client() as client:
        yield Watch([WebFeed(server.url, tmp_path, client)], shop.store, 900)


def rows(**prices: int) -> bytes:
    return "".join(
        json.dumps({"id": id, "title": f"Thing {id}", "price": f"{price}.00 USD"}) + "\n"
        for id, price in prices.items()
    ).encode()


def look(watch: Watch) -> list[str]:
    """One look; the events that it logged."""
    with capture_logs() as logs:
        watch.look()
    return [line["event"] for line in logs]


def test_a_feed_is_asked_for_only_if_it_is_newer(server: Server, shop: Shop, web: Watch) -> None:
    server.body, server.headers = rows(A=5), {"ETag": '"one"', "Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT"}
    assert look(web) == ["imported"]
    assert look(web) == ["feed_unchanged"]
    assert "if-none-match" not in server.asked[0]
    assert server.asked[1]["if-none-match"] == '"one"'
    assert server.asked[1]["if-modified-since"] == "Sun, 22 Nov 2026 10:00:00 GMT"
    server.body, server.headers = rows(A=6), {"ETag": '"two"'}
    assert look(web) == ["imported"]
    assert shop.prices() == {"A": 6}


def test_a_server_without_validators_sends_it_again_and_nothing_is_imported(
    server: Server, shop: Shop, web: Watch
) -> None:
    server.body = rows(A=5)
    assert [look(web), look(web)] == [["imported"], ["feed_unchanged"]]
    assert len(server.asked) == 2
    assert shop.records.version().products == 1


@pytest.mark.parametrize("status", [404, 500, 503, 204, 206])
def test_a_fetch_that_fails_keeps_the_records(server: Server, shop: Shop, web: Watch, status: int) -> None:
    server.body = rows(A=5, B=5)
    look(web)
    shop.replace, server.status, server.body = True, status, rows(A=9)
    assert look(web) == ["feed_not_fetched"]
    assert shop.prices() == {"A": 5, "B": 5}
    server.status = 200
    assert look(web) == ["imported"]


def test_a_download_that_breaks_off_keeps_the_records(server: Server, shop: Shop, web: Watch) -> None:
    server.body = rows(A=5)
    look(web)
    server.body, server.cut = rows(A=9, B=9), 10
    assert look(web) == ["feed_not_fetched"]
    assert shop.prices() == {"A": 5}


def test_a_server_that_is_gone_is_no_end(shop: Shop, tmp_path: Path) -> None:
    with open_client() as client:
        watch = Watch([WebFeed("http://127.0.0.1:1/feed?token=s3cret", tmp_path, client)], shop.store, 900)
        with capture_logs() as logs:
            watch.look()
    assert logs[0]["event"] == "feed_not_fetched"
    assert "http://127.0.0.1:1/feed" in logs[0]["error"]
    assert "s3cret" not in str(logs)


def test_a_server_that_asks_for_rest_gets_it(server: Server, web: Watch) -> None:
    server.status, server.headers = 429, {"Retry-After": "1800"}
    assert web.look() == 1800
    server.headers = {"Retry-After": "soon"}
    assert web.look() == 0


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>We are back soon.</body></html>", b"\x00\x01\x02" * 400, b"id,name\nA,x\n"]
)
def test_what_is_no_feed_keeps_the_records_and_is_fetched_once(
    server: Server, shop: Shop, web: Watch, body: bytes
) -> None:
    shop.replace = True
    server.body = rows(A=5)
    look(web)
    server.body, server.headers = body, {"ETag": '"broken"'}
    assert look(web)[-1] == "feed_refused"
    with capture_logs() as logs:
        web.look()
    assert (logs[0]["event"], logs[0]["refused"]) == ("feed_unchanged", "no row could be read")
    assert shop.prices() == {"A": 5}
    server.body, server.headers = rows(A=6), {"ETag": '"mended"'}
    assert look(web) == ["imported"]


def test_a_watched_feed_of_another_kind_is_refused_even_if_forced(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text("id,question,answer,price\nA,Free?,Yes.,5 USD\n")
    shop.force = True
    watch = Watch([FileFeed(tmp_path / "feed.csv")], shop.store, 900)
    with capture_logs() as logs:
        watch.look()
    assert [line["event"] for line in logs] == ["bad_row", "feed_refused"]
    assert "looks like FAQs or policies (question, answer), not like products" in logs[0]["fault"]
    assert not shop.prices()


def test_an_hour_without_events_is_no_fault(shop: Shop, tmp_path: Path) -> None:
    shop.kind = Kind.EVENTS
    (tmp_path / "feed.csv").write_text("customer_id,product_id,kind,time\n")
    assert look(Watch([FileFeed(tmp_path / "feed.csv")], shop.store, 900)) == ["imported"]
    assert shop.records.version().number == 0


def test_half_a_feed_keeps_the_records_unless_forced(server: Server, shop: Shop, web: Watch) -> None:
    shop.replace = True
    server.body = rows(A=1, B=1, C=1, D=1, E=1)
    look(web)
    server.body = rows(A=2, B=2)
    assert look(web) == ["feed_refused"]
    assert shop.prices() == dict.fromkeys("ABCDE", 1)
    server.body = rows(A=2, B=2, C=2)
    assert look(web) == ["imported"]
    assert shop.prices() == dict.fromkeys("ABC", 2)
    shop.force, server.body = True, rows(A=3)
    assert look(web) == ["imported"]
    assert shop.prices() == {"A": 3}


def test_a_bad_row_is_named_by_its_feed_and_removes_nothing(server: Server, shop: Shop, web: Watch) -> None:
    shop.replace = True
    server.body = rows(A=1, B=1, C=1)
    look(web)
    server.body = rows(A=2, B=2) + b'{"id": "C"}\n'
    with capture_logs() as logs:
        web.look()
    assert [line["event"] for line in logs][-1] == "imported"
    assert f"{server.url}:3" in logs[0]["fault"]
    assert shop.prices() == {"A": 2, "B": 2, "C": 1}


def test_what_the_database_did_not_take_is_tried_again(server: Server, shop: Shop, web: Watch) -> None:
    server.body, server.headers, shop.fails = rows(A=5), {"ETag": '"one"'}, True
    assert look(web) == ["feed_not_stored"]
    shop.fails = False
    assert look(web) == ["imported"]
    assert shop.prices() == {"A": 5}


def test_a_feed_without_end_is_cut_off(server: Server, shop: Shop, web: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LARGEST", 1000)
    server.body = rows(**{f"A{number}": 1 for number in range(100)})
    assert look(web) == ["feed_not_fetched"]


def test_a_file_is_read_when_it_has_changed(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "feed.jsonl"
    watch = Watch([FileFeed(file)], shop.store, 900)
    assert look(watch) == ["feed_not_fetched"]
    file.write_bytes(rows(A=5))
    assert [look(watch), look(watch)] == [["imported"], ["feed_unchanged"]]
    file.write_bytes(rows(A=7))
    os.utime(file, ns=(1, 1))  # a copy may bring an older time along
    assert look(watch) == ["imported"]
    assert shop.prices() == {"A": 7}


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "_MOST_SETTLING", 5)
    file, sizes = tmp_path / "feed.jsonl", iter(range(1, 99))
    file.write_text("x")
    monkeypatch.setattr(feed_module.time, "sleep", lambda seconds: file.write_text("x" * next(sizes) * 2))
    with pytest.raises(FetchError, match="written to"):
        FileFeed(file).fetch()


def test_several_feeds_are_one_list(server: Server, shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    file.write_bytes(rows(B=5))
    server.body, server.headers, shop.replace = rows(A=5), {"ETag": '"one"'}, True
    with open_client() as client:
        watch = Watch([WebFeed(server.url, tmp_path, client), FileFeed(file)], shop.store, 900)
        look(watch)
        file.write_bytes(rows(B=6))
        assert look(watch) == ["imported"]
    assert shop.prices() == {"A": 5, "B": 6}


def test_it_never_asks_more_often_than_told(server: Server, shop: Shop, tmp_path: Path) -> None:
    structlog.configure(processors=[lambda *event: ""], logger_factory=structlog.ReturnLoggerFactory())
    server.body, moments, stopped = rows(A=5), [], threading.Event()

    class Noted(WebFeed):
        def fetch(self) -> bool:
            moments.append(time.monotonic())
            if len(moments) == 4:
                stopped.set()
            if len(moments) == 2:
                raise FetchError("no luck")  # a failure is no reason to ask sooner
            return super().fetch()

    with open_client() as client:
        Watch([Noted(server.url, tmp_path, client)], shop.store, 0.4).run(stopped)
    assert len(moments) == 4
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.39


def test_names_and_passwords_stay_out_of_logs() -> None:
    assert (
        shown_url("https://ada:s3cret@shop.example:8443/a/feed.xml?token=x#y") == "https://shop.example:8443/a/feed.xml"
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), (" 2 H ", 7200), ("1d", 86_400), ("90 m", 5400)]
)
def test_intervals(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "0s", "-5m", "1.5h", "15 minutes", "1w"])
def test_other_intervals_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is no interval"):
        seconds_of(text)
