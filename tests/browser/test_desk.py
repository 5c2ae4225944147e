"""Two people in two real browsers: a customer in the chat and an agent at the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.desk.draft import DraftKind, Outcome
from assistant.desk.drafts import Drafts
from assistant.opening import open_live_assistant
from assistant.settings import Settings
from retrieval.store.database import open_database
from tests.browser.visit import Visit
from tests.unit.desk.desk_home import PERSON, PLANS, POLICY, PRICE, STATUS, THANKS, cookie_of, make_desk_home
from tests.unit.scripted_model import ruled_model
from tests.unit.web import served
from ui.app import create_app
from ui.staff import COOKIE

pytestmark = pytest.mark.browser
COOKIES: dict[str, str] = {}
"""Staff cookies by account, filled once the app is there."""
STOCK = "is it in stock?"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    policy = POLICY.replace("people:", "cancel:\n  when: [shipped]\npeople:")
    return make_desk_home(
        tmp_path_factory.mktemp("desk"), policy, shop_name="Elm & Fell", shop_email="care@elm.example"
    )


@pytest.fixture
def drafts(settings: Settings) -> Drafts:
    return Drafts(open_database(settings.resolved_database_url))


@pytest.fixture(scope="module")
def desk_url(settings: Settings) -> Iterator[str]:
    with ruled_model({**PLANS, HOSTILE: "talk ok", "hello?": "talk unclear", STOCK: "details [Wren Tent]: in stock"}):
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings, {"C-1": ""})
        COOKIES.update({name: cookie_of(app, name, name.capitalize()) for name in ("maya", "noor")})
        with served(app) as base:
            yield base
        assistant.close()


@dataclass
class Two:
    """A customer's visit, and an agent's page."""

    customer: Visit
    agent: Page


def at_desk(browser: Browser, url: str, name: str, size: tuple[int, int] = (1280, 800)) -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_cookies([{"name": COOKIE, "value": COOKIES[name], "url": url}])
    page = context.new_page()
    page.goto(f"{url}/desk")
    expect(page.locator("#live")).to_have_text("Live")
    return context, page


@pytest.fixture
def two(browser: Browser, desk_url: str) -> Iterator[Two]:
    visiting = browser.new_context(viewport={"width": 1280, "height": 800})
    customer = Visit(visiting.new_page(), desk_url)
    sitting, agent = at_desk(browser, desk_url, "maya")
    errors: list[str] = []
    agent.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    agent.on("pageerror", lambda error: errors.append(str(error)))
    agent.on("dialog", lambda dialog: (errors.append(dialog.message), dialog.dismiss()))
    yield Two(customer, agent)
    visiting.close()
    sitting.close()
    assert errors == []
    assert customer.errors == []


def hand_over(two: Two, *messages: str) -> None:
    """The customer says `messages`, asks for a person, and the agent opens the conversation with the keyboard."""
    known = [row.get_attribute("href") for row in two.agent.locator("#queue a").all()]  # other tests may have left some
    two.customer.open()
    for message in (*messages, PERSON):
        two.customer.say(message)
        expect(two.customer.log).to_contain_text(message)
        expect(two.customer.chat.locator(".aisle-writing")).to_have_count(0)
    expect(two.customer.log).to_contain_text("Waiting for a person.")
    new = "".join(f':not([href="{href}"])' for href in known)
    row = two.agent.locator(f"#queue a{new}", has_text=PERSON)
    expect(row).to_be_visible()
    row.focus()
    two.agent.keyboard.press("Enter")
    expect(two.agent.locator("#timeline")).to_contain_text(PERSON)


def test_a_customer_gets_a_person_and_aisle_again(two: Two, drafts: Drafts) -> None:
    customer, agent = two.customer, two.agent
    hand_over(two, PRICE)
    expect(customer.log).to_contain_text("You are first in line.")
    agent.keyboard.press("t")
    expect(agent.locator("#box")).to_be_focused()
    expect(customer.log).to_contain_text("Maya has joined.")
    expect(customer.chat.locator(".aisle-header")).to_contain_text("Maya, a person of our team")
    expect(agent.locator("#drafts .draft").first).to_contain_text("$269.00")  # ready before it was opened
    agent.keyboard.type("Hello, I am here.")
    agent.keyboard.press("Home")
    agent.keyboard.press("Alt+1")  # a draft at the cursor, before what was typed
    expect(agent.locator("#box")).to_have_value(re.compile(r".*\$269\.00.* Hello, I am here\.", re.DOTALL))
    agent.keyboard.press("Enter")
    expect(agent.locator("#drafts .draft")).to_have_count(0)
    expect(customer.chat.locator(".aisle-turn.is-person")).to_have_text(
        re.compile("Maya.*Hello, I am here.", re.DOTALL)
    )
    customer.say(STOCK)
    expect(agent.locator("#timeline")).to_contain_text(STOCK)
    customer.page.reload()
    expect(customer.log).to_contain_text("Hello, I am here.")
    expect(customer.log).to_contain_text(STOCK)
    expect(customer.log).to_contain_text("Maya answers here.")
    agent.keyboard.type("It is.")
    agent.keyboard.press("Enter")
    expect(customer.log).to_contain_text("It is.")
    agent.keyboard.press("Escape")
    agent.keyboard.press("b")
    expect(customer.log).to_contain_text("Maya has handed you back to the assistant.")
    expect(customer.chat.locator(".aisle-header")).to_contain_text("not a person")
    customer.say(THANKS)
    expect(customer.chat.locator(".aisle-tools")).to_have_count(3)
    expect(agent.locator("#head")).to_contain_text("with Aisle")
    kept = [each for each in drafts.decided() if each.outcome is Outcome.EDITED]
    assert [(each.kind, each.message) for each in kept] == [(DraftKind.ANSWER, PRICE)]
    assert kept[0].sent.startswith(kept[0].text)
    assert kept[0].distance == len(" Hello, I am here.")


def test_typed_text_is_never_replaced(two: Two) -> None:
    agent = two.agent
    hand_over(two, STATUS)
    agent.keyboard.press("t")
    agent.keyboard.type("Dear customer")  # at once: no letter of it is taken for a key
    two.customer.say("hello?")
    expect(agent.locator("#timeline")).to_contain_text("hello?")
    expect(agent.locator("#box")).to_have_value("Dear customer")
    agent.reload()
    expect(agent.locator("#box")).to_have_value("Dear customer")
    agent.locator("#box").fill("")
    agent.locator("#box").press("/")
    agent.locator("#canned button", has_text="bye").press("Enter")
    expect(agent.locator("#box")).to_have_value("Is there anything else? If not, I wish you a good day.")


def test_two_desks_see_the_same_and_only_one_answers(two: Two, browser: Browser, desk_url: str) -> None:
    hand_over(two, PRICE)
    context, other = at_desk(browser, desk_url, "noor", (1024, 768))
    other.goto(two.agent.url)
    two.agent.keyboard.press("t")
    expect(other.locator("#head")).to_contain_text("with Maya")
    expect(other.get_by_role("button", name="Take")).to_have_count(0)
    two.agent.keyboard.press("Escape")
    two.agent.keyboard.press("f")
    two.agent.locator("#agents button", has_text="Noor").click()
    expect(other.locator("#head")).to_contain_text("with you")
    expect(two.customer.log).to_contain_text("Noor goes on from here.")
    other.keyboard.press("Escape")
    other.keyboard.press("c")
    other.keyboard.press("1")
    expect(two.agent.locator("#head")).to_contain_text("closed")
    expect(two.customer.log).to_contain_text("Noor has ended the conversation.")
    expect(two.customer.chat.locator(".aisle-solved")).to_have_count(0)  # nobody has written to the customer
    context.close()


def test_the_customer_is_asked_once_whether_it_is_solved(two: Two) -> None:
    customer, agent = two.customer, two.agent
    hand_over(two)
    agent.keyboard.press("t")
    agent.keyboard.type("Here I am.")
    agent.keyboard.press("Enter")
    expect(customer.log).to_contain_text("Here I am.")
    agent.keyboard.press("Escape")
    agent.keyboard.press("c")
    agent.keyboard.press("1")
    asked = customer.chat.get_by_role("group", name="Did you get what you needed?")
    asked.get_by_role("button", name="Yes").click()
    expect(asked).to_have_text("Thank you.")
    customer.page.reload()
    expect(customer.log).to_contain_text("has ended the conversation.")
    expect(asked).to_have_count(0)
    customer.say(PRICE)
    expect(customer.log).to_contain_text("$269.00")
    customer.say(THANKS)
    expect(asked.get_by_role("button", name="No")).to_be_visible()


def test_an_agent_cancels_an_order_after_seeing_what_happens(two: Two) -> None:
    customer, agent = two.customer, two.agent
    customer.page.context.request.post(f"{customer.url}/session", form={"customer_id": "C-1"})
    hand_over(two, STATUS)
    expect(agent.locator("#side [data-act]")).to_have_count(0)  # only who has the conversation acts
    agent.keyboard.press("t")
    agent.keyboard.type("One moment.")
    agent.keyboard.press("Escape")
    expect(agent.locator("#side [data-act]:enabled").first).to_be_visible()
    agent.keyboard.press("o")
    expect(agent.locator("#side [data-act]:enabled").first).to_be_focused()
    agent.keyboard.press("Enter")
    expect(agent.locator("#act-form")).to_contain_text("Cancel: FF-21087")
    agent.get_by_role("button", name="Show the change").click()
    proposal = agent.locator("#proposal")
    expect(proposal).to_contain_text("FF-21087")
    expect(proposal).to_contain_text("$269.00")
    expect(agent.locator("#side summary").first).to_contain_text("shipped")
    agent.get_by_role("button", name="Yes, do it").click()
    expect(agent.locator("#acting")).to_be_hidden()
    expect(agent.locator("#side summary").first).to_contain_text("cancelled")
    expect(agent.locator("#timeline .is-note")).to_contain_text("FF-21087")
    expect(agent.locator("#box")).to_have_value(re.compile(r"One moment\. .*FF-21087"))
    agent.keyboard.press("Escape")
    agent.keyboard.press("c")
    agent.keyboard.press("1")
    expect(agent.locator("#head")).to_contain_text("closed")  # the next test finds only its own in the queue


def test_the_agents_own_words_are_mended_and_replaced_only_when_they_say_so(two: Two) -> None:
    agent, box = two.agent, two.agent.locator("#box")
    hand_over(two)
    agent.keyboard.press("t")
    expect(agent.get_by_role("button", name="Fix grammar")).to_be_visible()
    expect(agent.get_by_role("button", name="Shorter")).to_have_count(0)  # the embedded model cannot
    agent.keyboard.type("i dont know ,sorry")
    agent.keyboard.press("Alt+g")
    expect(agent.locator("#reworded")).to_contain_text("I don't know, sorry.")
    expect(box).to_have_value("i dont know ,sorry")
    agent.keyboard.press("Escape")
    expect(agent.locator("#reworded")).to_be_hidden()
    expect(box).to_be_focused()
    agent.keyboard.press("Alt+g")
    agent.get_by_role("button", name="Use this").press("Enter")
    expect(box).to_have_value("I don't know, sorry.")
    agent.keyboard.press("Control+z")
    expect(box).to_have_value("i dont know ,sorry")
    agent.keyboard.press("Escape")
    agent.keyboard.press("c")
    agent.keyboard.press("1")
    expect(agent.locator("#head")).to_contain_text("closed")  # the next test finds only its own in the queue


def test_a_customer_who_leaves_the_queue_has_aisle_again(two: Two) -> None:
    hand_over(two)
    two.customer.chat.get_by_role("button", name="Go on with the assistant").click()
    expect(two.customer.log).to_contain_text("You are with the assistant again.")
    expect(two.agent.locator("#head")).to_contain_text("with Aisle")


def test_markup_of_a_customer_or_an_agent_stays_text(two: Two) -> None:
    hand_over(two, HOSTILE)
    two.agent.keyboard.press("t")
    two.agent.keyboard.type(HOSTILE)
    two.agent.keyboard.press("Enter")
    expect(two.customer.chat.locator(".aisle-turn.is-person")).to_contain_text(HOSTILE)
    expect(two.agent.locator("#timeline .is-customer").first).to_have_text(HOSTILE)
    assert two.agent.locator("img[src=x]").count() == 0
    assert two.customer.chat.locator("img[src=x]").count() == 0
