"""Text out of feeds: without control characters and HTML."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff]")
_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|i|u|em|strong|a|h[1-6]|table|tbody|thead|tr|td|th|img|script|style|font|hr|sup|sub"
    r"|section|article|iframe|figure|blockquote|pre|code|small|meta|link|video|svg|object|embed|form|input)\b[^<>]*>"
    r"|<!--",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    {"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "hr", "section"}
)
_SILENT = frozenset({"script", "style", "iframe", "svg", "object", "video", "template"})


def clean(text: str) -> str:
    """`text` with one kind of line end and without control characters, trimmed.

    Raises ValueError for bytes that are no text in the file's encoding, and for lone surrogates.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in text) if not text.isascii() else False:
        raise ValueError("holds bytes that are not text in the file's encoding")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain(text: str) -> str:
    """`text` without HTML. Text without any tag of HTML is left alone: "5 < 6" is no HTML."""
    if not _TAG.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def unescaped(text: str) -> str:
    """`text` with the entities of HTML resolved, as foreign feeds have them even in plain fields."""
    return html.unescape(text) if "&" in text else text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))
