"""MarkedReply: a reply in which names, quotes and contacts are replaced by single characters, so that the rest can be read plainly."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

_FIRST_MARK = 0xE000
"""The private use area of Unicode; no shop writes in it."""
MARK = re.compile("[\ue000-\uf8ff]")
_SENTENCE_END = re.compile(r"(?<=[.!?\ue000-\uf8ff])[\"')]*\s+(?=[A-Z0-9\"'(€$£\ue000-\uf8ff])")
_ENDED = re.compile(r"[.!?][\"')]*$")


class MarkKind(StrEnum):
    """What a mark replaces."""

    QUOTE = "quote"  # a whole line of a record
    CONTACT = "contact"
    ITEM = "item"  # a line of an order
    NAME = "name"  # a product's title


@dataclass(frozen=True, slots=True)
class Mark:
    """The words that a mark replaces, and for a quote the id of its record."""

    kind: MarkKind
    text: str
    record: str = ""


@dataclass(slots=True)
class MarkedReply:
    """The text with its marks. Marks are put in with `replace`, longest words first."""

    text: str
    marks: list[Mark] = field(default_factory=list)

    def replace(self, kind: MarkKind, words: str, record: str = "", *, is_exact: bool = True) -> int:
        """Replace `words` wherever they are; at word boundaries if they begin or end with a letter or digit. Returns how often."""
        if not words:
            return 0
        before = r"(?<!\w)" if words[0].isalnum() else ""
        after = r"(?!\w)" if words[-1].isalnum() else ""
        pattern = re.compile(before + re.escape(words) + after, 0 if is_exact else re.IGNORECASE)
        self.text, count = pattern.subn(self._marking(kind, record), self.text)
        return count

    def mark(self, character: str) -> Mark:
        """What a character of the text replaces."""
        return self.marks[ord(character) - _FIRST_MARK]

    def sentences(self) -> list[str]:
        """The sentences of the text. A quote is one of its own, whatever is around it."""
        parts: list[str] = []
        for part in _SENTENCE_END.split(self.text):
            is_open = parts and not _ENDED.search(parts[-1]) and not self._is_quote(parts[-1][-1])
            if is_open:
                parts[-1] += f" {part}"
            elif part.strip():
                parts.append(part.strip())
        return parts

    def plain(self, sentence: str) -> str:
        """A sentence with its words put back."""
        return MARK.sub(lambda found: self.mark(found[0]).text, sentence)

    def names(self, sentence: str) -> list[tuple[int, str]]:
        """Where products are named in a sentence, and their titles."""
        found = ((each.start(), self.mark(each[0])) for each in MARK.finditer(sentence))
        return [(place, mark.text) for place, mark in found if mark.kind is MarkKind.NAME]

    def spelled_titles(self, sentence: str) -> str:
        """A sentence in which each title has one character, the same wherever it is named."""
        first = {mark.text: chr(_FIRST_MARK + place) for place, mark in reversed(list(enumerate(self.marks)))}
        return MARK.sub(lambda found: first[self.mark(found[0]).text], sentence)

    def _is_quote(self, character: str) -> bool:
        return bool(MARK.fullmatch(character)) and self.mark(character).kind is MarkKind.QUOTE

    def _marking(self, kind: MarkKind, record: str) -> Callable[[re.Match[str]], str]:
        def marked(found: re.Match[str]) -> str:
            self.marks.append(Mark(kind, found[0], record))
            return chr(_FIRST_MARK + len(self.marks) - 1)

        return marked
