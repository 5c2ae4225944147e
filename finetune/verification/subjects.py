"""Subjects: of which products of the turn a value in a sentence may be said.

A value belongs to the name that is nearest before it ("the Alder at $84"), to the one right after it in a phrase of its own ("$84 for
the Alder"), in lists to the one at the same place ("the Alder and the Wren are $84 and $90"), and without a name in its sentence to
those of the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from finetune.verification.marked_reply import MarkedReply
from finetune.verification.turn_records import TurnRecords
from retrieval.catalog.product import Product

_LINK = re.compile(
    r"^\S*(?:\s+(?:for|on|of|with|at|is|buys?|gets?|you|comes?|there|goes)\b)*\s*(?:,\s*)?(?:the|our|a|an|one|both)?\s*$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[,;:]|\b(?:and|but|while|or|whereas)\b", re.IGNORECASE)

_CONTRAST = re.compile(
    r"\b(?:against|instead of|than|versus|to|over|others?|that of|the one|where|while)\b[^,;.:\ue000-\uf8ff]{0,25}$",
    re.IGNORECASE,
)
"""Before a value that is set against the one of the product just named."""
_SEVERAL = re.compile(r"\b(?:they|both|each|the one|other|either)\b", re.IGNORECASE)


class Subjects:
    """Finds whom a value is said of, in the sentences of one reply."""

    def __init__(self, marked: MarkedReply, records: TurnRecords) -> None:
        self._marked = marked
        self._records = records
        self._sentences = marked.sentences()

    def of(self, sentence: int, start: int, end: int, place: int = -1, count: int = 0) -> list[list[Product]]:
        """The groups of products of which the value between `start` and `end` may be said; it has to be true of one in any group.

        The value is number `place` of `count` of its sort in this sentence. No group at all if no product is named so far.
        """
        return [
            products
            for titles in self._candidates(sentence, start, end, place, count)
            if (products := [product for title in titles for product in self._records.named(title)])
        ]

    def meant(self, sentence: int) -> list[Product]:
        """The products named in a sentence, else those of the nearest earlier sentence that names any."""
        titles = [title for _, title in self._marked.names(self._sentences[sentence])] or self._before(sentence)
        return [product for title in titles for product in self._records.named(title)]

    def _candidates(self, number: int, start: int, end: int, place: int, count: int) -> Iterator[Sequence[str]]:
        text = self._sentences[number]
        names = self._marked.names(text)
        before = [(at, title) for at, title in names if at < start]
        after = [(at, title) for at, title in names if at >= end]
        is_linked = bool(after) and bool(_LINK.match(text[end : after[0][0]]))
        if before:
            yield [before[-1][1]]
        if is_linked and (not before or _BREAK.search(text[before[-1][0] : start])):
            yield [after[0][1]]
        if count > 1 and len(names) == count:
            yield [names[place][1]]
        yield self._nouns(text[before[-1][0] if before else 0 : start])
        if not before:
            if after and not is_linked:
                yield [after[0][1]]
            yield self._before(number)
        if _CONTRAST.search(text[:start]) or (not names and _SEVERAL.search(text)):
            yield [each.title for each in self._records.products if not before or each.title != before[-1][1]]

    def _nouns(self, before: str) -> list[str]:
        """The product that is called by a word of its own, "the palm", in the words before a value."""
        said = frozenset(re.findall(r"[a-z]{3,}", before))
        return [title for title, words in self._own_words.items() if words & said]

    @cached_property
    def _own_words(self) -> dict[str, frozenset[str]]:
        """The words of each title and kind that no other product of the turn has."""
        words = {each.title: _words(f"{each.title} {each.product_type}") for each in self._records.products}
        return {
            title: own.difference(*(other for name, other in words.items() if name != title))
            for title, own in words.items()
        }

    def _before(self, number: int) -> list[str]:
        """The names of the nearest earlier sentence that has any."""
        for earlier in reversed(self._sentences[:number]):
            if found := [title for _, title in self._marked.names(earlier)]:
                return found
        return []


def _words(text: str) -> frozenset[str]:
    """The words of a text in small letters, plurals also in the singular."""
    found = re.findall(r"[a-z]{3,}", text.casefold())
    return frozenset(found) | {word.removesuffix("s") for word in found}
