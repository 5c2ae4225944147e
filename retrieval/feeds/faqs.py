"""FAQs and policies: Markdown pages that a shop owner edits, or rows with title and answer in JSON or CSV.

A page has its id, title, intents and link in front matter, and its answer below. Without front matter the file's name
is the id and the first heading the title. Pages marked as drafts, private or not published are left out:

    ---
    title: How long do I have to return something?
    intents: [check_refund_policy, get_refund]
    ---
    You have 30 days from delivery to send anything back.

A page with two or more headings that are questions gives one FAQ for each of them. Other headings are sections of one answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import yaml
from markdown_it import MarkdownIt
from pydantic import BaseModel, PlainValidator

from retrieval.catalog.faq import Faq
from retrieval.errors import FeedError
from retrieval.feeds.blanks import hidden, is_blank
from retrieval.feeds.checked import checked
from retrieval.feeds.intake import Intake
from retrieval.feeds.named_values import NamedValues, named_values
from retrieval.feeds.report import FeedRow, RowError, Skipped
from retrieval.feeds.source import Source
from retrieval.feeds.table import normal_name
from retrieval.feeds.values import read_id, read_line, read_link, read_text, shown

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "slug"),
    "title": ("title", "question"),
    "answer": ("answer", "text", "body", "content"),
    "intents": ("intents", "intent", "tags"),
    "link": ("link", "url"),
}
_MOST_FRONT_MATTER = 20_000
_NAMELESS = frozenset({"index", "_index", "readme"})
"""Names of files that stand for their folder."""
_FEWEST_QUESTIONS = 2
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?P<written>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML_FRONT_MATTER = re.compile(r"\s*\+\+\+[ \t]*\n(?P<written>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
"""As Hugo and Zola write it."""


def faq_files(path: Path) -> tuple[Path, ...]:
    """The Markdown files in and below a folder, by name; or the file itself. Raises FeedError where there are none."""
    if not path.is_dir():
        return (path,)
    files = tuple(sorted(found for found in path.rglob("*.md") if found.is_file()))
    if not files:
        raise FeedError(f"{path} holds no Markdown files.", "Put one file for each question into it, ending in .md.")
    return files


def read_faqs(source: Source, intake: Intake) -> Iterator[FeedRow[Faq]]:
    """The FAQs of a Markdown page, or of a file of rows; of two with one id the first stays."""
    for row in _rows(source):
        if isinstance(row, RowError):
            yield row
            continue
        if reason := hidden(row.values):
            yield Skipped(row.file, row.line, reason)
            continue
        values, names = row.under(_COLUMNS)
        if is_blank(values["id"]):  # rows of questions and answers often have none
            values["id"] = normal_name(str(values["title"] or ""))[:200].replace("_", "-")
        found = checked(_Faq, row.file, row.line, values, names)
        if isinstance(found, list):
            yield from found
        elif before := intake.first_place(Faq, found.id, row.file, row.line):
            yield RowError(row.file, row.line, names["id"], f"{shown(found.id)} was seen before on {before}")
        else:
            yield Faq(found.id, found.title, found.answer, found.intents, found.link)


def _rows(source: Source) -> Iterator[NamedValues | RowError]:
    start = next((line.strip() for line in source.lines() if line.strip()), "").lower()
    is_table = "answer" in start and re.search(r"[,;\t|]", start) and not start.startswith(("#", "---"))
    if start.startswith(("{", "[{", "[\n")) or is_table:
        yield from named_values(source, _COLUMNS["title"])
    else:
        yield from _page(source)


def _page(source: Source) -> Iterator[NamedValues | RowError]:
    """The question of a page, or one for each of its headings that ask something."""
    text = source.text().replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(text) or _TOML_FRONT_MATTER.match(text)
    try:
        values = _front_matter(match) if match else {}
    except tomllib.TOMLDecodeError as error:
        yield RowError(source.name, 1, "front matter", f"is not TOML: {error}")
        return
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"is not YAML: {getattr(error, 'problem', None) or error}"
        yield RowError(source.name, 2 + (mark.line if mark else 0), "front matter", reason)
        return
    except (ValueError, RecursionError) as error:
        yield RowError(source.name, 1, "front matter", str(error))
        return
    body = text[match.end() :] if match else text
    before = text[: len(text) - len(body)].count("\n")
    title, body, skipped = _titled(body) if "title" not in values else ("", body, 0)
    stem = source.path.parent.name if source.path.stem.lower() in _NAMELESS else source.path.stem
    values = {"id": stem, **({"title": title} if title else {}), **values}
    opening, questions = _questions(body)
    if opening.strip() or not questions:
        yield NamedValues(source.name, 1, {**values, "answer": opening}, {})
    for line, question, answer in questions:
        slug = normal_name(question).replace("_", "-")[:80]
        own = {"id": f"{values['id']}-{slug}", "title": question, "answer": answer}
        if link := values.get("link"):
            own["link"] = f"{link}#{slug}"
        yield NamedValues(source.name, before + skipped + line, {**values, **own}, {})


def _titled(body: str) -> tuple[str, str, int]:
    """The first heading, if the page begins with one; what is below it; and how many lines that leaves out."""
    headings = _headings(body)
    if not headings or body[: headings[0].start].strip():
        return "", body, 0
    rest = body[headings[0].end :]
    return headings[0].text, rest, body[: headings[0].end].count("\n")


def _questions(body: str) -> tuple[str, list[tuple[int, str, str]]]:
    """What stands before the first heading that is a question, and each such heading with its line and the text below it.

    A page with fewer than two such headings is one answer with sections, and stays whole.
    """
    headings = _headings(body)
    asked = [heading for heading in headings if heading.text.rstrip().endswith("?")]
    level = min((heading.level for heading in asked), default=0)
    starts = [heading for heading in headings if heading.level <= level]
    if sum(heading.level == level for heading in asked) < _FEWEST_QUESTIONS:
        return body, []
    ends = [*(heading.start for heading in starts[1:]), len(body)]
    parts = [(body[: h.start].count("\n") + 1, h.text, body[h.end : end]) for h, end in zip(starts, ends, strict=True)]
    return body[: starts[0].start], parts


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading of a page: its level, its text, and where it begins and ends in the page."""

    level: int
    text: str
    start: int
    end: int


def _headings(body: str) -> list[_Heading]:
    """The headings of Markdown, with signs before them or underlined."""
    starts = [0, *(place + 1 for place, letter in enumerate(body) if letter == "\n"), len(body)]
    tokens = MarkdownIt().parse(body)
    return [
        _Heading(int(token.tag[1]), inside.content, starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)])
        for token, inside in pairwise(tokens)
        if token.type == "heading_open" and token.map and token.level == 0
    ]


def _front_matter(match: re.Match[str]) -> dict[str, Any]:
    text = match["written"]
    if len(text) > _MOST_FRONT_MATTER:
        raise ValueError(f"has {len(text):,} characters; at most {_MOST_FRONT_MATTER:,} are read")
    if match.re is _TOML_FRONT_MATTER:
        return tomllib.loads(text)
    values = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ValueError(f"{shown(values)} is no list of names and values such as `title: ...`")
    return {str(name): value for name, value in values.items()}


def _intents(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else str(value).split(",")
    if not all(isinstance(name, str) and len(name) <= 100 for name in names):
        raise ValueError(f"{shown(value)} is no list of intents")
    return tuple(read_line(name) for name in names if name.strip())


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases: with them a few lines can stand for more values than there are atoms."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are refused", problem_mark=self.peek_event().start_mark)
        return super().compose_node(parent, index)


class _Faq(BaseModel):
    id: Annotated[str, PlainValidator(read_id)]
    title: Annotated[str, PlainValidator(read_line)]
    answer: Annotated[str, PlainValidator(read_text)]
    intents: Annotated[tuple[str, ...], PlainValidator(_intents)] = ()
    link: Annotated[str, PlainValidator(read_link)] = ""
