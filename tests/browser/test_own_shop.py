"""A shop of one's own, by the steps of docs/own-shop.md: real commands, a real server, a page of another host in Chromium.

Nothing of the sample shop may appear in any page, reply, header or log.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import httpx2
import pytest
import yaml
from playwright.sync_api import Browser, expect
from starlette.responses import HTMLResponse

from assistant.settings import SOURCE_ROOT
from tests.browser.visit import Visit
from tests.own_shop import DOCS, OwnShop, documented_commands, own_shop
from tests.unit.web import served
from ui.cli import listen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLE = yaml.safe_load((SOURCE_ROOT / "data" / "shop" / "shop.yaml").read_text(encoding="utf-8"))
TRACES = (
    *(SAMPLE[key] for key in ("name", "email", "phone", "hours")),
    "fernandfell", "sample shop", "Outdoors, and home again", "From every shelf", "hero.svg", "sample.css",
    'fill="#1f4a3a"',
)  # fmt: skip
"""What only the sample shop says: its contacts, the texts and files of its pages, and its logo."""
PICTURES = "https://cog-and-lantern.example/"
"""Where the shop keeps its pictures: a host that the test cannot reach."""
MESSAGES = (
    "hello", "who are you?", "how can I reach a person?", "when are you open?", "what is your email?", "blorp fnord",
    "a city bike under $700", "may I return it?", "where is my order?", "speak to your manager",
)  # fmt: skip
PATHS = ("/", "/help", "/chat/", "/chat/config", "/widget.js", "/logo", "/favicon.ico", "/openapi.json", "/healthz",
         "/v1/models", "/products/none", "/none")  # fmt: skip


@pytest.fixture(scope="module")
def page_of_another_host() -> Iterator[socket.socket]:
    listener = listen("127.0.0.1", 0)
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, page_of_another_host: socket.socket) -> Iterator[OwnShop]:
    """The documented shop, whose pages are at this machine's address in the place of the documented one."""
    site = f"http://127.0.0.1:{page_of_another_host.getsockname()[1]}"
    with own_shop(tmp_path_factory.mktemp("own"), site) as served_shop:
        yield served_shop


def test_the_steps_are_counted() -> None:
    headings = re.findall(r"^## (\d)(?: to (\d))?\.", DOCS, re.M)
    assert [int(last or first) for first, last in headings] == [1, 6, 7]
    assert len(documented_commands()) == 6 - 2 + 1
    assert "in seven steps" in DOCS


def test_each_step_is_timed(shop: OwnShop) -> None:
    assert [command.split()[1] for command in shop.seconds] == ["init", "import", "import", "index", "serve"]


def test_the_chat_is_on_a_page_of_another_host(
    browser: Browser, shop: OwnShop, page_of_another_host: socket.socket
) -> None:
    (line,) = re.findall(r"<script src=.*</script>", DOCS)
    line = line.replace("http://127.0.0.1:7860", shop.url)
    page = HTMLResponse(f'<!doctype html><title>Oak</title><link rel="icon" href="data:,"><h1>Oak</h1>{line}')
    with served(page, page_of_another_host) as other:
        visit = Visit(browser.new_context().new_page(), other)
        visit.open()
        expect(visit.chat.get_by_role("heading", name="Oak & Elm")).to_be_visible()
        expect(visit.log).to_contain_text("I am the assistant of Oak & Elm.")
        visit.say("show me city bikes")
        expect(visit.chat.locator(".aisle-card").first).to_be_visible()
        text = visit.chat.locator("body").inner_text()
        visit.page.context.close()
    assert [error for error in visit.errors if PICTURES not in error] == []
    assert [address for address in visit.foreign_requests if PICTURES not in address] == []
    assert traces_in(text) == []


def test_no_page_reply_header_or_log_names_the_sample_shop(shop: OwnShop) -> None:
    found: dict[str, list[str]] = {}
    with httpx2.Client(base_url=shop.url, timeout=60) as client:
        for where, text in (*crawled(client), *replies(client)):
            found[where] = traces_in(text)
    found["log"] = traces_in(shop.log)
    assert len(found) > 50
    assert {where: traces for where, traces in found.items() if traces} == {}


def test_contacts_that_are_not_set_are_in_no_reply(shop: OwnShop) -> None:
    pages = "".join(path.read_text() for path in (shop.folder / "policies").iterdir())
    with httpx2.Client(base_url=shop.url, timeout=60) as client:
        for where, text in replies(client):
            for address in re.findall(r"[\w.+-]+@[\w-]+\.\w+", text):
                assert address == "help@oak.example" or address in pages, where
            for number in re.findall(r"\+\d[\d ]{7,}\d", text):
                assert number in pages, where


def test_what_is_missing_was_said_before_the_server_listened(shop: OwnShop) -> None:
    lines = (shop.folder / "serve.log").read_text().splitlines()
    warned = next(number for number, line in enumerate(lines) if "phone and hours are not set" in line)
    listening = next(number for number, line in enumerate(lines) if "Oak & Elm is at" in line)
    assert warned < listening


def traces_in(text: str) -> list[str]:
    plain = text.casefold().replace("&amp;", "&")
    return [trace for trace in TRACES if trace.casefold() in plain]


class Links(HTMLParser):
    """Every address that a page names."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def crawled(client: httpx2.Client) -> Iterator[tuple[str, str]]:
    """Each address that can be reached on this host, with its headers and text."""
    base = str(client.base_url)
    waiting, seen = [urljoin(base, path) for path in PATHS], set[str]()
    while waiting:
        address = urldefrag(waiting.pop()).url
        if address in seen or not address.startswith(base) or "/chat/assets/" in address:
            continue
        seen.add(address)
        answer = client.get(address)
        kind = answer.headers.get("content-type", "")
        is_text = any(word in kind for word in ("text", "json", "javascript", "svg"))
        yield address, f"{answer.headers}\n{answer.text if is_text else ''}"
        if "html" in kind and not address.startswith(f"{base}/chat"):
            waiting += [urljoin(address, link) for link in Links(answer.text).found]


def replies(client: httpx2.Client) -> Iterator[tuple[str, str]]:
    """The stream of each reply, one conversation a message."""
    for message in MESSAGES:
        answer = client.post("/api/chat", json={"message": message})
        yield message, f"{answer.headers}\n{answer.text}"
