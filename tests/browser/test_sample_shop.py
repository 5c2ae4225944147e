"""The sample shop as a visitor meets it: the real assistant, its models, pictures and orders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from assistant.assistant import Assistant
from assistant.sample_shop import sample_settings
from tests.browser.visit import Visit
from tests.unit.web import SECRET, served
from ui.app import create_app
from ui.demo import DEMO_CUSTOMERS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def assistant(open_shop: Callable[[str], Assistant]) -> Assistant:
    return open_shop("sample")


@pytest.fixture
def visit(
    browser: Browser, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    settings = sample_settings(home=tmp_path_factory.mktemp("web"), secret=SECRET)
    width = getattr(request, "param", 1280)
    with served(create_app(assistant, settings, DEMO_CUSTOMERS)) as url:
        context = browser.new_context(viewport={"width": width, "height": 800})
        opened = Visit(context.new_page(), url)
        yield opened
        context.close()
    assert opened.errors == []
    assert opened.foreign_requests == []


@pytest.mark.parametrize("visit", [1280, 320], indirect=True)
def test_cards_show_products_as_the_catalogue_has_them(visit: Visit, assistant: Assistant) -> None:
    visit.open()
    visit.say("show me tents under $300")
    card = visit.chat.locator(".aisle-card").first
    expect(card).to_be_visible()
    link = card.get_by_role("link").get_attribute("href")
    product = assistant.catalog.products[link.removeprefix("/products/")]
    expect(card).to_contain_text(product.title)
    expect(card).to_contain_text(str(product.current_price))
    picture = card.locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("e => e.naturalWidth") > 0
    visit.page.goto(visit.url + link)
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(product.title)


def test_a_policy_is_answered_with_a_source_that_can_be_read(visit: Visit) -> None:
    visit.open()
    visit.say("What is your return policy?")
    source = visit.chat.locator(".aisle-sources a").first
    expect(source).to_be_visible()
    title = source.inner_text()
    source.click()
    expect(visit.page.get_by_role("heading", name=title)).to_be_in_viewport()


def test_orders_are_told_to_their_owner_alone(visit: Visit, assistant: Assistant) -> None:
    visit.open()
    visit.say("where is my order?")
    send = visit.chat.get_by_role("button", name="Send", exact=True)
    expect(visit.chat.locator(".bot-row")).to_have_count(2)
    expect(visit.chat.locator(".aisle-writing")).to_have_count(0)
    expect(send).to_be_enabled()
    assert not re.search(r"FF-\d|delayed", visit.log.inner_text())
    visit.page.keyboard.press("Escape")
    visit.page.get_by_text("Sign in").click()
    visit.page.get_by_role("button", name=re.compile("one delayed order")).click()
    visit.bubble.click()
    visit.say("where is my order?")
    expect(visit.log).to_contain_text("delayed")  # that is told always, its number nearly so


def test_every_demo_customer_is_a_customer(assistant: Assistant) -> None:
    assert all(assistant.customer(customer_id) for customer_id in DEMO_CUSTOMERS)


def test_the_last_reply_is_in_sight_after_cards_and_chips(visit: Visit) -> None:
    visit.open()
    messages = ("I need a warm sleeping bag under $150", "is the first one machine washable?", "do you ship to Canada?")
    for rows, message in enumerate(messages, 2):  # the greeting is the first
        visit.say(message)
        expect(visit.log.locator(".bot-row")).to_have_count(rows)  # the reply has begun before it is awaited
        expect(visit.chat.locator(".aisle-writing")).to_have_count(0)
        expect(visit.chat.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    expect(visit.log.locator(".bot-row").last).to_contain_text("Canada")
    expect(visit.log.locator(".bot-row").last).to_be_in_viewport(ratio=0.9)


def test_a_question_on_a_product_page_is_about_that_product(visit: Visit, assistant: Assistant) -> None:
    tents = (each for each in assistant.catalog.products.values() if "Tents" in each.category_path)
    product = next(each for each in tents if "weight" in each.attributes)
    visit.open(f"/products/{product.id}")
    visit.say("how heavy is this?")
    expect(visit.log.locator(".bot-row")).to_have_count(2)
    expect(visit.chat.locator(".aisle-writing")).to_have_count(0)
    expect(visit.log.locator(".bot-row").last).to_contain_text(product.attributes["weight"])
    expect(visit.chat.locator(".aisle-card")).to_have_count(1)
    expect(visit.chat.locator(".aisle-card")).to_contain_text(product.title)
