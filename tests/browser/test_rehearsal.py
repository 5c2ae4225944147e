"""A team lead rehearses a change of the shop in a real browser: what is checked, what fails, and what may be published."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.access.staff import Role, StaffAccounts
from assistant.opening import open_live_assistant
from assistant.settings import Settings
from retrieval.store.database import open_database
from retrieval.store.records import Records
from tests.unit.desk.desk_home import PASSWORD, PLANS, POLICY, RETURNS, make_desk_home
from tests.unit.scripted_model import ruled_model
from tests.unit.web import served
from ui.app import create_app

pytestmark = pytest.mark.browser
CANCEL = "please cancel order FF-21087"
HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPT = f"""- name: {HOSTILE}
  customer: C-1
  turns:
  - say: {CANCEL}
    proposes: cancel
"""
ALLOWED = POLICY.replace("people:", "cancel:\n  when: [shipped]\npeople:")
PAGE = "# Returning an item\n\nYou can return an item within 14 days. Write to us first.\n"
PATIENCE_MS = 120_000
"""A rehearsal opens the shop twice."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_desk_home(tmp_path_factory.mktemp("rehearsal"), shop_name="Elm & Fell")


@pytest.fixture(scope="module")
def desk_url(settings: Settings) -> Iterator[str]:
    with ruled_model({**PLANS, CANCEL: "change cancel FF-21087"}):
        assistant = open_live_assistant(settings)
        app = create_app(assistant, settings)
        accounts: StaffAccounts = app.state.staff_accounts()
        accounts.add("ada", "Ada", Role.ADMIN, PASSWORD)
        with served(app) as base:
            yield base
        assistant.close()


@pytest.fixture
def lead(browser: Browser, desk_url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of a team lead who has signed in; one conversation was had with the shop's assistant."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 1000)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    context.request.post(f"{desk_url}/api/chat", data={"message": RETURNS})
    page, noticed = context.new_page(), []
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("dialog", lambda dialog: (noticed.append(dialog.message), dialog.dismiss()))
    page.goto(f"{desk_url}/desk/rehearsal")
    page.get_by_label("Account").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{desk_url}/desk/rehearsal")
    yield page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    context.close()
    assert noticed == []


def rehearse(page: Page, result: str) -> None:
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("heading", name=result)).to_be_visible()


@pytest.mark.parametrize("lead", [(1280, 800)], indirect=True)
def test_a_picked_conversation_fails_and_blocks_publishing_until_there_is_a_reason(
    lead: Page, settings: Settings
) -> None:
    script, outcome, trouble = lead.locator("#script"), lead.locator("#outcome"), lead.locator("#trouble")
    lead.get_by_label("A real conversation").select_option(RETURNS)
    lead.get_by_label("Its name").fill("returns")
    lead.get_by_role("button", name="Add, masked").click()
    expect(script).to_have_value(re.compile(f"name: returns.*say: {re.escape(RETURNS)}.*- returns", re.DOTALL))
    picked = script.input_value()
    script.fill("- name: [")
    lead.get_by_role("button", name="Rehearse").click()
    expect(trouble).to_contain_text("The script is not YAML, line 1")
    script.fill(f"{picked.rstrip()}\n    says: [30 days]\n")
    lead.get_by_label("A page, by its id").fill("returns")
    lead.get_by_label("Its text in Markdown").fill(PAGE)
    rehearse(lead, "0 of 1 pass")
    expect(trouble).to_be_empty()
    expect(outcome.locator("del")).to_contain_text("30 days")
    expect(outcome.locator("ins")).to_contain_text("14 days")
    expect(outcome).to_contain_text("does not say '30 days'")
    anyway = lead.get_by_role("button", name="Publish anyway")
    anyway.click()
    assert lead.locator("#reason:invalid").count() == 1  # the browser asks for the reason
    lead.get_by_label("Why it is published although it failed").fill("the law changed")
    lead.get_by_label("Its text in Markdown").fill(f"{PAGE}\nReally.\n")
    anyway.click()
    expect(trouble).to_contain_text("This change was not rehearsed yet.")
    records = Records(open_database(settings.resolved_database_url))
    assert "30 days" in records.catalog().faqs["returns"].answer
    lead.get_by_label("Its text in Markdown").fill(PAGE)
    anyway.click()
    expect(outcome).to_contain_text("Published.")
    expect(lead.get_by_label("Its text in Markdown")).to_have_value("")
    assert "14 days" in records.catalog().faqs["returns"].answer


@pytest.mark.parametrize("lead", [(768, 1024)], indirect=True)
def test_a_written_conversation_passes_under_another_policy_which_is_published(lead: Page, settings: Settings) -> None:
    name = lead.get_by_label("Its name").bounding_box()
    assert name is not None
    assert name["width"] > 120, "no room for a name"
    lead.locator("#script").fill(SCRIPT)
    rehearse(lead, "0 of 1 pass")
    expect(lead.locator("#outcome")).to_contain_text("proposes nothing, not cancel")
    expect(lead.get_by_role("button", name=re.compile("Publish"))).to_have_count(0)  # nothing is changed yet
    lead.get_by_label("policy.md, the whole file").fill(ALLOWED)
    rehearse(lead, "1 of 1 pass")
    expect(lead.locator("#outcome")).to_contain_text("Rehearsed: policy")
    summary = lead.locator("#outcome summary")
    expect(summary).to_contain_text(f"pass {HOSTILE} replies differ")
    summary.tap()
    expect(lead.locator("#outcome ins")).to_contain_text("FF-21087")
    lead.get_by_role("button", name="Publish", exact=True).tap()
    expect(lead.locator("#outcome")).to_contain_text("policy.md is the new policy")
    assert (settings.home / "policy.md").read_text(encoding="utf-8") == ALLOWED
    lead.reload()
    expect(lead.get_by_label("policy.md, the whole file")).to_have_value("")
    expect(lead.locator("#script")).to_have_value(SCRIPT)
