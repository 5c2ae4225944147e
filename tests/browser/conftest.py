"""A real Chromium against the web app on a real port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launch
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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
def url(fake: FakeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # "localhost" is another origin than "127.0.0.1": a shop elsewhere, on this machine.
    app = make_app(tmp_path_factory.mktemp("home"), fake, allowed_origins=["http://localhost:1"])
    with served(app) as base:
        yield base


@pytest.fixture
def visit(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh visitor; at the end nothing may have been logged as an error, and no other host been asked."""
    width = getattr(request, "param", 1280)
    context = browser.new_context(viewport={"width": width, "height": 800 if width > 500 else 640})
    opened = Visit(context.new_page(), url)
    yield opened
    context.close()
    assert opened.errors == []
    assert opened.foreign_requests == []
