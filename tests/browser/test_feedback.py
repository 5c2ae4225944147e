"""Below each reply: when it was, copy, and thumbs; and a conversation can be begun anew."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from assistant.conversation.rating import Thumb
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant

pytestmark = pytest.mark.browser


def ask(visit: Visit, message: str = "tents") -> Locator:
    """Asks, and returns the line below the reply."""
    visit.open()
    visit.say(message)
    expect(visit.chat.locator(".aisle-tools")).to_have_count(1)
    return visit.chat.locator(".aisle-tools")


def ratings(fake: FakeAssistant) -> list[Thumb | None]:
    return [turn.rating for turn in list(fake.conversations.values())[-1].turns]


def test_thumbs_are_kept_through_the_next_message_and_a_reload(visit: Visit, fake: FakeAssistant) -> None:
    up = ask(visit).get_by_role("button", name="This helped")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(visit.chat.get_by_role("status").filter(has_text="Thank you.")).to_be_visible()
    visit.say("and more")
    expect(visit.chat.locator(".aisle-tools")).to_have_count(2)
    expect(up.first).to_have_attribute("aria-pressed", "true")
    assert ratings(fake) == [Thumb.UP, None]
    visit.page.reload()
    expect(up.first).to_have_attribute("aria-pressed", "true")
    up.first.click()
    expect(up.first).to_have_attribute("aria-pressed", "false")
    assert ratings(fake) == [None, None]


@pytest.mark.parametrize("visit", [1280, (360, 740)], indirect=True)
def test_a_thumb_down_asks_for_a_reason_that_may_be_left_out(visit: Visit, fake: FakeAssistant) -> None:
    tools = ask(visit)
    tools.get_by_role("button", name="This did not help").click()
    reason = tools.get_by_label("What was wrong? (optional)")
    expect(reason).to_be_focused()
    assert ratings(fake) == [Thumb.DOWN]
    reason.fill("none of them is red")
    reason.press("Enter")
    expect(reason).to_be_hidden()
    expect(tools).to_contain_text("Thank you.")
    assert fake.reasons[-1] == "none of them is red"


def test_a_thumb_down_asks_for_a_reason_below_a_change_that_waits_too(visit: Visit) -> None:
    tools = ask(visit, "change it")
    tools.get_by_role("button", name="This did not help").click()
    expect(tools.get_by_label("What was wrong? (optional)")).to_be_focused()
    expect(visit.chat.locator(".aisle-proposal").get_by_role("button", name="Yes, change the items")).to_be_visible()


def test_a_rating_of_somebody_elses_conversation_is_not_kept(visit: Visit, fake: FakeAssistant) -> None:
    tools = ask(visit)
    fake.conversations.clear()
    tools.get_by_role("button", name="This helped").click()
    expect(tools).to_contain_text("That could not be kept.")
    expect(tools.get_by_role("button", name="This helped")).to_have_attribute("aria-pressed", "false")
    visit.errors.clear()  # the browser's own line about the status 404


def test_a_reply_has_its_time_and_can_be_copied(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tools = ask(visit)
    expect(tools.locator("time")).to_have_text(re.compile(r"\d?\d:\d\d"))
    tools.get_by_role("button", name="Copy the reply").click()
    expect(tools).to_contain_text("Copied")
    frame = visit.page.frame(url=re.compile("/chat/"))
    assert frame is not None
    assert frame.evaluate("navigator.clipboard.readText()") == "Here are three tents. The Larkfield 2 tent is $149.00."


def test_a_conversation_can_be_begun_anew(visit: Visit) -> None:
    new = visit.chat.get_by_role("button", name="New conversation")
    ask(visit)
    new.click()
    expect(visit.chat.locator(".user-row")).to_have_count(0)
    expect(visit.log).to_contain_text("What are you looking for?")
    expect(new).to_be_hidden()
    expect(visit.box).to_be_focused()
    visit.say("again")
    expect(visit.log).to_contain_text("You said: again")
    expect(visit.log.locator(".aisle-tools")).to_have_count(1)
    visit.page.reload()
    expect(visit.log).to_contain_text("You said: again")
    expect(visit.log).not_to_contain_text("Larkfield")
