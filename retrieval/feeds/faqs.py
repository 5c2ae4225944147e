"""FAQs and policies: pages in Markdown or HTML that a shop owner edits, or rows of question and answer in JSON or CSV.

A page has its id, title, intents and link in front matter, and its answer below. Without front matter the file's name
is the id and the first heading the title. Pages marked as drafts, private or not published are left out:

    ---
    title: How long do I have to return something?
    intents: [check_refund_policy, get_refund]
    ---
    You have 30 days from delivery to send anything back.

A page with two or more headings gives one FAQ for each of them, see `markdown_page.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, PlainValidator

from retrieval.catalog.faq import Faq
from retrieval.errors import FeedError
from retrieval.feeds.blanks import is_blank
from retrieval.feeds.checked import checked
from retrieval.feeds.draft import readable_id
from retrieval.feeds.html_page import faq_page, html_markdown
from retrieval.feeds.intake import Intake
from retrieval.feeds.markdown_page import readable, sections
from retrieval.feeds.named_values import NamedValues, named_values
from retrieval.feeds.not_public import NAMES, hidden
from retrieval.feeds.placeholders import is_unwritten, placeholder_in, without_placeholders
from retrieval.feeds.report import WHOLE_ROW, FeedRow, RowError, RowWarning, Skipped
from retrieval.feeds.source import Source
from retrieval.feeds.table import normal_name
from retrieval.feeds.text import unescaped
from retrieval.feeds.values import read_id, read_line, read_link, read_text, shown

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "slug"),
    "title": ("title", "question", "q", "frage", "pregunta", "domanda", "name", "heading"),
    "answer": (
        "answer",
        "a",
        "text",
        "body",
        "content",
        "response",
        "reply",
        "antwort",
        "réponse",
        "respuesta",
        "risposta",
        "html",
    ),
    "intents": ("intents", "intent", "tags"),
    "link": ("link", "url"),
}
"""For each field of Faq, the names under which it is looked for, best first."""
_HIDING = NAMES | {*COLUMNS["id"], *COLUMNS["title"]}
"""Columns that are enough to hide FAQs: their ids, and that they are hidden."""
_MOST_FRONT_MATTER = 20_000
_NAMELESS = frozenset({"index", "_index", "readme"})
"""Names of files that stand for their folder."""
_SUFFIXES = (".md", ".markdown", ".mdx", ".html", ".htm", ".csv", ".tsv", ".json", ".jsonl")
"""Of the files in a folder of pages, those that are read."""
_HTML = (
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<main",
    "<article",
    "<h1",
    "<h2",
    "<div",
    "<section",
    "<details",
    "<dl",
    "<table",
    "<ul",
    "<ol",
    "<strong",
    "<b>",
    "<p>",
    "<p ",
)
_MADE_UP = "id made up"
"""Marks a row whose id was made of its file's name or its heading."""
_MOST_ALIKE = 1_000
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?P<written>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML_FRONT_MATTER = re.compile(r"\s*\+\+\+[ \t]*\n(?P<written>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
"""As Hugo and Zola write it."""


def faq_files(path: Path) -> tuple[Path, ...]:
    """The pages in and below a folder, by name; or the file itself. Raises FeedError where there are none."""
    if not path.is_dir():
        return (path,)
    found = (each for each in path.rglob("*") if each.suffix.lower() in _SUFFIXES and each.is_file())
    files = tuple(
        sorted(each for each in found if not any(part.startswith(".") for part in each.relative_to(path).parts))
    )
    if not files:
        raise FeedError(f"{path} holds no Markdown files.", "Put one file for each question into it, ending in .md.")
    return files


def is_faq_header(columns: Set[str]) -> bool:
    """Whether a table with these columns, by their normal names, holds FAQs, or ids of FAQs to hide."""
    hides = bool(columns & NAMES and columns & {*COLUMNS["id"]}) and columns <= _HIDING
    return hides or bool(columns & {*COLUMNS["answer"]} and columns & {*COLUMNS["title"]})


def read_faqs(source: Source, intake: Intake) -> Iterator[FeedRow[Faq]]:
    """The FAQs of a page in Markdown or HTML, or of a file of rows.

    Of two with one id the first stays, if the id was given; an id that was made of a name gets another one. What stands in an unfilled
    template is left out.
    """
    for row in _rows(source):
        if isinstance(row, RowError | Skipped):
            yield row
            continue
        if not row.values:
            yield Skipped(row.file, row.line, "empty row")
            continue
        values, names = row.under(COLUMNS)
        is_given = not is_blank(values["id"]) and _MADE_UP not in row.values
        if is_blank(values["id"]):  # rows of questions and answers often have none
            values["id"] = normal_name(str(values["title"] or ""))[:200].replace("_", "-")
        id = readable_id(values["id"])
        if reason := hidden(row.values):
            yield Skipped(row.file, row.line, reason, id)
            continue
        found = checked(_Faq, row.file, row.line, values, names)
        if isinstance(found, list):
            yield from (replace(error, id=id) for error in found)
            continue
        unwritten = found.answer if is_unwritten(found.answer) else ""
        if gap := placeholder_in(found.title) or placeholder_in(found.answer) or unwritten:
            found.answer = "" if placeholder_in(found.title) or unwritten else without_placeholders(found.answer)
            reason = f"holds {shown(gap)}, which nobody filled in"
            if not found.answer:
                yield RowError(row.file, row.line, names["answer"], reason, id)
                continue
            yield RowWarning(row.file, row.line, names["answer"], f"{reason}; the sentences with such are left out")
        faq = Faq(found.id, found.title, found.answer, found.intents, found.link)
        before = intake.first_place(Faq, faq.id, row.file, row.line)
        if before and not is_given:
            faq, before = _renamed(faq, source, row, intake)
        if before:
            yield RowError(row.file, row.line, names["id"], f"{shown(faq.id)} was seen before on {before}", faq.id)
        else:
            yield faq


def _renamed(faq: Faq, source: Source, row: NamedValues, intake: Intake) -> tuple[Faq, str]:
    """`faq` under an id with the folder of its file, or a number; and where that was seen before."""
    folder = normal_name(source.path.parent.name).replace("_", "-")
    for id in (f"{folder}-{faq.id}", *(f"{faq.id}-{number}" for number in range(2, _MOST_ALIKE))):
        if not (before := intake.first_place(Faq, id, row.file, row.line)):
            break
    return replace(faq, id=id), before


def _rows(source: Source) -> Iterator[NamedValues | RowError | Skipped]:
    start = next((line.strip() for line in source.lines() if line.strip()), "").lstrip("\ufeff").lower()
    columns = {normal_name(name.strip("\"' ")) for name in re.split(r"[,;\t|]", start)}
    is_table = is_faq_header(columns) and not start.startswith(("#", "---"))
    if start.startswith(("{", "[{", "[\n")) or start == "[" or is_table:
        yield from named_values(source, with_blank=True)
    else:
        yield from _page(source, start.startswith(_HTML))


def _page(source: Source, is_html: bool) -> Iterator[NamedValues | RowError | Skipped]:
    """The question of a page, or one for each of its headings; one Skipped for a page that is not for customers."""
    text = source.text().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if is_html:
        try:
            asked = faq_page(text)
            name, body = html_markdown(text)
        except RecursionError:
            yield RowError(source.name, 1, WHOLE_ROW, "is HTML that is nested too deep")
            return
        if asked:
            for question, answer in asked:
                yield NamedValues(source.name, 1, {"title": question, "answer": answer}, {})
            return
        body = readable(body)
        values, before = ({"title": name} if name and not _has_title(body) else {}), 0
    else:
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
        written = text[match.end() :] if match else text
        before = text[: len(text) - len(written)].count("\n")
        body = readable(unescaped(written))
    stem = source.path.parent.name if source.path.stem.lower() in _NAMELESS else source.path.stem
    written_sections = list(sections(body, str(values.get("title") or "")))
    if reason := hidden(values):
        id = readable_id(values.get("id", stem))
        slugs = (normal_name(section.heading).replace("_", "-")[:80] for section in written_sections if section.heading)
        yield Skipped(source.name, 1, reason, id, parts=tuple(f"{id}-{slug}" for slug in slugs))
        return
    for section in written_sections:
        own: dict[str, Any] = {"id": stem, **values, "answer": section.text}
        own["title"] = section.title or _title_of(stem)
        if section.heading:
            slug = normal_name(section.heading).replace("_", "-")[:80]
            own["id"] = f"{own['id']}-{slug}"
            if link := values.get("link"):
                own["link"] = f"{link}#{slug}"
        if section.heading or "id" not in values:
            own[_MADE_UP] = True
        yield NamedValues(source.name, before + section.line if section.heading else 1, own, {})


def _title_of(stem: str) -> str:
    """The name of a file as the title of a page that has none: "gift-wrapping" is "Gift wrapping"."""
    words = re.sub(r"[\W_]+", " ", stem).strip()
    return words[:1].upper() + words[1:]


def _has_title(markdown: str) -> bool:
    return re.match(r"\s*# ", markdown) is not None


def _front_matter(match: re.Match[str]) -> dict[str, Any]:
    text = match["written"]
    if len(text) > _MOST_FRONT_MATTER:
        raise ValueError(f"has {len(text):,} characters; at most {_MOST_FRONT_MATTER:,} are read")
    if match.re is _TOML_FRONT_MATTER:
        return _by_normal_names(tomllib.loads(text))
    values = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ValueError(f"{shown(values)} is no list of names and values such as `title: ...`")
    return _by_normal_names(values)


def _by_normal_names(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {normal_name(str(name)): value for name, value in values.items()}


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
