"""A shop of one's own, by the steps of docs/own-shop.md: real commands, a real server, a page of another host in Chromium.

Nothing of the sample shop may appear in any page, reply, header or log.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx2
import pytest
import yaml
from playwright.sync_api import Browser, expect
from starlette.responses import HTMLResponse

from assistant.settings import SOURCE_ROOT
from tests.browser.visit import Visit
from tests.unit.web import served
from ui.cli import listen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOCS = (SOURCE_ROOT / "docs" / "own-shop.md").read_text(encoding="utf-8")
SHOP = SOURCE_ROOT / "tests" / "fixtures" / "shops" / "cog_and_lantern"
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


class OwnShop:
    """The running server: its address, what its commands and its log said, and the seconds of each step."""

    def __init__(self, url: str, folder: Path, seconds: dict[str, float]) -> None:
        self.url = url
        self.folder = folder
        self.seconds = seconds

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in self.folder.glob("*.log"))


@pytest.fixture(scope="module")
def page_of_another_host() -> Iterator[socket.socket]:
    listener = listen("127.0.0.1", 0)
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, page_of_another_host: socket.socket) -> Iterator[OwnShop]:
    """Runs the documented commands with this machine's addresses in the place of the documented ones."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(SHOP / "products.csv", folder / "products.csv")
    shutil.copytree(SHOP / "faqs", folder / "policies")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "AISLE_HOME": "./myshop", "AISLE_PORT": str(port), "PYTHONPATH": str(SOURCE_ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    commands = documented_commands(page_of_another_host)
    seconds: dict[str, float] = {}
    for number, command in enumerate(commands[:-1]):
        begun = time.monotonic()
        with (folder / f"{number}.log").open("w") as log:
            done = subprocess.run(command, shell=True, cwd=folder, env=environment, stdout=log, stderr=log)
        assert done.returncode == 0, (command, (folder / f"{number}.log").read_text())
        seconds[command.split(" --")[0]] = time.monotonic() - begun
    begun = time.monotonic()
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(commands[-1].split(), cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, server)
            seconds[commands[-1]] = time.monotonic() - begun
            yield OwnShop(url, folder, seconds)
        finally:
            server.terminate()
            server.wait(30)


def documented_commands(other: socket.socket) -> list[str]:
    """The commands of the block `sh`; the last one serves."""
    (block,) = re.findall(r"^```sh\n(.*?)^```", DOCS, re.M | re.S)
    origin = f"http://127.0.0.1:{other.getsockname()[1]}"
    assert "https://www.oak.example" in block
    return block.replace("https://www.oak.example", origin).strip().split("\n")


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300
    while server.poll() is None and time.monotonic() < deadline:
        try:
            if httpx2.get(f"{url}/healthz", timeout=10).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the server is not ready")


def test_the_steps_are_counted() -> None:
    headings = re.findall(r"^## (\d)(?: to (\d))?\.", DOCS, re.M)
    assert [int(last or first) for first, last in headings] == [1, 6, 7]
    (block,) = re.findall(r"^```sh\n(.*?)^```", DOCS, re.M | re.S)
    assert len(block.strip().split("\n")) == 6 - 2 + 1
    assert "in seven steps" in DOCS


def test_the_steps_are_timed(shop: OwnShop) -> None:
    assert [command.split()[1] for command in shop.seconds] == ["init", "import", "import", "index", "serve"]
    for command, seconds in shop.seconds.items():  # shown by `pytest -s`
        print(f"{command}: {seconds:.0f} s")


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
