"""HTML pages as Markdown, without what stands around their text: menus, scripts, forms, headers and footers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

_AROUND = (
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "noscript",
    "template",
    "svg",
    "iframe",
    "button",
)
_TEXT = ("main", "article", "body")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ASKED_BY = ("summary", "dt", "button")
"""Elements whose text is the question of what follows them."""


def html_markdown(page: str) -> tuple[str, str]:
    """The title of an HTML page, "" without one, and its text in Markdown."""
    soup = BeautifulSoup(page, "html.parser")
    name = soup.title.get_text(" ", strip=True) if soup.title else ""
    place = next((found for tag in _TEXT if (found := soup.find(tag))), soup)
    for element in place.find_all(_AROUND):
        if not (element.name == "button" and element.get_text().strip().endswith("?")):  # opens its answer
            element.decompose()
    lowest = max((int(tag.name[1]) for tag in place.find_all(["h1", "h2", "h3", "h4", "h5"])), default=1)
    for element in (*place.find_all(_ASKED_BY), *place.select('[itemtype$="/Question"] [itemprop="name"]')):
        if not element.find_parent(_HEADINGS) and element.name not in _HEADINGS and not element.find(_HEADINGS):
            element.name = f"h{min(6, lowest + 1)}"
    for element in place.find_all("dd"):
        element.name = "p"
    text = MarkdownConverter(heading_style="ATX", bullets="-", escape_misc=False).convert_soup(place)
    return name, text.strip()


def faq_page(page: str) -> list[tuple[str, str]]:
    """The questions and answers that a page states as a schema.org FAQPage, in JSON-LD."""
    soup = BeautifulSoup(page, "html.parser")
    found: list[tuple[str, str]] = []
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            node = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        found += _asked(node)
    return found


def _asked(node: Any, level: int = 0) -> Iterator[tuple[str, str]]:
    """Every Question with an accepted answer in `node`."""
    if isinstance(node, list) and level < 10:
        for inner in node:
            yield from _asked(inner, level + 1)
    elif isinstance(node, dict) and level < 10:
        answer = node.get("acceptedAnswer")
        answer = answer[0] if isinstance(answer, list) and answer else answer
        if isinstance(answer, dict) and node.get("name") and answer.get("text"):
            yield str(node["name"]), str(answer["text"])
        for name in ("@graph", "mainEntity"):
            yield from _asked(node.get(name), level + 1)
