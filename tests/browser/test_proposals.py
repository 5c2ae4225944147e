"""Changes in the chat: the card with its two buttons, the button that fills the cart, and where to check out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from assistant.dialogue.waiting import Press
from tests.browser.visit import Visit
from tests.fake_assistant import PROPOSED, FakeAssistant

pytestmark = pytest.mark.browser


def shown(visit: Visit) -> Locator:
    """The card of a change, after it was asked for."""
    visit.open()
    visit.say("change it")
    card = visit.chat.locator(".aisle-proposal")
    expect(card.get_by_role("button", name="Yes, change the items")).to_be_visible()
    return card


@pytest.mark.parametrize("visit", [1280, (360, 740)], indirect=True)
def test_a_change_is_shown_whole_and_confirmed_by_its_button(visit: Visit, fake: FakeAssistant) -> None:
    card = shown(visit)
    for line in (PROPOSED.heading, *PROPOSED.changes, *PROPOSED.money, *PROPOSED.notes):
        expect(card).to_contain_text(line)
    expect(card.locator("b")).to_have_count(0)  # what a record says is text
    box = card.bounding_box()
    assert box is not None
    assert box["width"] <= visit.page.viewport_size["width"]  # type: ignore[index]
    card.get_by_role("button", name="Yes, change the items").click()
    expect(visit.log).to_contain_text("I have cancelled order A-1.")
    expect(visit.log.locator(".user-row").last).to_contain_text("Yes, change the items")  # as the button says
    assert fake.presses[-1] == Press(do="confirm", id="p-1")
    expect(card.get_by_role("button", name="Yes, change the items")).to_be_hidden()


def test_a_change_is_cancelled_by_its_button_and_typed_words_stay(visit: Visit, fake: FakeAssistant) -> None:
    card = shown(visit)
    visit.box.fill("and by the way")
    card.get_by_role("button", name="No, leave it").click()
    expect(visit.log).to_contain_text("I leave everything as it is.")
    assert fake.presses[-1] == Press(do="cancel", id="p-1")
    expect(visit.box).to_have_value("and by the way")


def test_typed_words_answer_too_and_old_buttons_go(visit: Visit, fake: FakeAssistant) -> None:
    pressed = len(fake.presses)
    card = shown(visit)
    visit.say("something else")
    expect(visit.log).to_contain_text("You said: something else")
    expect(card.get_by_role("button", name="Yes, change the items")).to_be_hidden()
    visit.page.reload()
    expect(card).to_contain_text(PROPOSED.heading)
    expect(card.get_by_role("button", name="Yes, change the items")).to_be_hidden()
    assert len(fake.presses) == pressed


@pytest.mark.parametrize("visit", [1280, (360, 740)], indirect=True)
def test_a_product_goes_into_the_cart_by_its_cards_button(visit: Visit, fake: FakeAssistant) -> None:
    visit.open()
    visit.say("tents")
    cards = visit.chat.locator(".aisle-card")
    expect(cards).to_have_count(3)
    expect(visit.chat.locator(".aisle-tools")).to_have_count(1)
    expect(cards.nth(2).get_by_role("button")).to_have_count(0)  # sold out
    cards.nth(0).get_by_role("button", name="Add to cart").click()
    expect(visit.log).to_contain_text("I have added it.")
    expect(visit.log).to_contain_text("Add to cart: Larkfield 2 tent")
    assert fake.presses[-1] == Press(do="add_to_cart", id="T-1")
    link = visit.chat.get_by_role("link", name="Check out")
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "/cart/T-1:1"
    assert visit.page.url.rstrip("/") == visit.url  # the card's link, which lies below its button, was not followed


def test_a_new_conversation_names_the_one_before_it_whose_cart_it_goes_on_with(
    visit: Visit, fake: FakeAssistant
) -> None:
    visit.open()
    visit.say("something else")
    expect(visit.log).to_contain_text("You said: something else")
    expect(visit.chat.locator(".aisle-tools")).to_have_count(1)
    before = list(fake.conversations)[-1]
    for message in ("and now", "and then"):
        visit.chat.locator("#aisle-new").click()
        expect(visit.log).not_to_contain_text("You said")
        visit.say(message)
        expect(visit.log).to_contain_text(f"You said: {message}")
        expect(visit.chat.locator(".aisle-tools")).to_have_count(1)
        assert fake.after == before
        before = list(fake.conversations)[-1]
    visit.say("once more")
    expect(visit.log).to_contain_text("You said: once more")
    assert fake.after == ""
