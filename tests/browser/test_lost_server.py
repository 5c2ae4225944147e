"""A slow server, a lost one, and one that does not let a page show the chat."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from starlette.responses import HTMLResponse

from assistant.settings import Settings
from tests.browser.conftest import origin
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import SECRET, make_app, served
from ui.app import create_app
from ui.cli import listen
from ui.opening import OpeningAssistant

pytestmark = pytest.mark.browser
LOST = "The assistant cannot be reached at the moment."
CONTACTS = "help@oak.example · +44 20 7946 0018"


class Shop:
    """A page of another host with the widget, and a chat server that can be stopped and started again at its address."""

    def __init__(self, home: Path) -> None:
        self.page = listen("127.0.0.1", 0)
        place = listen("127.0.0.1", 0)
        self.chat = origin(place)
        self._port = place.getsockname()[1]
        place.close()
        self._home = home
        self._running = ExitStack()
        self.fake = FakeAssistant()

    def start(self) -> None:
        app = make_app(
            self._home, self.fake, allowed_origins=[origin(self.page)], shop_email="help@oak.example",
            shop_phone="+44 20 7946 0018",
        )  # fmt: skip
        self._running.enter_context(served(app, listen("127.0.0.1", self._port)))

    def stop(self) -> None:
        self._running.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.start()
    line = f'<script src="{shop.chat}/widget.js"></script>'
    page = HTMLResponse(f'<!doctype html><title>Oak</title><link rel="icon" href="data:,"><h1>Oak</h1>{line}')
    with served(page, shop.page):
        yield shop
        shop.stop()


@pytest.fixture
def at_the_shop(browser: Browser, shop: Shop, request: pytest.FixtureRequest) -> Iterator[Visit]:
    width, height = getattr(request, "param", (1280, 800))
    context = browser.new_context(viewport={"width": width, "height": height})
    yield Visit(context.new_page(), origin(shop.page))
    context.close()


def test_a_message_is_shown_at_once_by_a_server_that_is_slow(visit: Visit) -> None:
    visit.open()
    waiting: list[Route] = []
    visit.page.route(re.compile("/queue/join"), lambda route: waiting.append(route))
    visit.say("tents")
    expect(visit.chat.locator(".aisle-unsent")).to_have_text("tents", timeout=1000)
    expect(visit.chat.locator(".aisle-awaiting")).to_be_visible()
    expect(visit.box).to_have_value("")
    visit.page.wait_for_timeout(3000)
    expect(visit.chat.locator(".aisle-lost")).to_have_count(0)
    for route in waiting:
        route.continue_()
    visit.page.unroute_all()
    expect(visit.log).to_contain_text("The Larkfield 2 tent is $149.00.")
    expect(visit.chat.locator(".aisle-unsent")).to_have_count(0)
    expect(visit.chat.locator(".user-row")).to_have_count(1)


@pytest.mark.parametrize("visit", [1280, (360, 740)], indirect=True)
def test_a_message_below_a_long_conversation_is_in_sight_with_its_dots(visit: Visit) -> None:
    visit.open()
    for count in range(1, 4):
        visit.say("tents")
        expect(visit.chat.locator(".aisle-tools")).to_have_count(count)
    visit.log.evaluate("log => { log.dispatchEvent(new WheelEvent('wheel')); log.scrollTop = 0; }")
    visit.page.route(re.compile("/queue/join"), lambda route: None)
    visit.say("and in orange?")
    expect(visit.chat.locator(".aisle-unsent")).to_be_in_viewport(ratio=1)
    expect(visit.chat.locator(".aisle-awaiting")).to_be_in_viewport(ratio=1)
    visit.page.unroute_all()


@pytest.mark.parametrize("at_the_shop", [(1280, 800), (360, 740)], indirect=True)
def test_a_lost_server_is_said_with_contacts_and_the_message_is_kept(at_the_shop: Visit, shop: Shop) -> None:
    visit = at_the_shop
    visit.open()
    visit.say("one")
    expect(visit.log).to_contain_text("You said: one")
    shop.stop()
    visit.say("two")
    expect(visit.chat.locator(".aisle-unsent")).to_have_text("two", timeout=1000)
    notice = visit.chat.get_by_role("alert")
    expect(notice).to_contain_text(LOST)
    expect(notice).to_contain_text(CONTACTS)
    expect(notice).to_be_in_viewport(ratio=1)
    expect(visit.chat.locator(".aisle-awaiting")).to_have_count(0)
    visit.box.fill("half a sent")
    notice.get_by_role("button", name="Try again").click()
    expect(notice.get_by_role("button", name="Try again")).to_be_enabled()
    expect(visit.chat.locator(".aisle-unsent")).to_have_text("two")
    shop.start()
    notice.get_by_role("button", name="Try again").click()
    expect(visit.log).to_contain_text("You said: two")
    expect(visit.log).to_contain_text("You said: one")
    expect(visit.chat.locator(".user-row")).to_have_count(2)
    expect(visit.box).to_have_value("half a sent")


def test_a_message_is_asked_by_itself_once_the_server_is_back(at_the_shop: Visit, shop: Shop) -> None:
    visit = at_the_shop
    visit.open()
    visit.say("one")
    expect(visit.log).to_contain_text("You said: one")
    shop.stop()
    visit.say("two")
    visit.box.fill("half a sent")
    expect(visit.chat.get_by_role("alert")).to_contain_text(LOST)
    shop.start()
    expect(visit.log).to_contain_text("You said: two")
    expect(visit.chat.locator(".user-row")).to_have_text(["one", "two"])
    expect(visit.chat.get_by_role("alert")).to_have_count(0)
    expect(visit.box).to_have_value("half a sent")


def test_a_chat_that_opens_slowly_says_so_and_keeps_what_is_sent(browser: Browser, tmp_path: Path) -> None:
    fake, models = FakeAssistant(), threading.Event()
    conversation = fake.ask("one").conversation_id

    def load() -> FakeAssistant:
        models.wait(300)
        return fake

    assistant = OpeningAssistant(load)
    assistant.start()
    with served(
        create_app(assistant, Settings(_env_file=None, home=tmp_path, secret=SECRET, shop_email="a@b.c"))
    ) as url:
        visit = Visit(browser.new_context().new_page(), url)
        visit.page.add_init_script(f"sessionStorage.setItem('aisle:conversation', '{conversation}')")
        visit.page.goto(f"{url}/chat/")
        status = visit.page.locator("#aisle-opening")
        expect(status).to_contain_text("Opening the chat")
        visit.page.get_by_label("Your message").fill("two")
        visit.page.get_by_role("button", name="Send", exact=True).click()
        expect(visit.page.locator(".aisle-unsent")).to_have_text("two")
        expect(status).to_contain_text("still opening")
        expect(status).to_contain_text("a@b.c")
        models.set()
        log = visit.page.get_by_role("log")
        expect(log).to_contain_text("You said: two")
        expect(log).to_contain_text("You said: one")
        expect(visit.page.locator(".user-row")).to_have_text(["one", "two"])
        expect(status).to_have_count(0)
        visit.page.context.close()


def test_a_server_lost_during_a_reply_is_asked_again(at_the_shop: Visit, shop: Shop) -> None:
    visit = at_the_shop
    visit.open()
    visit.say("slow")
    expect(visit.log).to_contain_text("Still thinking.")
    shop.stop()
    notice = visit.chat.get_by_role("alert")
    expect(notice).to_contain_text(LOST)
    shop.start()
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_have_count(0)
    expect(visit.log).to_contain_text("Still thinking.")
    expect(visit.chat.locator(".user-row")).to_have_text(["slow"])


def test_a_chat_that_does_not_open_says_how_to_reach_the_shop(at_the_shop: Visit, shop: Shop) -> None:
    visit = at_the_shop
    visit.page.goto(visit.url)
    visit.bubble.wait_for()
    shop.stop()
    visit.bubble.click()
    notice = visit.panel.get_by_role("alert")
    expect(notice).to_contain_text(LOST)
    expect(notice).to_contain_text(CONTACTS)
    shop.start()
    notice.get_by_role("button", name="Try again").click()
    expect(visit.log).to_contain_text("What are you looking for?")
    expect(notice).to_be_hidden()


def test_an_owner_reads_which_setting_lets_the_page_show_the_chat(
    visit: Visit, other_shop_urls: tuple[str, str], other_shops: tuple[socket.socket, socket.socket]
) -> None:
    visit.page.goto(other_shop_urls[1])
    visit.bubble.click()
    notice = visit.panel.get_by_role("alert")
    expect(notice).to_contain_text(f"add {origin(other_shops[1])} to AISLE_ALLOWED_ORIGINS")
    expect(notice.get_by_role("button", name="Try again")).to_be_hidden()
    assert any("AISLE_ALLOWED_ORIGINS" in error for error in visit.errors)
    notice.get_by_role("button", name=re.compile("Close chat")).click()
    expect(visit.panel).to_be_hidden()
    visit.errors.clear()
