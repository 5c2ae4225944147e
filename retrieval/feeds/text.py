"""Text out of feeds: without control characters and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Signs that are not shown, or that turn round what follows: a price of 1234.50 would be shown as 05.4321."""
_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|dl|dt|dd|b|i|u|em|strong|a|h[1-6]|table|tbody|thead|tr|td|th|img|script|style|font|hr|sup|sub"
    r"|section|article|iframe|figure|blockquote|pre|code|small|meta|link|video|svg|object|embed|form|input)\b[^<>]*>"
    r"|<!--",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)\b[^<>]*>", re.IGNORECASE)
_BLOCKS = frozenset(
    {"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "hr", "section"}
)
_CELL_END = "\x1f"
"""Marks what was put behind a cell, so that only that is taken off the end of a line."""
_AFTER_CELL = {"td": f"{_CELL_END}, ", "th": f"{_CELL_END}: ", "dt": f"{_CELL_END}: ", "dd": "\n"}
"""What keeps the cells of a row, and a term and its meaning, apart."""
_LAST_CELL = re.compile(rf"(?:{_CELL_END}[,:]\s*)+$")
_MOST_ESCAPED = 3
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
"""An entity as escaping writes it. What is left of "&amp;GT" is no second one, but what somebody wrote."""
_SILENT = frozenset({"script", "style", "iframe", "svg", "object", "video", "template"})


def clean(text: str) -> str:
    """`text` with one kind of line end and without control characters, trimmed.

    Raises ValueError for bytes that are no text in the file's encoding, and for lone surrogates.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in text) if not text.isascii() else False:
        raise ValueError("holds bytes that are not text in the file's encoding")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain(text: str) -> str:
    """`text` without HTML. Text without any tag of HTML is left alone: "5 < 6" is no HTML.

    Takes time in proportion to the text, whatever is in it, as Python's own HTML parser does not.
    """
    if not _TAG.search(text):
        return text
    rows = "".join(_pieces(_without_comments(text.replace(_CELL_END, " ")))).split("\n")
    lines = (" ".join(_LAST_CELL.sub("", row).replace(_CELL_END, "").split()) for row in rows)
    return "\n".join(line for line in lines if line)


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


def _pieces(text: str) -> Iterator[str]:
    """The text between the tags, with a line end for each block; nothing from inside scripts and the like."""
    silenced_by, place = "", 0
    for tag in _ANY_TAG.finditer(text):
        name = tag["name"].lower()
        if not silenced_by:
            yield unescaped(" ".join(text[place : tag.start()].split("\n")))
            yield "\n" if name in _BLOCKS else _AFTER_CELL.get(name, "") if tag["end"] else ""
            silenced_by = name if name in _SILENT and not tag["end"] else ""
        elif name == silenced_by and tag["end"]:
            silenced_by = ""
        place = tag.end()
    if not silenced_by:
        yield unescaped(" ".join(text[place:].split("\n")))


def unescaped(text: str) -> str:
    """`text` with the entities of HTML resolved, also twice escaped ones, as foreign feeds have them even in plain fields."""
    if "&" in text:
        text = html.unescape(text)
        for _ in range(_MOST_ESCAPED - 1):
            text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text
