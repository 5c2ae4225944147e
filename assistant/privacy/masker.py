"""Masker: puts references and masks in the place of what tells of a person.

    Masker(Known.of(customers)).mask("I'm Dana Whitfield, order FF-20102")
    Masked("I'm {customer.name}, order {o1.id}", {Kind.NAME: 1, Kind.ORDER: 1})

Prices, measures, dates and names of products stay. Masking what is masked changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.privacy.addresses import addresses, asks_for_place, joined
from assistant.privacy.casing import is_careless
from assistant.privacy.kind import REFERENCES_OF, Kind, mask_of
from assistant.privacy.known import Known, bare
from assistant.privacy.names import Names
from assistant.privacy.structured import structured
from assistant.privacy.typed_addresses import typed_addresses, typed_halves

_PASSES = 6  # of which the last changes nothing: a mask can bring two halves of an item together
_ADDRESS_MASK = re.compile("|".join(map(re.escape, (*REFERENCES_OF[Kind.ADDRESS], mask_of(Kind.ADDRESS)))))
_LONGEST = 2000  # characters matched at once: some patterns cost the square of the length
_REPEATED = re.compile(r"(\{customer\.name\}|\{person\.1\}|\[name\])(?:[ \t]+\1)+")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal items, and how many of each kind it held."""

    text: str
    counts: Mapping[Kind, int]


class Mask(Protocol):
    """Whatever takes personal items out of the messages of one conversation."""

    def mask_all(self, texts: Sequence[str], people: Iterable[str] = ()) -> list[Masked]:
        """The messages, in which the same person or number is the same reference; `people` are names that are known."""
        ...


class Masker:
    """Works by forms, check digits, cues and the shop's records; holds nothing of what it has masked."""

    def __init__(self, known: Known | None = None) -> None:
        self._known = known or Known()

    def mask(self, text: str) -> Masked:
        """One text that stands alone."""
        return self.mask_all([text])[0]

    def mask_all(self, texts: Sequence[str], people: Iterable[str] = ()) -> list[Masked]:
        """The messages of one conversation, in which the same person or number is the same reference."""
        session = _Session(self._known, texts)
        session.names.learn([piece for text in texts for piece in _pieces(text)], people)
        counts: list[Counter[Kind]] = [Counter() for _ in texts]
        masked = list(texts)
        due = set(range(len(texts)))
        for _ in range(_PASSES):
            changed = set()
            for place in due:
                text = session.apply(masked[place], counts[place], _is_half_due(texts, masked, place))
                if text != masked[place]:
                    changed.add(place)
                masked[place] = text
            if not changed:
                break
            changed |= {after for place in changed for after in (place + 1, place + 2) if after < len(texts)}
            news = [piece for place in changed for piece in _pieces(masked[place])]
            due = set(range(len(texts))) if session.names.learn(news) else changed
        return [Masked(text, dict(count)) for text, count in zip(masked, counts, strict=True)]


@dataclass
class _Session:
    """What was given out so far in one conversation."""

    known: Known
    texts: Sequence[str]
    names: Names = field(init=False)
    given: dict[tuple[Kind, str], str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = Names(self.known)
        self.used = {
            spelled for kind in Kind for spelled in REFERENCES_OF[kind] if any(spelled in text for text in self.texts)
        }

    def apply(self, text: str, counts: Counter[Kind], is_half_due: bool) -> str:
        """`text` with a reference or mask for each item; `counts` grows. `is_half_due` tells that it may complete an address."""
        return "".join(self._applied(piece, counts, is_half_due) for piece in _pieces(text))

    def _applied(self, text: str, counts: Counter[Kind], is_half_due: bool) -> str:
        spans = [
            (item.start, item.end, item.kind, bare(text[item.start : item.end]))
            for item in structured(text, self.known)
        ]
        text = self._replaced(text, spans, counts)
        found = addresses(self.names.recased(text).text, is_half_due)
        if is_careless(text):
            halves = typed_halves(text.lower()) if is_half_due else []
            found = joined([*found, *halves, *typed_addresses(text.lower(), self.known.words.__contains__)])
        text = self._replaced(text, _places(text, found, self.known), counts)
        people = [(start, end, Kind.NAME, str(person)) for start, end, person in self.names.spans(text)]
        return _REPEATED.sub(r"\1", self._replaced(text, people, counts))

    def _replaced(self, text: str, items: Sequence[tuple[int, int, Kind, str]], counts: Counter[Kind]) -> str:
        pieces, place = [], 0
        for start, end, kind, value in items:
            pieces += [text[place:start], self._stand_in(kind, value)]
            place = end
            counts[kind] += 1
        return "".join([*pieces, text[place:]])

    def _stand_in(self, kind: Kind, value: str) -> str:
        """The reference that this item has in this conversation, or the next free one, or else the mask."""
        if (kind, value) not in self.given:
            free = (spelled for spelled in REFERENCES_OF[kind] if spelled not in self.used)
            self.given[kind, value] = next(free, mask_of(kind))
            self.used.add(self.given[kind, value])
        return self.given[kind, value]


def _pieces(text: str) -> Iterator[str]:
    """Yield `text` in parts of at most 2,000 characters, cut behind a line end or else behind a space."""
    start = 0
    while len(text) - start > _LONGEST:
        end = start + _LONGEST
        cut = max(text.rfind("\n", start, end), text.rfind(" ", start, end) if "\n" not in text[start:end] else -1)
        end = cut + 1 if cut > start else end
        yield text[start:end]
        start = end
    yield text[start:]


def _is_half_due(texts: Sequence[str], masked: Sequence[str], place: int) -> bool:
    """Whether a message may hold half an address: the one before asks for it or holds the other, or asks anything after that."""
    if not place:
        return False
    before, is_question = masked[max(0, place - 2) : place], "?" in texts[place - 1]
    has_half = _ADDRESS_MASK.search(before[-1] if not is_question else " ".join(before)) is not None
    return has_half or asks_for_place(texts[place - 1])


def _places(text: str, found: Iterable[tuple[int, int]], known: Known) -> list[tuple[int, int, Kind, str]]:
    return [(start, end, Kind.ADDRESS, bare(held)) for start, end in found if not known.is_own(held := text[start:end])]
