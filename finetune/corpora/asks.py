"""Asks: short messages of customers, each tied to the record that answers it, as `asks/*.yaml` has them.

Conversations teach what a message means after others; asks teach in how many ways one thing is asked. They cost little to write: no
plan and no reply, only the line that answers, or the products that fit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.language_model.transcript import TranscriptTurn
from assistant.planning.plan import Details, Find, Policy
from assistant.reading.lines import Line
from finetune.corpora.conversation import faults_of, yaml_rows
from finetune.corpora.shop import CorpusShop
from retrieval.errors import FeedError

_OTHERS = (0, 0, 1, 2)
"""How many other products are in view behind the one that a question is about, drawn."""
_OUT_OF_THE_BLUE, _AFTER_A_SEARCH = 0.5, 0.7
"""Shares of the messages without `after` that open a conversation, and of those with it that follow a search for what is in view."""
_MOST_IN_VIEW = 3
_SHOWING = "I'd take a look at the {p1.name} at {p1.price}."
"""The reply that showed what is in view."""


class WrittenAsk(BaseModel):
    """One entry: the line that answers ("returns: within 30 days") or the products that fit, what is in view, and the messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: str = ""
    show: tuple[str, ...] | None = None
    after: tuple[str, ...] = ()
    says: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _answers_one_way(self) -> WrittenAsk:
        if bool(self.line) == (self.show is not None):
            raise ValueError("an entry has either `line` or `show`")
        if self.line and ":" not in self.line:
            raise ValueError(f'{self.line!r} is not of the form "record-id: fragment"')
        return self

    def answer(self, shop: CorpusShop) -> Line | None:
        """The line that answers, None for a search. Raises ValueError if the shop has no such line."""
        record, _, fragment = self.line.partition(":")
        return shop.line(record.strip(), fragment.strip()) if self.line else None


@dataclass(frozen=True, slots=True)
class AskedMessage:
    """A message with the thread before it, the tool it wants, and the line or the products that answer."""

    message: str
    thread: Thread
    tool: str
    line: Line | None
    products: tuple[str, ...]


def ask_files(folder: Path) -> list[Path]:
    """The files of a shop's folder that hold asks."""
    return sorted(folder.glob("asks/*.yaml"))


def read_asks(path: Path) -> Iterator[WrittenAsk | str]:
    """The entries of one file; a bad one gives the text of its fault instead. Raises FeedError for no YAML."""
    for place, written in enumerate(yaml_rows(path), 1):
        try:
            yield WrittenAsk.model_validate(written)
        except ValidationError as error:
            yield f"{path}: entry {place}: {faults_of(error)}"


def sound_asks(shop: CorpusShop) -> Iterator[WrittenAsk]:
    """The entries of a shop. Raises FeedError at the first bad one."""
    for path in ask_files(shop.folder):
        for ask in read_asks(path):
            if isinstance(ask, str):
                raise FeedError(ask, "Run: aisle corpus check")
            yield ask


def asked_messages(shop: CorpusShop, chance: random.Random) -> Iterator[AskedMessage]:
    """Every message of a shop's asks. What an entry leaves open of the conversation before it is drawn. Raises FeedError."""
    asks = list(sound_asks(shop))
    searches = [ask for ask in asks if ask.show]
    for ask in asks:
        line = ask.answer(shop)
        is_product = line is not None and line.record in shop.catalog.products
        tool = Find.tool if line is None else Details.tool if is_product else Policy.tool
        for message in ask.says:
            in_view = _with_others(line.record, shop, chance) if line is not None and is_product else ask.after
            yield AskedMessage(message, _thread(in_view, searches, shop, chance), tool, line, ask.show or ())


def _with_others(record: str, shop: CorpusShop, chance: random.Random) -> tuple[str, ...]:
    """A product in view, and sometimes others behind it."""
    others = [id for id in shop.catalog.products if id != record]
    return (record, *chance.sample(others, min(len(others), chance.choice(_OTHERS))))


def _thread(in_view: Sequence[str], searches: Sequence[WrittenAsk], shop: CorpusShop, chance: random.Random) -> Thread:
    """What may have been before: the search that brought what is in view, the page of a product, any search, or nothing."""
    fitting = [ask for ask in searches if ask.show and set(ask.show) & set(in_view)] if in_view else list(searches)
    has_search = fitting and chance.random() < (_AFTER_A_SEARCH if in_view else 1 - _OUT_OF_THE_BLUE)
    if not has_search:
        opened = Thread().opened_on(in_view[0], shop.briefing.group(in_view[0])) if in_view else Thread()
        return replace(opened, shown=tuple(in_view))
    search = chance.choice(fitting)
    shown = in_view or (search.show or ())[: chance.randint(1, _MOST_IN_VIEW)]
    kind = "".join(shop.catalog.products[shown[0]].category_path[-1:])
    turn = TranscriptTurn(chance.choice(search.says), f"find {kind}", "", _SHOWING)
    return Thread().after(turn, Need(), shown, shop.briefing.group)
