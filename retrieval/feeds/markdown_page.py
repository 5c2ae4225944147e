"""Markdown pages as people write them: one section for each heading, whatever layout marks it as one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|\{/\*.*?\*/\}", re.DOTALL)
_SUMMARY = re.compile(r"<summary[^<>]*>\s*(?P<title>.*?)\s*</summary>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_ANCHOR = re.compile(r"\s*\{#[\w-]+\}\s*$")
_NUMBER = re.compile(r"\d{1,2}[.)]\s+(?=\D)")
_LINES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        (r"^(?:import\s.+\sfrom\s.+|export\s+(?:const|default|let)\s.*)$", ""),  # of MDX
        (r"^:::.*$", ""),  # admonitions
        (r"^(#{1,6})(?=[^#\s])", r"\1 "),  # "##Delivery"
        (r"(?<=\n\n)[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", ""),  # a line across the page
        (
            r"^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?(?:Q(?:uestion)?|Frage|Pregunta|Domanda)[ \t]*\d*[ \t]?[.:)]+(?:\*\*|__)?[ \t]*"
            r"(?P<q>\S.*?)(?:\*\*|__)?[ \t]*$",
            r"\n## \g<q>\n",
        ),
        (
            r"^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?(?:A(?:nswer|ntwort)?|Réponse|Respuesta|Risposta)[ \t]*\d*[ \t]?[.:)]+(?:\*\*|__)?[ \t]+(?=\S)",
            "",
        ),
        (
            r"^[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(?P<mark>\*\*\*|\*\*|__)(?P<q>[^*_\n]{3,200}(?:\?(?P=mark)|(?P=mark)[ \t]*\?))[ \t:–—-]*",
            lambda match: f"\n## {match['q'].replace(match['mark'], '')}\n\n",
        ),
        (r"^(?P<mark>[*_])(?P<q>[^*_\n]{3,200}\?)(?P=mark)[ \t]*$", r"\n## \g<q>\n"),
        (r"^\d+[.)][ \t]+(?P<q>[^\n]{3,200}\?)[ \t]*$(?=\s*\n\s*[^\s\d#*+-])", r"\n## \g<q>\n"),
    )
)
"""What stands for a heading, or for nothing, in pages of many tools; each a pattern and what is read in its place."""
_ALONE = re.compile(
    r"(?:\A|(?<=\n))[ \t]*(?:(?P<mark>\*\*|__)(?P<bold>[^*_\n]{3,80}?):?(?P=mark):?|(?P<plain>[^\s#|>*+-][^\n]{2,198}\?))[ \t]*"
    r"(?=\n\s*(?!(?:\*\*|__)[^*_\n]+(?:\*\*|__):?[ \t]*\n)[^\s#])"
)
"""A line of its own that another text follows: all of it bold, or a plain question."""
_ROW = re.compile(r"^[ \t]*\|(?P<cells>.+)\|[ \t]*$")
_RULE = re.compile(r"[\s|:-]+")
_ASKING, _ANSWERING = (
    frozenset({"question", "q", "frage", "pregunta", "domanda"}),
    frozenset({"answer", "a", "antwort", "réponse", "respuesta", "risposta"}),
)
_GENERIC = re.compile(
    r"(?:our |the )?(?:faqs?|f\.a\.q\.?|frequently asked questions?|questions?(?: (?:and|&) answers?)?|q ?(?:&|and) ?a|help(?: (?:cent(?:er|re)|page|desk))?"
    r"|customer (?:service|care|support)|support|information|info|good to know|policies|shop policies)",
    re.IGNORECASE,
)
"""Titles of pages that say nothing of what their sections are about."""
_WORD = re.compile(r"\w+")
_SMALL = (
    "a an the i you we they it he she my your our its their me us them this that these those is are am be "
    "do does did can could will would shall should may must have has had what which who when where why "
    "how to of in on at for from by with and or not if there any some much many long often soon"
)
_SMALL_WORDS = frozenset(_SMALL.split())
"""Words that say nothing of what a question is about."""
_POINTS = frozenset({"it", "they", "them", "this", "that", "these", "those"})
_VERBS_ALONE = re.compile(
    r"(?:can|could|may|do|should|must|will) (?:i|you|we) \w+(?: (?:or|and) \w+)*(?: (?:it|them|this|that))?\s*\?",
    re.IGNORECASE,
)
"""A question of verbs without an object, or with one that stands for the topic."""
_LIMITS = re.compile(
    r"\b(?:exceptions?|exclusions?|excluded|conditions?|restrictions?|please note|important|not eligible|exempt|terms|fine print|small print)\b",
    re.IGNORECASE,
)
"""Headings of sections that limit what the others say; each of those is told with them."""


@dataclass(frozen=True, slots=True)
class Section:
    """One question of a page, or the whole of it. `line` counts from 1 in the page; `heading` is "" for what stands before all others."""

    line: int
    heading: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading of a page: its level, its text, and where it begins and ends in the page."""

    level: int
    text: str
    start: int
    end: int

    @property
    def asks(self) -> bool:
        return self.text.rstrip().endswith("?")


def readable(page: str) -> str:
    """`page` in plain Markdown: questions that are marked in another way become headings; comments and HTML are left out."""
    page = _SUMMARY.sub(lambda match: f"\n\n## {_TAG.sub('', match['title'])}\n\n", _COMMENT.sub("", page))
    has_headings = len(_headings(page)) > 1
    page = _without_tables_of_answers(page)
    for pattern, replacement in _LINES:
        page = pattern.sub(replacement, page)
    if not has_headings:
        page = _lines_alone_as_headings(page)
    return _TAG.sub("", _BREAK.sub(" ", page))


def _lines_alone_as_headings(page: str) -> str:
    """A page whose questions are lines of their own, bold or plain: two of a kind are headings, one may be emphasis."""
    marked = len(re.findall("^## ", page, re.MULTILINE))
    for kind in ("bold", "plain"):
        places = [match for match in _ALONE.finditer(page) if match[kind] and not (kind == "plain" and marked)]
        if len(places) + marked < 2:
            continue
        for match in reversed(places):
            page = f"{page[: match.start()]}\n## {match[kind]}\n{page[match.end() :]}"
            marked += 1
    return page


def _without_tables_of_answers(page: str) -> str:
    """A table of questions and answers as headings and paragraphs."""
    lines: list[str] = []
    columns: tuple[int, int] | None = None
    for line in page.split("\n"):
        row = _ROW.match(line)
        cells = [cell.strip() for cell in row["cells"].split("|")] if row else []
        names = [cell.strip("*_ ").lower() for cell in cells]
        asking = next((place for place, name in enumerate(names) if name in _ASKING), None)
        answering = next((place for place, name in enumerate(names) if name in _ANSWERING), None)
        if asking is not None and answering is not None:
            columns = asking, answering
        elif not row or columns is None or max(columns) >= len(cells):
            columns = None
            lines.append(line)
        elif not _RULE.fullmatch(line):
            lines += ["", f"## {cells[columns[0]]}", "", cells[columns[1]], ""]
    return "\n".join(lines)


def sections(page: str, title: str = "") -> Iterator[Section]:
    """The questions of a page in Markdown: one for each heading, or the page as one answer if it has no more than one thing to say.

    A first heading that stands above all others is the page's title, if it has no `title` of its own. A heading that asks
    nothing, or asks too little to be understood by itself, is told with the page's title, "Delivery: Canada", and a section of exceptions also with each of its neighbors.
    """
    headings = _headings(page)
    first = headings[0] if headings and not page[: headings[0].start].strip() else None
    if first and (not title or _same(first.text, title)) and all(other.level > first.level for other in headings[1:]):
        title, headings = title or first.text, headings[1:]
        opening_at = first.end
    else:
        opening_at = 0
    has_opening = bool(headings and page[opening_at : headings[0].start].strip().rstrip(":"))
    level = _level(headings, 1 if has_opening else 2)
    starts = [heading for heading in headings if heading.level <= level]
    if not level:
        yield Section(1, "", title, page[opening_at:].strip())
        return
    ends = [*(heading.start for heading in starts[1:]), len(page)]
    bodies = [page[heading.end : end].strip() for heading, end in zip(starts, ends, strict=True)]
    limits = "".join(
        f"\n\n### {heading.text}\n\n{body}"
        for heading, body in zip(starts, bodies, strict=True)
        if body and _LIMITS.search(heading.text) and not heading.asks
    )
    opening = page[opening_at : starts[0].start].strip()
    if opening and not opening.endswith(":"):
        yield Section(1, "", title, opening + limits)
    above = ""
    for heading, body in zip(starts, bodies, strict=True):
        if heading.level < level:
            above = heading.text
        if body:
            topic = above if heading.level == level and above else "" if _GENERIC.fullmatch(title) else title
            named = _titled(heading, topic)
            is_limited = not heading.asks and not _LIMITS.search(heading.text)
            line = page[: heading.start].count("\n") + 1
            yield Section(line, heading.text, named, body + limits if is_limited else body)


def _titled(heading: _Heading, topic: str) -> str:
    """The title of a section: its heading, after the topic of its page if that says what the heading is about."""
    said, about = _telling(heading.text), _telling(topic)
    if not topic or about <= said or (heading.asks and (about & said or not _needs_topic(heading.text))):
        return heading.text
    return f"{topic}: {heading.text}"


def _needs_topic(question: str) -> bool:
    """True if a question has no thing of its own to ask about: "Can I pause or cancel?", "How long does it take?"."""
    words = _WORD.findall(question.casefold())
    is_vague = len(_telling(question)) <= (2 if _POINTS.intersection(words) else 0)
    return is_vague or _VERBS_ALONE.fullmatch(question.strip()) is not None


def _telling(text: str) -> frozenset[str]:
    """The words of `text` that say something, without the plural's s."""
    return frozenset(word.removesuffix("s") for word in _WORD.findall(text.casefold()) if word not in _SMALL_WORDS)


def _same(one: str, other: str) -> bool:
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())


def _level(headings: list[_Heading], fewest: int) -> int:
    """The level whose headings each begin a question: the first with `fewest` that ask, else the first with `fewest`; 0 if none has."""
    for chosen in ([heading for heading in headings if heading.asks], headings):
        for level in sorted({heading.level for heading in chosen}):
            if sum(heading.level == level for heading in chosen) >= fewest:
                return level
    return 0


def _headings(page: str) -> list[_Heading]:
    """The headings of Markdown, with signs before them or underlined."""
    starts = [0, *(place + 1 for place, letter in enumerate(page) if letter == "\n"), len(page)]
    return [
        _Heading(int(token.tag[1]), _words(inside), starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)])
        for token, inside in pairwise(MarkdownIt().parse(page))
        if token.type == "heading_open" and token.map and token.level == 0
    ]


def _words(inline: Token) -> str:
    """The words of a heading, without markup, link, anchor, number or pictures before them."""
    words = _ANCHOR.sub("", "".join(child.content for child in inline.children or ())).strip()
    while words and unicodedata.category(words[0]) in ("So", "Sk", "Mn", "Cf", "Zs"):
        words = words[1:]
    return _NUMBER.sub("", words, count=1) if _NUMBER.match(words) else words
