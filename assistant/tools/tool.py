"""Tool: one step of a plan carried out on the shop's records. Each tool is a function in a file of its own, registered in `run.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice

import numpy as np

from assistant.actions.actions import Actions
from assistant.actions.order import Order
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.evidence.brief import BriefLine, Note
from assistant.evidence.change_result import ChangeResult
from assistant.evidence.sections import Sections
from assistant.evidence.sums import Sum
from assistant.planning.constraints import Constraints
from assistant.planning.continuing import Continued
from assistant.planning.request_form import part_of, points, requests_in
from assistant.reading.known_questions import KnownQuestions
from assistant.reading.lines import Line, page_lines, product_lines
from assistant.reading.reader import Reader, line_text
from retrieval.catalog.catalog import Catalog
from retrieval.index.encoder import Encoder, Vectors
from retrieval.index.one_thread import one_thread
from retrieval.remembered import remembered
from retrieval.search.search import Search

_REMEMBERED = 4096
"""Records whose lines and line vectors are kept, some 30 MB of vectors."""
_REST = 0.02
"""Seconds between two records that are read ahead."""
_HEARD_COUNTS = 0.8
"""What the listener counts beside the words of question and message."""


class Access(StrEnum):
    """What a tool does to the shop's records."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Findings:
    """What one step brought: products best first, orders, lines that decide, sums, outcomes, and how many products fit in all.

    `more` counts those that a list of all leaves out, such as the list of what is on sale; 0 where no reply speaks of all.
    `records` are the orders' records where more of them is told than where they stand, `change` is what came of a change.
    """

    products: tuple[str, ...] = ()
    orders: tuple[Order, ...] = ()
    lines: tuple[BriefLine, ...] = ()
    sums: tuple[Sum, ...] = ()
    notes: tuple[Note, ...] = ()
    total: int = 0
    more: int = 0
    records: tuple[OrderRecord, ...] = ()
    change: ChangeResult | None = None

    def of_step(self, place: int) -> Findings:
        """The findings with their lines marked as those of the plan's step at `place`."""
        return replace(self, lines=tuple(replace(told, steps=(place,)) for told in self.lines))


@dataclass(frozen=True, slots=True)
class NearLine:
    """A line of a record and how near it is to what was asked, a cosine, and by how much it is nearer than the record's median line.

    The difference tells better than the cosine whether a line answers at all: all lines are near to a question that names the record.
    """

    line: Line
    nearness: float
    lead: float


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Ways to ask one thing: in words, the whole question first, and as the listener heard the message in its conversation.

    `told` is the brief of the reply before, with whose pages the conversation likely goes on.
    """

    words: tuple[str, ...]
    heard: Vectors | None = None
    told: str = ""

    @property
    def question(self) -> str:
        """The first of the ways that says anything."""
        return next(filter(None, self.words), "")


@dataclass(frozen=True)
class Bench:
    """Everything that tools work with. One per shop, shared between threads. `finder` brings questions near to lines."""

    catalog: Catalog
    search: Search
    reader: Reader
    constraints: Constraints
    actions: Actions
    finder: Encoder
    known: KnownQuestions
    sections: Sections = field(init=False)
    lines_of: Callable[[str], tuple[Line, ...]] = field(init=False)
    _vectors_of: Callable[[str], Vectors] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", Sections(self.catalog.faqs.values()))
        object.__setattr__(self, "lines_of", remembered(self._lines_of, _REMEMBERED))
        object.__setattr__(self, "_vectors_of", remembered(self._line_vectors, _REMEMBERED))

    def nearest_lines(self, record: str, asked: Asked, most: int) -> list[NearLine]:
        """The lines of a record that are nearest in meaning to what is asked, all ways to ask it together; nearest first."""
        lines = self.lines_of(record)
        vector = self._vector(asked)
        if not lines or vector is None:
            return []
        nearness = self._vectors_of(record) @ vector
        median = float(np.median(nearness))
        best = np.argsort(-nearness, kind="stable")[:most]
        return [NearLine(lines[place], float(nearness[place]), float(nearness[place]) - median) for place in best]

    def warm(self) -> None:
        """Read the lines of every record, as many as are kept, so that no customer waits for it: half a minute for 300 products.

        It gives way to whoever is answered meanwhile.
        """
        for record in islice(chain(self.catalog.faqs, self.catalog.products), _REMEMBERED):
            with one_thread():
                self._vectors_of(record)
            time.sleep(_REST)

    def _vector(self, asked: Asked) -> Vectors | None:
        """Where what is asked lies among lines, None if nothing is."""
        ways = [self.finder.encode_queries([words])[0] for words in dict.fromkeys(asked.words) if words]
        if not ways:
            return asked.heard
        said = np.mean(ways, axis=0, dtype=np.float32)
        if asked.heard is None:
            return np.asarray(said, np.float32)
        return np.asarray((1 - _HEARD_COUNTS) * said + _HEARD_COUNTS * asked.heard, np.float32)

    def _line_vectors(self, record: str) -> Vectors:
        return self.finder.encode_documents([line_text(line) for line in self.lines_of(record)])

    def _lines_of(self, record: str) -> tuple[Line, ...]:
        if record in self.catalog.products:
            return product_lines(self.catalog.products[record])
        page = self.catalog.faqs.get(record)
        return page_lines(page) if page else ()


@dataclass(frozen=True, slots=True)
class Task:
    """What a step is carried out for: the message, the need after it, the thread before it, the moment and who is signed in.

    Of a message that asks several things, `message` is the part that the step is about, and `said` what stands before it. `is_part` says that
    the message asks more than the step answers.
    `owner` is on whose behalf a change may be proposed, None where none may: when a conversation is only read again.
    `continued` is what the message says to a change that the conversation waits with.
    """

    message: str
    need: Need
    thread: Thread
    moment: datetime
    customer_id: str | None = None
    owner: Owner | None = None
    continued: Continued | None = None
    hands_over: bool = False
    """Whether people answer in this chat, so that a hand-over needs no contacts."""
    hear: Callable[[str, str], Vectors] | None = None
    """Hears the message behind what was said before in it, in the light of the conversation; None if nobody listens."""
    hear_wish: Callable[[str, str], Vectors] | None = None
    """The same for the goods that it wishes for, as the index places them."""
    said: str = ""
    is_part: bool = False

    @property
    def orders_of(self) -> Owner | None:
        """Whose orders may be read: the signed-in customer's, or the one that a visitor has proved; None if neither."""
        if self.owner is not None and self.owner.customer_id:
            return self.owner
        return Owner(customer_id=self.customer_id) if self.customer_id else None

    @property
    def heard(self) -> Vectors | None:
        """How the message is heard; None if nobody listens."""
        return self._heard_by(self.hear)

    @property
    def wish(self) -> Vectors | None:
        """Where the goods that the message wishes for would lie; None if nobody listens."""
        return self._heard_by(self.hear_wish)

    def _heard_by(self, hear: Callable[[str, str], Vectors] | None) -> Vectors | None:
        if hear is None:
            return None
        before = self.said if points(self.message) else ""  # "does it cost me something?" needs what "it" is
        return hear(self.message, before)

    def asked(self, *words: str) -> Asked:
        """What is asked in `words`, the question first, and as it was heard."""
        turns = self.thread.turns
        return Asked(words, self.heard, turns[-1].brief if turns else "")

    def for_part(self, words: str) -> Task:
        """The task for the part of the message that begins with `words`; this one if the message asks one thing or has no such part."""
        message = " ".join(self.message.split())
        if part := part_of(message, words):
            return replace(self, message=part, said=message[: message.index(part)].strip(), is_part=True)
        return replace(self, is_part=bool(requests_in(message)))

    def question(self, *parts: str) -> str:
        """What the reader is asked: `parts`, then the need."""
        return "; ".join(filter(None, [*parts, self.need.as_text()]))


def joined(findings: Sequence[Findings]) -> Findings:
    """The findings of several steps as one, in order, each product, order, line and note once."""
    return Findings(
        products=tuple(dict.fromkeys(id for each in findings for id in each.products)),
        orders=tuple({order.id: order for each in findings for order in each.orders}.values()),
        lines=_each_line_once(told for each in findings for told in each.lines),
        sums=tuple(dict.fromkeys(each for found in findings for each in found.sums)),
        notes=tuple(dict.fromkeys(note for each in findings for note in each.notes)),
        total=max((each.total for each in findings), default=0),
        more=left_out[0] if len(left_out := [each.more for each in findings if each.more]) == 1 else 0,
        records=tuple({record.order.id: record for each in findings for record in each.records}.values()),
        change=next((each.change for each in findings if each.change is not None), None),
    )


def _each_line_once(lines: Iterable[BriefLine]) -> tuple[BriefLine, ...]:
    """Lines without repetitions, each for all steps that it answers, and as the first of them told it."""
    once: dict[Line, BriefLine] = {}
    for told in lines:
        first = once.get(told.line)
        once[told.line] = replace(first, steps=(*first.steps, *told.steps)) if first else told
    return tuple(once.values())
