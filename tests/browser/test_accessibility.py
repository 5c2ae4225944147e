"""axe-core finds no serious fault in the chat, whatever is in it, light and dark, on a desktop and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.visit import Visit

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing: run `make install`")
pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (360, 740)]
SERIOUS = ("serious", "critical")


def faults(place: Page | Frame) -> list[str]:
    """Serious and critical violations of axe's rules, each with the elements that have it."""
    found = axe.Axe().run(place).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


@pytest.fixture(params=[(size, mode) for size in SIZES for mode in ("light", "dark")], ids=str)
def reader(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visitor whose page is light or dark."""
    (width, height), mode = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    visit = Visit(context.new_page(), url)
    visit.page.goto(url)
    visit.page.evaluate("mode => { document.body.style.background = mode === 'dark' ? '#111' : '#fff' }", mode)
    visit.bubble.click()
    expect(visit.log).to_contain_text("What are you looking for?")
    expect(visit.chat.locator("html")).to_have_attribute("style", re.compile(f"color-scheme: {mode}"))
    yield visit
    context.close()


def chat_of(visit: Visit) -> Frame:
    frame = visit.page.frame(url=re.compile("/chat/"))
    assert frame is not None
    return frame


def test_the_first_view_has_no_serious_fault(reader: Visit) -> None:
    assert faults(chat_of(reader)) == []


def test_cards_sources_chips_and_failures_have_no_serious_fault(reader: Visit) -> None:
    reader.say("tents")
    expect(reader.chat.get_by_role("button", name="Cheaper ones")).to_be_visible()
    reader.say("may I return it?")
    expect(reader.chat.locator(".aisle-sources")).to_be_visible()
    reader.chat.get_by_role("button", name="This did not help").last.click()
    expect(reader.chat.locator(".aisle-reason:visible")).to_have_count(1)
    reader.say("fail, please")
    expect(reader.chat.locator(".aisle-failure")).to_be_visible()
    assert faults(chat_of(reader)) == []


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_the_page_with_the_widget_has_no_serious_fault(visit: Visit) -> None:
    for path in ("/", "/products/T-1"):
        visit.page.goto(visit.url + path)
        visit.bubble.wait_for()
        assert faults(visit.page) == []


def test_nothing_moves_for_those_who_prefer_it(reader: Visit) -> None:
    reader.say("pause")
    expect(reader.chat.locator(".aisle-writing i").first).to_have_css("animation-name", "none")
    expect(reader.panel).to_have_css("animation-name", "none")


def test_a_picture_that_fails_is_a_letter(visit: Visit) -> None:
    visit.open()
    visit.say("broken")
    tile = visit.chat.locator(".aisle-picture.is-empty")
    expect(tile).to_have_text("M")
    expect(tile.locator("img")).to_have_count(0)
    visit.errors.clear()  # the browser's own line about the picture
