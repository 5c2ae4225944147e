"""The widget and the chat, used as visitors use them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from assistant.dialogue.waiting import Press
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("visit", [1280, 390, 320], indirect=True)
def test_a_visitor_asks_and_sees_cards(visit: Visit) -> None:
    visit.open()
    visit.say("tents")
    expect(visit.log).to_contain_text("The Larkfield 2 tent is $149.00.")
    cards = visit.chat.locator(".aisle-card")
    expect(cards).to_have_count(3)
    expect(cards.first).to_contain_text("$189.00")
    expect(cards.first).to_contain_text("112 people rated it 4.6 out of 5")
    expect(cards.first.get_by_role("img", name="Rated 4.6 out of 5 by 112")).to_be_visible()
    expect(cards.nth(2)).to_contain_text("Sold out")
    for place in (visit.page.locator("html"), visit.chat.locator("html")):
        assert place.evaluate("e => e.scrollWidth <= e.clientWidth"), "the page scrolls sideways"


@pytest.mark.parametrize("visit", [320], indirect=True)
def test_on_a_phone_the_chat_is_a_full_sheet(visit: Visit) -> None:
    visit.open()
    box = visit.panel.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 320, 640)
    visit.chat.get_by_role("button", name="Close the chat").click()
    expect(visit.panel).to_be_hidden()


def test_everything_works_from_the_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.url)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "AISLE-CHAT":
            break
    page.keyboard.press("Enter")
    expect(visit.box).to_be_focused()
    page.keyboard.type("tents")
    page.keyboard.press("Enter")
    expect(visit.log).to_contain_text("$149.00")
    first = visit.chat.get_by_role("link", name="Larkfield 2 tent")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if first.evaluate("e => e === document.activeElement"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(visit.panel).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "AISLE-CHAT"
    expect(visit.bubble).to_have_attribute("aria-expanded", "false")


def test_focus_stays_in_the_open_panel(visit: Visit) -> None:
    visit.open()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(12):
            visit.page.keyboard.press(key)
            assert visit.page.evaluate("document.activeElement.tagName") == "AISLE-CHAT"


def test_screen_readers_are_told_what_is_what(visit: Visit) -> None:
    visit.open()
    expect(visit.panel).to_have_attribute("role", "dialog")
    expect(visit.panel).to_have_attribute("aria-label", "Elm & Fell")
    expect(visit.bubble).to_have_attribute("aria-label", "Close chat: Elm & Fell")
    expect(visit.log).to_have_attribute("aria-live", "polite")
    visit.say("tents")
    expect(visit.chat.get_by_role("list", name="3 products")).to_be_visible()


def test_words_of_records_and_customers_are_never_markup(visit: Visit) -> None:
    visit.open()
    visit.say("tents <script>alert('message')</script> <img src=x onerror=alert(1)> ![p](https://evil.example/p.png)")
    expect(visit.chat.locator(".aisle-card").nth(1)).to_contain_text("<script>alert('title')</script> tent")
    hostile = "echo <b>bold</b> <script>alert(2)</script> ![p](https://evil.example/q.png) ${7*7} {{7*7}}"
    visit.say(hostile)
    expect(visit.log).to_contain_text(f"You said: {hostile}")
    made = visit.log.locator("b, script, img:not(.aisle-picture img)")
    assert made.evaluate_all("all => all.map(e => e.outerHTML)") == []


def test_chips_ask_the_natural_next_question(visit: Visit) -> None:
    visit.open()
    visit.say("tents")
    visit.chat.get_by_role("button", name="Cheaper ones").click()
    expect(visit.log).to_contain_text("You said: Cheaper ones")
    expect(visit.chat.get_by_role("button", name="Which is lightest?")).to_have_count(0)


def test_a_message_sent_during_a_reply_is_answered_after_it(visit: Visit) -> None:
    visit.open()
    visit.say("pause, then one")
    expect(visit.chat.locator(".aisle-writing")).to_be_visible()
    visit.say("two")
    expect(visit.log).to_contain_text("You said: pause, then one")
    expect(visit.log).to_contain_text("You said: two")
    expect(visit.chat.locator(".user-row")).to_have_count(2)


def test_sources_are_links(visit: Visit) -> None:
    visit.open()
    visit.say("may I return it?")
    expect(visit.chat.get_by_role("link", name="Returns and refunds")).to_have_attribute("href", "/help/returns")


def test_a_failure_can_be_tried_again(visit: Visit) -> None:
    visit.open()
    visit.say("fail, please")
    expect(visit.chat.get_by_role("alert")).to_contain_text("Sorry, something went wrong")
    visit.chat.get_by_role("button", name="Try again").click()
    expect(visit.chat.get_by_role("alert")).to_have_count(1)
    expect(visit.chat.locator(".user-row")).to_have_count(1)


def test_the_talk_goes_on_after_a_failure(visit: Visit) -> None:
    visit.open()
    visit.say("fail, please")
    expect(visit.chat.get_by_role("button", name="Try again")).to_have_count(1)
    visit.say("tents")
    expect(visit.log).to_contain_text("$149.00")
    expect(visit.chat.get_by_role("button", name="Try again")).to_have_count(0)


def test_the_conversation_goes_along_to_the_next_page(visit: Visit) -> None:
    visit.open()
    visit.say("tents")
    expect(visit.chat.get_by_role("button", name="Cheaper ones")).to_be_visible()
    visit.chat.get_by_role("link", name="Larkfield 2 tent").click()
    visit.page.wait_for_url("**/products/T-1")
    expect(visit.log).to_contain_text("The Larkfield 2 tent is $149.00.")
    expect(visit.chat.locator(".aisle-card")).to_have_count(3)


def test_the_page_itself_can_ask(visit: Visit) -> None:
    visit.page.goto(visit.url)
    visit.page.get_by_role("button", name="A tent for two under $200").click()
    expect(visit.log).to_contain_text("You said: A tent for two under $200")


def test_a_signed_in_customer_is_known_to_the_chat(visit: Visit) -> None:
    visit.open()
    visit.say("mine")
    expect(visit.log).to_contain_text("You are a visitor.")
    visit.page.keyboard.press("Escape")
    visit.page.get_by_text("Sign in").click()
    visit.page.get_by_role("button", name="Ada Fell").click()
    visit.bubble.click()
    visit.say("mine")
    expect(visit.log).to_contain_text("You are C-1.")


def test_a_visitor_who_leaves_stops_the_reply(visit: Visit, fake: FakeAssistant) -> None:
    visit.open()
    visit.say("slow, and I leave")
    expect(visit.log).to_contain_text("Still thinking.")
    visit.page.goto("about:blank")
    deadline = time.monotonic() + 60
    while "slow, and I leave" not in fake.cancelled and time.monotonic() < deadline:
        time.sleep(0.1)
    assert fake.cancelled.count("slow, and I leave") == 1


@pytest.mark.parametrize("burst", [("one",), ("one", "two"), ("and in orange?", "how heavy is it?", "is it in stock?")])
def test_messages_typed_during_a_reply_are_answered_each_on_its_line(visit: Visit, burst: tuple[str, ...]) -> None:
    visit.open()
    visit.say("pause")
    for message in burst:
        visit.box.press_sequentially(message, delay=5)
        visit.box.press("Enter")
        expect(visit.box).to_have_value("")
    expect(visit.log).to_contain_text("You said: pause")
    expect(visit.log.locator(".user-row").last).to_contain_text(burst[-1])
    sent = "\n".join(visit.log.locator(".user-row").all_inner_texts())
    assert [line for line in sent.split("\n") if line.strip()] == ["pause", *burst]


def test_what_is_typed_while_a_reply_begins_stays_in_the_box(visit: Visit) -> None:
    visit.open()
    visit.say("pause")
    visit.box.press_sequentially("half a sent", delay=20)
    expect(visit.log).to_contain_text("You said: pause")
    expect(visit.box).to_have_value("half a sent")


def go_nowhere(visit: Visit) -> None:
    visit.page.reload()


def go_to_another_page(visit: Visit) -> None:
    visit.page.goto(f"{visit.url}/help")


@pytest.mark.parametrize("go", [go_nowhere, go_to_another_page])
def test_a_message_outlives_a_page_that_is_left_during_its_reply(
    visit: Visit, go: Callable[[Visit], None], fake: FakeAssistant
) -> None:
    asked = f"slow, {go.__name__}"
    visit.open()
    visit.say("tents")
    expect(visit.chat.locator(".aisle-tools")).to_have_count(1)
    visit.say(asked)
    expect(visit.log).to_contain_text("Still thinking.")
    visit.box.fill("half a sent")
    go(visit)
    expect(visit.log).to_contain_text("Still thinking.")  # asked again
    expect(visit.chat.locator(".user-row")).to_have_text(["tents", asked])
    expect(visit.box).to_have_value("half a sent")
    deadline = time.monotonic() + 60
    while asked not in fake.cancelled and time.monotonic() < deadline:
        time.sleep(0.1)
    assert fake.cancelled.count(asked) == 1


def test_a_message_that_was_left_too_often_waits_to_be_asked_again(visit: Visit, fake: FakeAssistant) -> None:
    visit.open()
    visit.say("slow, and again")
    for _ in range(3):
        expect(visit.log).to_contain_text("Still thinking.")
        visit.page.reload()
    notice = visit.chat.get_by_role("alert")
    expect(notice).to_contain_text("not been answered")
    expect(visit.chat.locator(".aisle-unsent")).to_have_text(["slow, and again"])
    assert "Still thinking" not in visit.log.inner_text()
    notice.get_by_role("button", name="Try again").click()
    expect(visit.log).to_contain_text("Still thinking.")
    expect(visit.chat.locator(".user-row")).to_have_text(["slow, and again"])


def test_a_message_that_failed_is_there_after_a_reload_until_the_customer_goes_on(visit: Visit) -> None:
    visit.open()
    visit.say("fail, please")
    expect(visit.chat.get_by_role("alert")).to_contain_text("something went wrong")
    visit.page.reload()
    expect(visit.chat.get_by_role("alert")).to_contain_text("not been answered")
    expect(visit.chat.locator(".aisle-unsent")).to_have_text(["fail, please"])
    visit.say("tents")
    expect(visit.log).to_contain_text("$149.00")
    expect(visit.chat.locator(".aisle-unsent")).to_have_count(0)
    expect(visit.chat.get_by_role("alert")).to_have_count(0)
    expect(visit.chat.locator(".user-row")).to_have_text(["tents"])


def test_a_reply_that_was_finished_is_not_asked_for_again(visit: Visit, fake: FakeAssistant) -> None:
    visit.open()
    for _ in range(2):  # the same words twice are two messages
        visit.say("mine")
    expect(visit.chat.locator(".aisle-tools").first).to_be_visible()
    expect(visit.chat.locator(".aisle-writing")).to_have_count(0)
    before = visit.chat.locator(".user-row").all_inner_texts()
    visit.page.reload()
    expect(visit.chat.locator(".user-row")).to_have_text(before)
    expect(visit.chat.locator(".aisle-unsent")).to_have_count(0)


def test_a_reply_that_was_stored_unseen_is_shown_and_not_asked_for_again(visit: Visit, fake: FakeAssistant) -> None:
    visit.open()
    visit.say("tents")
    expect(visit.chat.locator(".aisle-tools")).to_have_count(1)
    kept = {"messages": [{"text": "tents", "press": "", "tries": 1, "isSent": True, "before": 0}], "typed": "and"}
    line = f"sessionStorage.setItem('aisle:unanswered', JSON.stringify({json.dumps(kept)}))"
    visit.page.add_init_script(f"if (self !== top) {line}")
    visit.page.reload()
    expect(visit.box).to_have_value("and")
    expect(visit.chat.locator(".user-row")).to_have_text(["tents"])
    expect(visit.chat.locator(".aisle-unsent")).to_have_count(0)


def test_the_button_of_a_card_is_pressed_again_after_a_reload(visit: Visit, fake: FakeAssistant) -> None:
    visit.open()
    visit.say("tents")
    visit.chat.get_by_role("button", name="Add to cart").first.wait_for()
    held: list[Route] = []
    visit.page.route(re.compile("/queue/join"), lambda route: held.append(route))
    visit.chat.get_by_role("button", name="Add to cart").first.click()
    expect(visit.chat.locator(".aisle-unsent")).to_have_text(["Add to cart: Larkfield 2 tent"])
    pressed = len(fake.presses)
    visit.page.unroute_all()
    visit.page.reload()
    expect(visit.log).to_contain_text("I have added it.")
    assert fake.presses[pressed:] == [Press(do="add_to_cart", id="T-1")]
