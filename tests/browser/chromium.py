"""Chromium: the system's own where there is one, else Playwright's; None with the reason where neither starts."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def launch(playwright: Playwright) -> Browser | str:
    """A browser, or why there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    own = playwright.chromium.executable_path
    if found is None and not Path(own).exists():
        return f"no Chromium: none of {', '.join(_NAMES)}, nor Playwright's own (`playwright install chromium`)"
    try:
        return playwright.chromium.launch(executable_path=found or own, args=["--no-sandbox"])
    except Error as error:
        return f"Chromium does not start: {error.message.splitlines()[0]}"
