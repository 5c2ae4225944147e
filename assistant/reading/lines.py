"""Lines: a record cut into the pieces that can answer a question, each with where it comes from.

A product gives one line per attribute, per sentence of its description and per review. A policy page gives one line per
sentence or list item, with the headings above it. The reader judges lines one by one, together with the title of their record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from itertools import pairwise, takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.catalog.faq import Faq
from retrieval.catalog.product import Product

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[A-Z0-9\"'“‘(])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|a\.m|p\.m|no|approx|incl|etc|St|Dr|Mr|Mrs|Ms)\.$", re.IGNORECASE)
_MARKUP = re.compile(r"<[^>]+>")
_ADDRESSES_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|previous|above)"
    r"|\b(?:system prompt|as an ai|tell (?:the|every|all) customers?)\b"
    r"|\b(?:assistant|chat ?bot|language model|ai)\b.{0,30}\b(?:must|should|say|tell|reply|answer)\b",
    re.IGNORECASE,
)
"""Sentences in records that speak to whoever reads them out; no reader, brief or customer sees them."""
_YES_NO = {"true": "yes", "false": "no"}
_OWN_FIELDS = ("material", "color", "size", "brand")
_ANNOUNCES = re.compile(r":$|\b(?:as follows|the following(?: \w+){0,2})\.$", re.IGNORECASE)
_NOTHING = " -–—/"
"""Signs of a cell that says nothing."""
_TOP = 1
"""Level of the words of a paragraph that stands in no list."""
_MOST_ANNOUNCED, _SHORT_ITEM = 12, 4
"""Items that are read out with the line that announces them, and words of one that stands between commas."""


class LineKind(StrEnum):
    """Which part of a record a line comes from."""

    ATTRIBUTE = "attribute"
    DESCRIPTION = "description"
    REVIEW = "review"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a record. `record` is the product's or page's id, `title` its title, and above that the headings.

    `value` is the bare value of an attribute line ("2.1 kg"), "" for every other kind; `cells` are those of the row of a table, each with the
    name of its column, which may be "".
    """

    record: str
    kind: LineKind
    title: str
    text: str
    value: str = ""
    cells: tuple[tuple[str, str], ...] = ()


class _Place(Enum):
    """Where a line of a page stands: in running text, in a list, or in a table, whose rows have the names of their columns."""

    TEXT, ITEM, ROW = range(3)


def product_lines(product: Product) -> tuple[Line, ...]:
    """Every line of a product's record: attributes first, then the description, then reviews."""
    return tuple(_product_lines(product))


def page_lines(page: Faq) -> tuple[Line, ...]:
    """Every line of a policy page, in order; a line's title names the headings it stands under.

    What only announces is one line with what it announces: "We take: Visa, PayPal."
    """
    return tuple(_with_announced(list(_page_lines(page))))


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph, each with its final sign. An abbreviation does not end one."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(re.sub(r"\s+", " ", text).strip()):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] += f" {part}"
        elif part:
            parts.append(part)
    return parts


def _product_lines(product: Product) -> Iterator[Line]:
    def line(kind: LineKind, text: str, value: str = "") -> Line:
        return Line(product.id, kind, product.title, text, value)

    own = {name: str(getattr(product, name)) for name in _OWN_FIELDS}
    for name, value in {**product.facts, **own}.items():
        if value := _YES_NO.get(value.lower(), value).strip().rstrip("."):
            spoken = name.replace("_", " ")
            yield line(LineKind.ATTRIBUTE, f"{spoken[:1].upper()}{spoken[1:]}: {value}", value)
    for sentence in sentences(_MARKUP.sub(" ", product.description)):
        if not _ADDRESSES_A_MACHINE.search(sentence):
            yield line(LineKind.DESCRIPTION, sentence)
    for review in product.reviews:
        if not _ADDRESSES_A_MACHINE.search(review.text):
            yield line(LineKind.REVIEW, f"Review, {review.rating} of 5 stars: {_one_line(review.text)}")


def _with_announced(lines: Sequence[tuple[Line, _Place]]) -> Iterator[Line]:
    """Lines, each that announces something joined to the list below it, or after a colon to the next sentence, under the same heading."""
    at = 0
    while at < len(lines):
        line = lines[at][0]
        at += 1
        if _ANNOUNCES.search(line.text) and (below := _below(line, lines[at : at + _MOST_ANNOUNCED])):
            at += len(below)
            line = replace(line, text=f"{line.text.rstrip('.:')}: {_listed(below)}")
        yield line


def _below(line: Line, following: Sequence[tuple[Line, _Place]]) -> list[str]:
    """What an announcement announces: the items of the list that follows, or after a colon the sentence that does."""
    own = [(other.text, place) for other, place in following if other.title == line.title]
    items = [text for text, _ in takewhile(lambda each: each[1] is _Place.ITEM, own)]
    if not items and line.text.endswith(":"):
        items = [text for text, place in own[:1] if place is _Place.TEXT]
    return items


def _listed(items: Sequence[str]) -> str:
    """Short items with commas between them, others as sentences."""
    if all(len(item.split()) <= _SHORT_ITEM and not re.search(r"[,:;]|[.!?]$", item) for item in items):
        return ", ".join(items)
    return " ".join(item if item.endswith((".", "!", "?")) else f"{item.rstrip(',;:')}." for item in items)


def _page_lines(page: Faq) -> Iterator[tuple[Line, _Place]]:
    headings: list[tuple[str, str]] = []
    header: list[str] = []
    row: list[str] = []
    tokens = MarkdownIt().enable("table").parse(page.answer)
    for opening, token in pairwise(tokens):
        title = " > ".join([page.title, *(text for _, text in headings)])
        if token.type == "tr_close":
            if header:
                cells = tuple((name, cell) for name, cell in zip(header, row, strict=False) if cell.strip(_NOTHING))
                told = "; ".join(f"{name}: {cell}" if name else cell for name, cell in cells)
                if told:
                    yield Line(page.id, LineKind.POLICY, title, told, cells=cells), _Place.ROW
            header, row = header or row, []
        elif token.type == "table_close":
            header = []
        elif token.type == "inline":
            if opening.type == "heading_open":
                headings = [(tag, text) for tag, text in headings if tag < opening.tag] + [(opening.tag, _plain(token))]
            elif opening.type in ("th_open", "td_open"):
                row.append(_plain(token))
            else:
                for sentence in sentences(_plain(token)):
                    yield (
                        Line(page.id, LineKind.POLICY, title, sentence),
                        _Place.ITEM if token.level > _TOP else _Place.TEXT,
                    )


def _plain(token: Token) -> str:
    """The words of an inline token without its markup."""
    breaks = ("softbreak", "hardbreak")
    return _one_line("".join(" " if child.type in breaks else child.content for child in token.children or ()))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
