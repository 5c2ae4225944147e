"""FAQs and policies: Markdown pages that a shop owner edits, or rows with title and answer in JSON or CSV.

A page has its id, title, intents and link in front matter, and its answer below. Without front matter the file's name
is the id and the first heading the title. Pages marked as drafts, private or not published are left out:

    ---
    title: How long do I have to return something?
    intents: [check_refund_policy, get_refund]
    ---
    You have 30 days from delivery to send anything back.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
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
        yield _page(source)


def _page(source: Source) -> NamedValues | RowError:
    text = source.text().replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(text) or _TOML_FRONT_MATTER.match(text)
    try:
        values = _front_matter(match) if match else {}
    except tomllib.TOMLDecodeError as error:
        return RowError(source.name, 1, "front matter", f"is not TOML: {error}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"is not YAML: {getattr(error, 'problem', None) or error}"
        return RowError(source.name, 2 + (mark.line if mark else 0), "front matter", reason)
    except (ValueError, RecursionError) as error:
        return RowError(source.name, 1, "front matter", str(error))
    body = text[match.end() :] if match else text
    first, _, rest = body.lstrip().partition("\n")
    if "title" not in values and first.startswith("#"):
        values["title"], body = first.strip("# \t"), rest
    values = {"id": source.path.stem, **values, "answer": body}
    return NamedValues(source.name, 1, values, {})


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
