"""Lines: a record cut into the pieces that can answer a question, each with where it comes from.

A product gives one line per attribute, per sentence of its description and per review. A policy page gives one line per
sentence or list item, with the headings above it. The reader judges lines one by one, together with the title of their record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

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


class LineKind(StrEnum):
    """Which part of a record a line comes from."""

    ATTRIBUTE = "attribute"
    DESCRIPTION = "description"
    REVIEW = "review"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a record. `record` is the product's or page's id, `title` its title, and above that the headings.

    `value` is the bare value of an attribute line ("2.1 kg"), "" for every other kind.
    """

    record: str
    kind: LineKind
    title: str
    text: str
    value: str = ""


def product_lines(product: Product) -> tuple[Line, ...]:
    """Every line of a product's record: attributes first, then the description, then reviews."""
    return tuple(_product_lines(product))


def page_lines(page: Faq) -> tuple[Line, ...]:
    """Every line of a policy page, in order; a line's title names the headings it stands under."""
    return tuple(_page_lines(page))


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
    for name, value in {**product.attributes, **own}.items():
        if value := _YES_NO.get(value.lower(), value).strip().rstrip("."):
            spoken = name.replace("_", " ")
            yield line(LineKind.ATTRIBUTE, f"{spoken[:1].upper()}{spoken[1:]}: {value}", value)
    for sentence in sentences(_MARKUP.sub(" ", product.description)):
        if not _ADDRESSES_A_MACHINE.search(sentence):
            yield line(LineKind.DESCRIPTION, sentence)
    for review in product.reviews:
        if not _ADDRESSES_A_MACHINE.search(review.text):
            yield line(LineKind.REVIEW, f"Review, {review.rating} of 5 stars: {_one_line(review.text)}")


def _page_lines(page: Faq) -> Iterator[Line]:
    headings: list[tuple[str, str]] = []
    header: list[str] = []
    row: list[str] = []
    tokens = MarkdownIt().enable("table").parse(page.answer)
    for opening, token in pairwise(tokens):
        title = " > ".join([page.title, *(text for _, text in headings)])
        if token.type == "tr_close":
            if header:
                told = "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(header, row, strict=False))
                yield Line(page.id, LineKind.POLICY, title, told)
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
                    yield Line(page.id, LineKind.POLICY, title, sentence)


def _plain(token: Token) -> str:
    """The words of an inline token without its markup."""
    breaks = ("softbreak", "hardbreak")
    return _one_line("".join(" " if child.type in breaks else child.content for child in token.children or ()))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
