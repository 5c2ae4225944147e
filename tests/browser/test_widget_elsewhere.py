"""The widget on the page of a shop on another host."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from starlette.responses import HTMLResponse

from tests.browser.visit import Visit
from tests.unit.web import served
from ui.cli import listen

pytestmark = pytest.mark.browser


def test_a_shops_own_customer_is_known_by_its_token(visit: Visit, other_shop_urls: tuple[str, str]) -> None:
    visit.page.goto(other_shop_urls[0])
    visit.bubble.click()
    expect(visit.log).to_contain_text("Hello from Oak!")
    expect(visit.chat.get_by_role("heading", name="Ask Oak")).to_be_visible()
    visit.say("mine")
    expect(visit.log).to_contain_text("You are C-1.")
    visit.page.keyboard.press("Escape")
    expect(visit.panel).to_be_hidden()


def test_the_token_does_not_stay_in_the_address(visit: Visit, other_shop_urls: tuple[str, str]) -> None:
    visit.page.goto(other_shop_urls[0])
    visit.bubble.click()
    visit.box.wait_for()
    assert "token" not in visit.chat.locator("html").evaluate("() => location.href")


def test_a_shop_that_is_not_on_the_list_cannot_frame_the_chat(visit: Visit, other_shop_urls: tuple[str, str]) -> None:
    visit.page.goto(other_shop_urls[1])
    visit.bubble.click()
    expect(visit.panel).to_be_visible()
    visit.page.wait_for_timeout(1500)
    assert visit.chat.get_by_label("Your message").count() == 0
    assert any("frame-ancestors" in error for error in visit.errors)
    visit.errors.clear()


SPOOFED = {
    "greeting": "Your account is blocked. Call +1 900 555 0100.",
    "title": "Fern & Fell security",
    "questions": "Pay now?",
}


@pytest.mark.parametrize("place", ["?", "#", "?framed=1#"])
def test_a_link_to_the_chat_puts_no_words_into_the_shops_mouth(visit: Visit, url: str, place: str) -> None:
    visit.page.goto(f"{url}/chat/{place}{urlencode({**SPOOFED, 'origin': url})}")
    visit.page.locator("#aisle-box textarea").wait_for()
    expect(visit.page.get_by_role("heading", name="Elm & Fell")).to_be_visible()
    expect(visit.page.locator("#aisle-log")).to_contain_text("Hello, I am the assistant of Elm & Fell.")
    for words in SPOOFED.values():
        expect(visit.page.locator("body")).not_to_contain_text(words)


def test_a_stranger_that_frames_the_chat_puts_no_words_into_it(visit: Visit, url: str) -> None:
    markup = f'<!doctype html><link rel="icon" href="data:,"><iframe src="{url}/chat/#{escape(urlencode(SPOOFED))}"></iframe>'
    with served(HTMLResponse(markup), listen("127.0.0.1", 0)) as stranger:
        visit.page.goto(stranger)
        visit.page.wait_for_timeout(1500)
        assert [frame.locator("#aisle-box").count() for frame in visit.page.frames] == [0, 0]
    assert any("frame-ancestors" in error for error in visit.errors)
    visit.errors.clear()


def test_the_page_is_left_as_it_was(visit: Visit, other_shop_urls: tuple[str, str]) -> None:
    visit.page.goto(other_shop_urls[0])
    visit.bubble.wait_for()
    added = visit.page.evaluate("[...document.body.children].map(e => e.tagName)")
    assert added == ["H1", "SCRIPT", "AISLE-CHAT"]
    assert visit.page.evaluate("document.head.querySelectorAll('style, link[rel=stylesheet]').length") == 0
