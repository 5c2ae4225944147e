"""A real Chromium against the web app on a real port."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.responses import HTMLResponse

from tests.browser.chromium import launch
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import SECRET, make_app, served
from ui.cli import listen
from ui.identity import make_token


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module: while it is open, Playwright's event loop runs in the tests' thread."""
    with sync_playwright() as playwright:
        launched = launch(playwright)
        if isinstance(launched, str):
            pytest.skip(launched)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def fake() -> FakeAssistant:
    return FakeAssistant(pause=0.02)


@pytest.fixture(scope="session")
def other_shops() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Where two shops on hosts of their own will be: one that may embed the chat, one that may not."""
    allowed, stranger = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
    yield allowed, stranger
    allowed.close()
    stranger.close()


@pytest.fixture(scope="session")
def single_page_shop() -> Iterator[socket.socket]:
    """Where a shop of a single page will be, which may embed the chat."""
    with listen("127.0.0.1", 0) as allowed:
        yield allowed


@pytest.fixture(scope="session")
def url(
    fake: FakeAssistant,
    other_shops: tuple[socket.socket, socket.socket],
    single_page_shop: socket.socket,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    allowed = [origin(other_shops[0]), origin(single_page_shop)]
    app = make_app(tmp_path_factory.mktemp("home"), fake, shop_name="Elm & Fell", allowed_origins=allowed)
    with served(app) as base:
        yield base


@pytest.fixture(scope="session")
def other_shop_urls(url: str, other_shops: tuple[socket.socket, socket.socket]) -> Iterator[tuple[str, str]]:
    """The two shops' pages, each with the widget for the signed-in customer C-1."""
    token = make_token("C-1", SECRET)
    script = f'<script src="{url}/widget.js" data-title="Ask Oak" data-greeting="Hello from Oak!" data-token="{token}"></script>'
    page = HTMLResponse(f'<!doctype html><title>Oak</title><link rel="icon" href="data:,"><h1>Oak</h1>{script}')
    with served(page, other_shops[0]) as allowed, served(page, other_shops[1]) as stranger:
        yield allowed, stranger


def origin(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def visit(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh visitor; at the end nothing may have been logged as an error, and no other host been asked.

    The parameter is the width of the window in pixels, or its width and height.
    """
    size = getattr(request, "param", 1280)
    width, height = size if isinstance(size, tuple) else (size, 800 if size > 500 else 640)
    context = browser.new_context(viewport={"width": width, "height": height})
    opened = Visit(context.new_page(), url)
    yield opened
    context.close()
    assert opened.errors == []
    assert opened.foreign_requests == []
