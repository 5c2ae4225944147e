"""The README's pictures, drawn in a real Chromium so that they stay true: `make screenshots`.

Without an argument it serves the sample shop itself, from the home that `AISLE_HOME` names; with one it visits that address.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import desk_pictures
from tests.browser.chromium import launch
from tests.browser.visit import Visit
from tests.unit.web import served

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DESKTOP, PHONE = (1280, 860), (390, 780)


def main() -> None:
    """Draws every picture into docs/images."""
    with _shop() as url, sync_playwright() as playwright:
        browser = launch(playwright)
        if isinstance(browser, str):
            raise SystemExit(browser)
        IMAGES.mkdir(parents=True, exist_ok=True)
        _picture(browser, url, "shop", DESKTOP, ["a waterproof tent for two under $300"])
        _picture(browser, url, "policy", DESKTOP, ["What can I return, and until when?"])
        _picture(browser, url, "proposal", DESKTOP, ["cancel my order"], customer="C-1007")
        _picture(browser, url, "phone", PHONE, ["a gift for someone who loves coffee"])
        desk_pictures.draw(browser)
        browser.close()


def _picture(
    browser: Browser, url: str, name: str, size: tuple[int, int], messages: list[str], customer: str = ""
) -> None:
    """The shop's page with the chat open, after `messages` of a visitor or a customer were answered."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=1.5, reduced_motion="reduce"
    )
    visit = Visit(context.new_page(), url)
    if customer:
        context.request.post(f"{url}/session", form={"customer_id": customer})
    visit.open()
    for message in messages:
        visit.say(message)
        _wait_for_the_end(visit)
    path = IMAGES / f"{name}.png"
    visit.page.screenshot(path=path)
    sys.stdout.write(f"{path.relative_to(IMAGES.parents[1])}\n")
    context.close()


def _wait_for_the_end(visit: Visit) -> None:
    """Waits until the conversation has stood still for two seconds."""
    before = ""
    while (now := visit.log.inner_text() + str(visit.chat.locator(".aisle-writing").count())) != before:
        before = now
        visit.page.wait_for_timeout(2000)


@contextmanager
def _shop() -> Iterator[str]:
    if len(sys.argv) > 1:
        yield sys.argv[1].rstrip("/")
        return
    from assistant.opening import open_assistant
    from assistant.sample_shop import prepare_sample, sample_settings
    from ui.app import create_app
    from ui.demo import DEMO_CUSTOMERS

    settings = sample_settings()
    prepare_sample(settings)
    with served(create_app(open_assistant(settings), settings, DEMO_CUSTOMERS)) as url:
        yield url


if __name__ == "__main__":
    main()
