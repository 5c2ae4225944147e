"""The look of the chat on a page of another host: what the line's attributes say, and dark mode that follows the page."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import pytest
from playwright.sync_api import Browser, expect
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from tests.browser.conftest import origin
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app, served
from ui.cli import listen

pytestmark = pytest.mark.browser
LIGHT_INK, DARK_INK = 100, 180
"""Text darker than the first is of the light mode, lighter than the second of the dark."""


class OtherHost:
    """A page of another host that may embed the chat. `markup` is what it serves now."""

    def __init__(self, url: str, listener: socket.socket) -> None:
        self.url = url
        self.address = origin(listener)
        self.markup = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse(self.markup)(scope, receive, send)


@pytest.fixture(scope="module")
def other(fake: FakeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherHost]:
    listener = listen("127.0.0.1", 0)
    app = make_app(tmp_path_factory.mktemp("look"), fake, shop_name="Oak", allowed_origins=[origin(listener)])
    with served(app) as url:
        host = OtherHost(url, listener)
        with served(host, listener):
            yield host


@contextmanager
def visit_with(
    browser: Browser, other: OtherHost, attributes: dict[str, str], style: str = "", system: str = "light"
) -> Iterator[Visit]:
    """A visitor whose chat is open. `style` is the style of the page's body, `system` the visitor's mode."""
    said = " ".join(f'data-{name}="{escape(value)}"' for name, value in attributes.items())
    body = f'<body style="{style}"><h1>Oak</h1><script src="{other.url}/widget.js" {said}></script>'
    other.markup = f'<!doctype html><title>Oak</title><link rel="icon" href="data:,">{body}'
    visit = Visit(browser.new_context(color_scheme=system).new_page(), other.address)  # type: ignore[arg-type]
    visit.page.goto(other.address)
    visit.bubble.click()
    visit.chat.locator("#aisle-box textarea").wait_for()
    expect(visit.log).to_contain_text("?")
    yield visit
    visit.page.context.close()
    assert visit.errors == []


def lightness(visit: Visit, of: str = ".aisle-bubble", property: str = "color") -> float:
    """0 to 255, of a color as the browser paints it."""
    return visit.chat.locator(of).first.evaluate(
        """(element, property) => {
            const paint = document.createElement("canvas").getContext("2d");
            paint.fillStyle = getComputedStyle(element)[property];
            paint.fillRect(0, 0, 1, 1);
            const [red, green, blue] = paint.getImageData(0, 0, 1, 1).data;
            return 0.299 * red + 0.587 * green + 0.114 * blue;
        }""",
        property,
    )


def test_the_line_sets_title_greeting_questions_language_and_corner(browser: Browser, other: OtherHost) -> None:
    attributes = {
        "title": "Frag Eiche", "greeting": "Willkommen <b>hier</b>?", "questions": "What is new?|Where is my order?",
        "language": "de", "position": "left", "color": "#ffd54a", "logo": "data:text/html,x",
    }  # fmt: skip
    with visit_with(browser, other, attributes) as visit:
        expect(visit.chat.get_by_role("heading", name="Frag Eiche")).to_be_visible()
        expect(visit.chat.get_by_label("Ihre Nachricht")).to_be_visible()
        expect(visit.log).to_contain_text("Willkommen <b>hier</b>?")
        expect(visit.chat.get_by_role("button", name="What is new?")).to_be_visible()
        expect(visit.chat.get_by_role("button", name="Show me what's on sale")).to_have_count(0)
        expect(visit.bubble).to_have_attribute("aria-label", "Chat schließen: Frag Eiche")
        assert visit.bubble.bounding_box()["x"] < 100
        assert visit.chat.locator(".aisle-logo").count() == 0
        assert lightness(visit, "#aisle-title") < LIGHT_INK, "text on yellow is black"


@pytest.mark.parametrize(
    ("theme", "style", "system", "is_dark"),
    [
        ("", "", "light", False),
        ("", "background:#101214", "light", True),
        ("", "background:oklch(0.2 0 0)", "light", True),
        ("", "background:#fff", "dark", False),
        ("", "", "dark", False),
        ("page", "color-scheme:dark;background:Canvas", "light", True),
        ("system", "background:#fff", "dark", True),
        ("system", "background:#101214", "light", False),
        ("dark", "background:#fff", "light", True),
        ("light", "background:#101214", "dark", False),
    ],
)
def test_dark_mode_follows_what_was_chosen(
    browser: Browser, other: OtherHost, theme: str, style: str, system: str, is_dark: bool
) -> None:
    with visit_with(browser, other, {"theme": theme} if theme else {}, style, system) as visit:
        ink = lightness(visit)
        assert ink > DARK_INK if is_dark else ink < LIGHT_INK


def test_an_open_chat_follows_a_page_that_turns_dark(browser: Browser, other: OtherHost) -> None:
    with visit_with(browser, other, {}) as visit:
        assert lightness(visit) < LIGHT_INK
        visit.page.evaluate("document.body.style.background = '#111'")
        expect(visit.chat.locator("html")).to_have_attribute("style", re.compile("color-scheme: dark"))
        assert lightness(visit) > DARK_INK
        assert lightness(visit, "#aisle-compose", "backgroundColor") < LIGHT_INK
