"""Items of an XML feed, read as a stream. Document types are refused, so that no entity is ever expanded or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Any
from xml.parsers import expat

from retrieval.errors import FeedError
from retrieval.feeds.report import WHOLE_ROW, RowError, RowWarning
from retrieval.feeds.source import Source

_ITEMS = frozenset({"item", "entry"})
_PREFIXES = frozenset({"", "g", "c"})  # c: holds a shop's own attributes
_DETAIL, _HIGHLIGHT = "product_detail", "product_highlight"
_NEXT_ITEM = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)

_AMPERSAND = re.compile(r"&(?:(?P<name>[A-Za-z][A-Za-z0-9]{0,30});|#(?P<number>x[0-9A-Fa-f]{1,6}|[0-9]{1,7});)?")
_OWN_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class XmlItem:
    """One <item> or <entry>: the text of each child by name without prefix, `product_detail` and `product_highlight` as lists."""

    line: int
    fields: dict[str, Any]


def xml_items(source: Source) -> Iterator[XmlItem | RowError | RowWarning]:
    """Every item of an RSS or Atom feed. An item that is not well-formed is reported, and reading goes on with the next one.

    What XML does not know, but people write (`&eacute;`, a bare `&`, control characters), is mended, with one warning for the file.
    Raises FeedError for a document type, and for XML that holds no items.
    """
    reader = _Reader(source.name)
    broken = last = 0
    is_mended = False
    for number, line in enumerate(source.lines(), start=1):
        rest, last = mended(line), number + line.endswith("\n")
        if rest != line and not is_mended and "<![CDATA[" not in line:  # in which HTML is allowed
            is_mended = True
            reason = "holds signs that XML does not allow, such as a bare & or &eacute;; they are read as HTML's, here and below"
            yield RowWarning(source.name, number, WHOLE_ROW, reason)
        while rest:
            start = _NEXT_ITEM.search(rest) if reader.is_lost else None
            if reader.is_lost and start is None:
                break
            if start is not None:
                rest = rest[start.start() :]
                reader.begin_again(number)
            fault = reader.fault(rest)
            yield from reader.taken()
            if fault is None:
                break
            if reader.in_item or not broken:
                broken += 1
                reason = f"is not well-formed XML: {expat.errors.messages[fault.code]}; this item is left out"
                yield RowError(source.name, number, WHOLE_ROW, reason)
            reader.is_lost = True
            rest = rest[max(fault.offset, 1) :]
    if reader.in_item and not reader.is_lost:
        broken += 1
        yield RowError(source.name, last, WHOLE_ROW, "the XML breaks off here, inside an item")
    if not reader.count and not broken:
        raise FeedError(f"{source.name} is XML without any <item> or <entry>.", "Export a Google Merchant feed.")


def mended(line: str) -> str:
    """`line` as XML allows it: HTML's entities resolved, a bare ampersand escaped, control characters left out."""
    if "&" in line:
        line = _AMPERSAND.sub(_reference, line)
    return _CONTROL.sub("", line)


def _reference(match: re.Match[str]) -> str:
    name, number = match["name"], match["number"]
    if number:
        code = int(number[1:], 16) if number[0] == "x" else int(number)
        return match[0] if code in (9, 10, 13) or (32 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF) else ""
    if name in _OWN_ENTITIES:
        return match[0]
    return html5.get(f"{name};", f"&amp;{match[0][1:]}") if name else "&amp;"


class _Reader:
    """What the parser calls back. `_depth` counts from the item: 1 is inside a field, 2 inside a part of one.

    `is_lost` is true after a fault, until the next item begins.
    """

    def __init__(self, file: str) -> None:
        self.count = 0
        self.is_lost = False
        self._file = file
        self._finished: list[XmlItem] = []
        self._open(0)

    @property
    def in_item(self) -> bool:
        """True between the beginning and the end of an item."""
        return self._item is not None

    def begin_again(self, line: int) -> None:
        """Start over at an item that begins in this line of the file, whatever stood before it."""
        self._open(line - 1)
        self._parser.Parse(b"<recovered>", False)
        self.is_lost = False

    def fault(self, text: str) -> expat.ExpatError | None:
        """Read `text`; the fault at which reading stopped, or None."""
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), False)
        except expat.ExpatError as error:
            return error
        return None

    def _open(self, lines_before: int) -> None:
        self._lines_before = lines_before
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.buffer_text = True
        self._item: XmlItem | None = None
        self._currency = ""
        self._depth = 0
        self._text: list[str] = []
        self._part: list[str] = []
        self._parts: dict[str, str] = {}
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse

    def taken(self) -> list[XmlItem]:
        """The items that are complete and have not been taken yet."""
        taken, self._finished = self._finished, []
        return taken

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._item is None:
            if _local(name) in _ITEMS:
                self._prefixed: set[str] = set()
                self._item, self._depth = XmlItem(self._line, {}), 0
            return
        self._depth += 1
        if self._depth == 1:
            self._text, self._parts = [attributes.get("href", "")], {}  # Atom's links are attributes
            self._currency = attributes.get("currency", "")
        elif self._depth == 2:
            self._part = []

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._part.append(text)

    def _end(self, name: str) -> None:
        if self._item is None:
            return
        if self._depth == 0:
            self._finished.append(self._item)
            self._item, self.count = None, self.count + 1
            return
        if self._depth == 2:
            self._parts[_local(name)] = "".join(self._part).strip()
        elif self._depth == 1:
            self._keep(name, self._item.fields)
        self._depth -= 1

    def _keep(self, name: str, fields: dict[str, Any]) -> None:
        """Of several elements with one name the first counts, one with the prefix `g:` before others.

        Highlights are a list. Elements with parts are terms of sale, which make no sense run together, and are left out.
        """
        prefix, _, local = name.rpartition(":")
        text = "".join(self._text).strip()
        if self._currency and text and text[-1].isdigit():  # <price currency="EUR">9.00</price>
            text = f"{text} {self._currency}"
        if local == _DETAIL:
            fields.setdefault(local, []).append(self._parts)
        elif self._parts or prefix not in _PREFIXES:
            return
        elif local == _HIGHLIGHT:
            fields.setdefault(local, []).append(text)
        elif local not in fields or (prefix and local not in self._prefixed):
            fields[local] = text
        if prefix:
            self._prefixed.add(local)

    @property
    def _line(self) -> int:
        return self._lines_before + self._parser.CurrentLineNumber

    def _refuse(self, *_declaration: object) -> None:
        raise FeedError(
            f"{self._file}:{self._line}: document types and entities are refused.",
            "Remove the <!DOCTYPE ...> from the feed.",
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
