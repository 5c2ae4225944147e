"""What a stranger complained of on a first visit, with the real assistant on the sample shop.

Cards, values and sources are looked at, not wording. Each test leaves a screenshot in pytest's temporary folder
(`--basetemp=DIR` chooses it), on a desktop and on a phone, in light and in dark mode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from assistant.assistant import Assistant
from assistant.sample_shop import sample_settings
from retrieval.catalog.product import Product
from tests.browser.visit import Visit
from tests.unit.web import SECRET, served
from ui.app import create_app
from ui.demo import DEMO_CUSTOMERS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIEWS = {
    f"{device}, {mode}": (*size, color)
    for device, size in (("desktop", (1280, 800)), ("phone", (360, 740)))
    for mode, color in (("light", "#fff"), ("dark", "#111"))
}


class Stranger(Visit):
    """A visitor of the sample shop who keeps a screenshot of what they complain of."""

    def __init__(self, browser: Browser, assistant: Assistant, home: Path, view: str) -> None:
        width, height, self._background = VIEWS[view]
        self.assistant = assistant
        settings = sample_settings(home=home, secret=SECRET)
        self._serving = ExitStack()
        url = self._serving.enter_context(served(create_app(assistant, settings, DEMO_CUSTOMERS)))
        super().__init__(browser.new_context(viewport={"width": width, "height": height}).new_page(), url)
        paint = f"document.body.style.background = '{self._background}'"
        self.page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ if (self === top) {paint} }})")
        self.picture = home / "screenshot.png"
        self._replies = 0

    def open(self, path: str = "/") -> None:
        super().open(path)
        self._replies = self.chat.locator(".aisle-tools").count()

    def ask(self, message: str) -> Locator:
        """The finished reply to `message`, with what stands below it."""
        self.say(message)
        self._replies += 1
        expect(self.chat.locator(".aisle-tools")).to_have_count(self._replies, timeout=60_000)
        return self.log.locator(".bot-row").last

    def stop_the_server(self) -> None:
        self._serving.close()

    def leave(self) -> None:
        self.page.screenshot(path=self.picture)
        self.page.context.close()
        self._serving.close()


@pytest.fixture(scope="module")
def assistant(open_shop: Callable[[str], Assistant]) -> Assistant:
    return open_shop("sample")


@pytest.fixture(params=VIEWS)
def stranger(
    browser: Browser, assistant: Assistant, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Stranger]:
    visit = Stranger(browser, assistant, tmp_path, request.param)
    yield visit
    visit.leave()


def product(assistant: Assistant, id: str) -> Product:
    return assistant.catalog.products[id]


def test_a_reload_shows_exactly_what_was_there(stranger: Stranger) -> None:
    stranger.open()
    stranger.ask("show me tents under $300")
    stranger.ask("What is your return policy?")
    before = (stranger.log.inner_text(), stranger.chat.locator(".aisle-chip:visible").all_inner_texts())
    assert stranger.chat.locator(".aisle-card").count() > 0
    assert stranger.chat.locator(".aisle-sources a").count() > 0
    stranger.page.reload()
    stranger.bubble.wait_for()
    if stranger.panel.is_hidden():  # on a phone the chat does not open over the new page by itself
        stranger.bubble.click()
    expect(stranger.chat.locator(".aisle-tools")).to_have_count(2, timeout=60_000)
    expect(stranger.chat.locator(".aisle-steps span").last).to_be_visible()
    assert (stranger.log.inner_text(), stranger.chat.locator(".aisle-chip:visible").all_inner_texts()) == before


def test_the_product_of_the_page_is_known(stranger: Stranger) -> None:
    tent = product(stranger.assistant, "alder-3-tent-green")
    stranger.open(f"/products/{tent.id}")
    reply = stranger.ask("how heavy is this?")
    expect(reply).to_contain_text(tent.attributes["weight"])
    expect(reply.locator(".aisle-card")).to_have_count(1)
    expect(reply.locator(".aisle-card")).to_contain_text(tent.title)


def test_both_of_two_questions_are_answered(stranger: Stranger) -> None:
    tent = product(stranger.assistant, "alder-3-tent-green")
    stranger.open()
    reply = stranger.ask(f"how much is the {tent.title} and can I return it after a month?")
    expect(reply).to_contain_text(str(tent.current_price))
    expect(reply.locator(".aisle-card")).to_contain_text(tent.title)
    expect(reply.locator(".aisle-sources a")).not_to_have_count(0)


def test_an_order_says_where_it_is(stranger: Stranger) -> None:
    order = next(each for each in stranger.assistant.orders.of("C-1072", 9) if each.status == "delayed")
    stranger.page.goto(stranger.url)
    stranger.page.get_by_text("Sign in").click()
    stranger.page.get_by_role("button", name=re.compile("one delayed order")).click()
    stranger.open()
    reply = stranger.ask("where is my order?")
    for part in (order.id, "delayed"):
        expect(reply).to_contain_text(part)


def test_a_sold_out_variant_is_said_to_be_sold_out(stranger: Stranger) -> None:
    jacket = product(stranger.assistant, "squall-rain-jacket-yellow-m")
    stranger.open()
    reply = stranger.ask(f"do you have the {jacket.title} in yellow, size M?")
    card = reply.locator(".aisle-card").first
    expect(reply).to_contain_text("yellow")
    expect(card).to_contain_text("Yellow, M")
    expect(card).to_contain_text("Sold out")


def test_a_lost_server_says_how_to_reach_the_shop(stranger: Stranger) -> None:
    stranger.open()
    stranger.stop_the_server()
    stranger.say("a tent for two under $200")
    expect(stranger.chat.locator(".toast-wrap")).to_be_hidden()
    notice = stranger.chat.get_by_role("alert")
    expect(notice).to_contain_text("cannot be reached")
    expect(notice).to_contain_text(sample_settings().shop_email)
    expect(stranger.chat.locator(".aisle-unsent")).to_have_text("a tent for two under $200")
