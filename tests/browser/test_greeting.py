"""A signed-in customer opens the chat: greeted by name, with the open order, which a chip asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.actions.awaited import AwaitedOrder
from assistant.actions.order import OrderStatus
from tests.browser.visit import Visit
from tests.fake_assistant import FakeAssistant
from tests.unit.web import make_app, served

pytestmark = pytest.mark.browser
VIEWS = {
    "desktop, light": (1280, 800, "#fff"),
    "desktop, dark": (1280, 800, "#111"),
    "phone, light": (360, 740, "#fff"),
    "phone, dark": (360, 740, "#111"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    fake = FakeAssistant()
    fake.awaited["C-1"] = AwaitedOrder("A-1042", OrderStatus.SHIPPED, date(2026, 11, 27), is_late=False)
    with served(make_app(tmp_path_factory.mktemp("home"), fake, shop_name="Elm & Fell")) as url:
        yield url


@pytest.mark.parametrize("view", VIEWS)
def test_the_greeting_knows_the_customer_and_the_order(browser: Browser, shop: str, view: str, tmp_path: Path) -> None:
    width, height, background = VIEWS[view]
    visit = Visit(browser.new_context(viewport={"width": width, "height": height}).new_page(), shop)
    visit.open()
    expect(visit.log).not_to_contain_text("A-1042")
    visit.page.request.post(f"{shop}/session", form={"customer_id": "C-1"})
    visit.page.reload()
    visit.page.evaluate("color => { document.body.style.background = color }", background)
    visit.bubble.wait_for()
    if visit.panel.is_hidden():
        visit.bubble.click()
    expect(visit.log).to_contain_text(
        "Hello Ada. Your order A-1042 is on its way and should arrive on Friday, November 27. What can I do for you?"
    )
    chip = visit.chat.get_by_role("button", name="Where is order A-1042?")
    expect(chip).to_be_in_viewport(ratio=1)
    visit.page.screenshot(path=tmp_path / "screenshot.png")
    chip.click()
    expect(visit.log).to_contain_text("You said: Where is order A-1042?")
    assert (visit.errors, visit.foreign_requests) == ([], [])
    visit.page.context.close()
