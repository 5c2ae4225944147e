"""Visit: one visitor's page, the chat in its frame, and what the browser noticed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, FrameLocator, Locator, Page, expect

_PATIENCE_MS = 60_000
_GREETING = re.compile(r"What (are you looking for|can I do for you)\?")


class Visit:
    """Drives the shop's page as a visitor would."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        self.foreign_requests: list[str] = []
        page.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._note(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        left = "AbortError" in message.text or "Connection errored out" in message.text
        if message.type == "error" and not left:  # Gradio's words for a reply that the visitor did not wait for
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _note(self, requested: str) -> None:
        parts = urlsplit(requested)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.foreign_requests.append(requested)

    @property
    def bubble(self) -> Locator:
        return self.page.locator("aisle-chat section ~ button")

    @property
    def panel(self) -> Locator:
        return self.page.locator("aisle-chat section")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("aisle-chat iframe")

    @property
    def box(self) -> Locator:
        return self.chat.get_by_label("Your message")

    @property
    def log(self) -> Locator:
        return self.chat.get_by_role("log")

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)
        self.bubble.click()
        self.box.wait_for()
        expect(self.log).to_contain_text(_GREETING)

    def say(self, message: str) -> None:
        self.box.fill(message)
        self.chat.get_by_role("button", name="Send", exact=True).click()
