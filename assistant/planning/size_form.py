"""Size form: the sizes of given goods that a message names, in whatever spelling: "blue m", "in 9.5", "70x140", "2xl".

What counts as a size is what the variants of the goods have in their records. A letter or a bare number is also said of other things
("5 m", "it s", "2 of them"), so it needs a sign next to it: "in", a color of the goods, a word of their title, the end of the message.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.planning.grammar.synonyms import SIZE_WORDS
from assistant.planning.grammar.text import clean
from assistant.planning.grammar.words import words
from retrieval.catalog.measure import is_unit
from retrieval.catalog.product import Product
from retrieval.folding import folded

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\w\s]")
_WRITTEN = re.compile(r"[^\s,;:?!()]+")
_CODE = re.compile(r"\d?x*[sml]")
"""A size in letters: "s", "xxl", "2xl"."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_BETWEEN = re.compile(r"[/,]")

_Form = tuple[str, ...]
"""The tokens of one way to write a size."""


@dataclass(frozen=True, slots=True)
class SaidSizes:
    """`values` are sizes in the shop's spelling, `words` the words of the message that name them."""

    values: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


def sizes_said(message: str, variants: Sequence[Product]) -> SaidSizes:
    """The sizes that `message` names of goods with these variants; a size in letters that none of them has is named, too."""
    forms = _forms({variant.size for variant in variants if variant.size})
    if not forms:
        return SaidSizes()
    said = folded(clean(message))
    spans = list(_TOKEN.finditer(said))
    tokens = [span.group() for span in spans]
    colors = {word for variant in variants for word in _TOKEN.findall(folded(variant.color))}
    titles = {word for variant in variants for word in _TOKEN.findall(folded(variant.title))}
    free, found, read = [True] * len(tokens), dict[int, list[str]](), set[str]()
    for form in sorted(forms, key=len, reverse=True):
        for start in range(len(tokens) - len(form) + 1):
            end = start + len(form)
            if tuple(tokens[start:end]) != form or not all(free[start:end]):
                continue
            if _Place(tokens, start, end, colors, titles).means_size():
                free[start:end] = [False] * len(form)
                found[start] = forms[form]
                read |= _words_at(said, spans[start].start(), spans[end - 1].end())
    values = dict.fromkeys(value for start in sorted(found) for value in found[start])
    return SaidSizes(tuple(values), frozenset(read))


def _words_at(said: str, start: int, end: int) -> set[str]:
    """The whole words that overlap the span from `start` to `end`: all of "70x140"."""
    return {word.group() for word in _WRITTEN.finditer(said) if word.start() < end and start < word.end()}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a form stands in a message, and the words that may stand next to a size."""

    tokens: Sequence[str]
    start: int
    end: int
    colors: Collection[str]
    titles: Collection[str]

    def means_size(self) -> bool:
        form = self.tokens[self.start : self.end]
        if self._before == "not":
            return False
        if len(form) > 1:
            return True
        is_beside = self._before in self.colors or self._after in self.colors or self._after == "size"
        if _NUMBER.fullmatch(form[0]):
            return self._is_no_count and (
                is_beside
                or self._before in words("before number of size")
                or (self._is_last and (self._before in {*words("before last size"), *self.titles, ""}))
            )
        if _NUMBER.fullmatch(self._before) or (len(form[0]) == 1 and self._before in words("before contraction")):
            return False
        if not _CODE.fullmatch(form[0]):  # a word, "large"
            return is_beside or self._before in ("size", "in") or (self._is_last and self._before in self.titles)
        return len(form[0]) > 1 or is_beside or self._before in words("before size") or self._is_last

    @property
    def _before(self) -> str:
        return self.tokens[self.start - 1] if self.start else ""

    @property
    def _after(self) -> str:
        return self.tokens[self.end] if self.end < len(self.tokens) else ""

    @property
    def _is_last(self) -> bool:
        """Whether no more than "please" stands behind it."""
        return all(not token[0].isalnum() or token in words("behind everything") for token in self.tokens[self.end :])

    @property
    def _is_no_count(self) -> bool:
        """Whether no unit or count stands behind a number, nor a currency before it."""
        after = self._after
        counts = is_unit(after) or after in words("no price") or after == "%"
        return not counts and not (self._before and not self._before[0].isalnum() and self._before not in ",;:-(/?!.")


def _forms(sizes: Collection[str]) -> Mapping[_Form, list[str]]:
    """Every way to write each of `sizes`, with the sizes that it may mean; a size in letters that is missing means itself."""
    forms: dict[_Form, list[str]] = defaultdict(list)
    for size in sorted(sizes):
        for form in dict.fromkeys(_ways(size)):
            forms[form].append(size)
    if any(_CODE.fullmatch("".join(form)) for form in forms):
        for code in SIZE_WORDS:
            if _CODE.fullmatch(code) and (form := _tokens(code)) not in forms:
                forms[form].append(code.upper())
    return forms


def _ways(size: str) -> Iterator[_Form]:
    for part in (size, *_BETWEEN.split(size)):
        low = folded(part.strip())
        form = _tokens(low)
        if not form:
            continue
        yield form
        if len(form) > 1 and is_unit(form[-1]):
            yield form[:-1]
        for code, others in SIZE_WORDS.items():
            if low == code or low in others:
                yield from (_tokens(way) for way in (code, *others))


def _tokens(text: str) -> _Form:
    return tuple(_TOKEN.findall(folded(text)))
