"""Items of an XML feed, read as a stream. Document types are refused, so that no entity is ever expanded or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from retrieval.errors import FeedError
from retrieval.feeds.report import WHOLE_ROW, RowError
from retrieval.feeds.source import Source

_ITEMS = frozenset({"item", "entry"})
_PREFIXES = frozenset({"", "g", "c"})  # c: holds a shop's own attributes
_DETAIL = "product_detail"


@dataclass(frozen=True, slots=True)
class XmlItem:
    """One <item> or <entry>: the text of each child by name without prefix, `product_detail` as a list."""

    line: int
    fields: dict[str, Any]


def xml_items(source: Source) -> Iterator[XmlItem | RowError]:
    """Every item of an RSS or Atom feed. Where the XML breaks off, that is reported, and reading ends.

    Raises FeedError for a document type, and for XML that holds no items.
    """
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    reader = _Reader(source.name, parser)
    try:
        for line in source.lines():
            parser.Parse(line.encode("utf-8", "replace"), False)
            yield from reader.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = f"the XML breaks off here: {expat.errors.messages[error.code]}; nothing after it can be read"
        yield RowError(source.name, error.lineno, WHOLE_ROW, reason)
        return
    if not reader.count:
        raise FeedError(f"{source.name} is XML without any <item> or <entry>.", "Export a Google Merchant feed.")


class _Reader:
    """What the parser calls back. `_depth` counts from the item: 1 is inside a field, 2 inside a part of one."""

    def __init__(self, file: str, parser: expat.XMLParserType) -> None:
        self.count = 0
        self._file = file
        self._parser = parser
        self._finished: list[XmlItem] = []
        self._item: XmlItem | None = None
        self._depth = 0
        self._text: list[str] = []
        self._part: list[str] = []
        self._parts: dict[str, str] = {}
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse

    def taken(self) -> list[XmlItem]:
        """The items that are complete and have not been taken yet."""
        taken, self._finished = self._finished, []
        return taken

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._item is None:
            if _local(name) in _ITEMS:
                self._item, self._depth = XmlItem(self._parser.CurrentLineNumber, {}), 0
            return
        self._depth += 1
        if self._depth == 1:
            self._text, self._parts = [attributes.get("href", "")], {}  # Atom's links are attributes
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
        """Of several elements with one name the one with the prefix `g:` counts, and else the first."""
        prefix, _, local = name.rpartition(":")
        if local == _DETAIL:
            fields.setdefault(local, []).append(self._parts)
        elif prefix in _PREFIXES and (local not in fields or prefix):
            fields[local] = "".join(self._text).strip()

    def _refuse(self, *_declaration: object) -> None:
        raise FeedError(
            f"{self._file}:{self._parser.CurrentLineNumber}: document types and entities are refused.",
            "Remove the <!DOCTYPE ...> from the feed.",
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
