"""A visitor proves an order in the chat: form, code from the mail, and the question that follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.conversation.store import Store
from retrieval.store.database import open_database
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.test_order_identity_api import code_in, with_orders
from tests.unit.web import make_app, served

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 360])
def test_a_visitor_finds_their_order(browser: Browser, tmp_path: Path, width: int) -> None:
    store = Store(open_database(f"sqlite:///{with_orders(tmp_path) / 'aisle.db'}"))
    with served(make_app(tmp_path, FakeAssistant(new_id=store.begin))) as url:
        visit = Visit(browser.new_context(viewport={"width": width, "height": 740}).new_page(), url)
        visit.open()
        visit.say("are these mine?")
        form = visit.chat.locator(".aisle-find:visible")
        expect(form).to_contain_text("Find my order")
        form.get_by_label("Order number").fill("a-1042")
        form.get_by_label("E-mail address").fill("ada@example.com")
        form.get_by_role("button", name="Send me a code").click()
        expect(form).to_contain_text("a code is on its way")
        form.get_by_label("Code from the e-mail").fill("0000")
        form.get_by_role("button", name="Show my order").click()
        expect(form).to_contain_text("does not fit")
        visit.say("hm")  # the log is drawn anew, and the form goes on
        expect(visit.log).to_contain_text("You said: hm")
        form.get_by_label("Code from the e-mail").fill(code_in(tmp_path))
        form.get_by_role("button", name="Show my order").click()
        expect(visit.log).to_contain_text("You said: Where is my order A-1042?")
        expect(form).to_have_count(0)
        assert [error for error in visit.errors if "403" not in error] == []
        visit.page.context.close()


def test_without_mail_a_shop_of_its_own_offers_no_form(browser: Browser, tmp_path: Path) -> None:
    with served(make_app(tmp_path, demo=())) as url:
        visit = Visit(browser.new_context().new_page(), url)
        visit.open()
        visit.say("are these mine?")
        expect(visit.log).to_contain_text("a visitor")
        expect(visit.chat.locator(".aisle-find:visible")).to_have_count(0)
        visit.page.context.close()
