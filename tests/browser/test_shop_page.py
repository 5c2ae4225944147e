"""The assistant knows which page of the shop the customer is on."""

from __future__ import annotations

import socket

import pytest
from playwright.sync_api import Browser, expect
from starlette.responses import HTMLResponse

from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import served

pytestmark = pytest.mark.browser


def test_a_product_page_says_its_product(visit: Visit, fake: FakeAssistant) -> None:
    visit.open("/products/K-1")
    visit.say("how heavy is this?")
    expect(visit.log).to_contain_text("You said: how heavy is this?")
    assert fake.page == "K-1"


def test_a_product_page_offers_questions_about_it(visit: Visit, fake: FakeAssistant) -> None:
    visit.open("/products/K-1")
    visit.chat.get_by_role("button", name="What do customers say about it?").click()
    expect(visit.log).to_contain_text("You said: What do customers say about it?")
    assert fake.page == "K-1"


def test_the_cart_page_asks_the_chat_what_is_in_the_cart(visit: Visit) -> None:
    visit.page.goto(visit.url)
    visit.page.get_by_role("link", name="Cart", exact=True).click()
    visit.page.get_by_role("button", name="What's in my cart?").click()
    expect(visit.log).to_contain_text("You said: What's in my cart?")


@pytest.mark.parametrize("visit", [(1000, 700), (1280, 800), (1920, 1080)], indirect=True)
def test_the_open_chat_does_not_cover_cart_and_account(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("link", name="Cart", exact=True).click(trial=True)
    visit.page.get_by_text("Sign in").click()
    visit.page.get_by_role("button", name="Ada Fell").click()
    expect(visit.page.get_by_text("Ada Fell").first).to_be_visible()
    visit.page.get_by_text("Ada Fell").first.click(trial=True)


def test_a_category_page_offers_questions_about_it(visit: Visit) -> None:
    visit.open("/?kind=Kettles")
    expect(visit.chat.get_by_role("button", name="Help me choose kettles")).to_be_visible()


def test_a_conversation_that_goes_on_elsewhere_leaves_the_product(visit: Visit, fake: FakeAssistant) -> None:
    visit.open("/products/K-1")
    visit.say("one")
    expect(visit.log).to_contain_text("You said: one")
    visit.page.goto(visit.url + "/")
    visit.say("two")
    expect(visit.log).to_contain_text("You said: two")
    assert fake.page == ""


def test_a_shop_of_a_single_page_says_each_change(
    browser: Browser, url: str, fake: FakeAssistant, single_page_shop: socket.socket
) -> None:
    head = '<!doctype html><title>Oak</title><link rel="icon" href="data:,"><script>aisleSettings = {product: "T-1"}</script>'
    page = HTMLResponse(f'{head}<script src="{url}/widget.js" async></script>')
    with served(page, single_page_shop) as shop:
        visit = Visit(browser.new_context().new_page(), shop)
        visit.open()
        for number, (change, product) in enumerate(
            [(None, "T-1"), ({"product": "K-1", "cart": ["T-1"]}, "K-1"), ({"category": "Tents"}, ""), ({}, "")]
        ):
            if change is not None:
                visit.page.evaluate("change => aisle.update(change)", change)
            visit.say(f"message {number}")
            expect(visit.log).to_contain_text(f"You said: message {number}")
            assert fake.page == product
        visit.page.context.close()
    assert visit.errors == []
