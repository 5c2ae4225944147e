"""Cards in the chat: price, stock and reason are in sight, and the others are a press away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (360, 740)]
_UNCOVERED = """element => {
    const box = element.getBoundingClientRect(), inset = 1;
    const corners = [[box.left + inset, box.top + inset], [box.right - inset, box.top + inset],
                     [box.left + inset, box.bottom - inset], [box.right - inset, box.bottom - inset]];
    return corners.every(([x, y]) => {
        if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return false;
        const card = element.closest(".aisle-card");
        return card.contains(document.elementFromPoint(x, y));
    });
}"""
"""Whether all corners of an element are within the frame, with nothing but its own card on top of them."""


def is_in_sight(part: Locator) -> bool:
    return part.evaluate(_UNCOVERED)


def ask_for_tents(visit: Visit) -> Locator:
    visit.open()
    visit.say("tents")
    expect(visit.chat.get_by_role("button", name="Cheaper ones")).to_be_visible()
    return visit.chat.locator(".aisle-card")


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_price_stock_and_reason_are_in_sight(visit: Visit) -> None:
    first = ask_for_tents(visit).first
    for part in (".aisle-name", ".aisle-price", ".aisle-stock", ".aisle-why", ".aisle-picture"):
        expect(first.locator(part)).to_have_count(1)
        assert is_in_sight(first.locator(part)), part
    question = visit.chat.locator(".user-row .message")
    assert question.bounding_box()["y"] >= visit.chat.locator("#aisle-header").bounding_box()["y"]


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_arrows_lead_to_the_other_cards_and_say_where_one_is(visit: Visit) -> None:
    cards = ask_for_tents(visit)
    back, on = (visit.chat.get_by_role("button", name=name) for name in ("Previous products", "More products"))
    place = visit.chat.locator(".aisle-steps span")
    expect(place).to_have_text("1 of 3")
    expect(back).to_be_disabled()
    for number in (2, 3):
        on.click()
        expect(place).to_have_text(f"{number} of 3")
    expect(on).to_be_disabled()
    visit.page.wait_for_timeout(300)  # the last of the scrolling
    assert is_in_sight(cards.nth(2).locator(".aisle-price"))
    back.click()
    expect(place).to_have_text("2 of 3")


@pytest.mark.parametrize("visit", [(1280, 800)], indirect=True)
def test_cards_that_all_fit_have_no_arrows(visit: Visit) -> None:
    visit.page.goto(f"{visit.url}/chat/")
    visit.page.set_viewport_size({"width": 2000, "height": 900})
    visit.page.get_by_label("Your message").fill("tents")
    visit.page.get_by_role("button", name="Send", exact=True).click()
    expect(visit.page.locator(".aisle-card")).to_have_count(3)
    visit.page.add_style_tag(content=".aisle-card { flex-basis: 200px !important }")
    expect(visit.page.locator(".aisle-steps")).to_be_hidden()


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_the_whole_card_is_its_link(visit: Visit) -> None:
    ask_for_tents(visit).first.click(position={"x": 150, "y": 90})
    visit.page.wait_for_url("**/products/T-1")
