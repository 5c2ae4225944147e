"""How well the listener hears what messages ask, on the shops that are held out.

    aisle evaluate listener

Each turn of one question comes after the conversation as it was written. Page: of questions about the shop, the share for which the page
of the nearest line answers. Line: the share of nearest lines of the right product that decide. Record: the share for which the nearest of
all lines of the shop, of pages and products alike, is one of a record that answers. Beside it stand the finder with the message alone,
and with the question as the plan writes it out: what a perfect rewriting would give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.planning.plan import Details, Policy
from assistant.reading.listener import Listener
from finetune.corpora.finder_evaluation import interval
from finetune.corpora.listener_training import HeardTurn, ShopLines, heard_turn, shop_lines
from finetune.corpora.planner_evaluation import planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from retrieval.index.encoder import Encoder, Vectors

_QUESTIONS = ({Policy.tool}, {Details.tool})


@dataclass(frozen=True, slots=True)
class Share:
    """A share of turns with its 95 % interval by bootstrap over them."""

    value: float
    interval: tuple[float, float]
    turns: int

    def __str__(self) -> str:
        """As it is printed."""
        return "{:.3f} ({:.3f} to {:.3f}) of {}".format(self.value, *self.interval, self.turns)


@dataclass(frozen=True, slots=True)
class Heard:
    """How well one way to hear finds pages, lines and records."""

    page: Share
    line: Share
    record: Share


def evaluate_listener(corpus: Path, listener: Listener, finder: Encoder) -> Mapping[str, Heard]:
    """Measure `listener` on the shops that are held out. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name in kept]
    return listener_scores(shops, listener, finder)


def listener_scores(shops: Sequence[CorpusShop], listener: Listener, finder: Encoder) -> Mapping[str, Heard]:
    """The scores of `listener` on every question of `shops`, and of the finder without it."""
    asked = [(lines, turn, pages) for shop in shops for lines, turn, pages in _questions(shop, finder)]
    ways: Mapping[str, Callable[[HeardTurn], Vectors]] = {
        "listener": lambda turn: listener.hear(turn.message, turn.before),
        "finder, message": lambda turn: finder.encode_queries([turn.message])[0],
        "finder, written question": lambda turn: finder.encode_queries([turn.question])[0],
    }
    return {name: _scores(asked, way) for name, way in ways.items()}


def _questions(shop: CorpusShop, finder: Encoder) -> list[tuple[ShopLines, HeardTurn, frozenset[str]]]:
    lines, pages = shop_lines(shop, finder), frozenset(shop.catalog.faqs)
    turns = (heard_turn(each, shop, lines, 0) for each in planned_turns(shop, corpus_conversations(shop.folder)))
    return [(lines, turn, pages) for turn in turns if turn.tools in _QUESTIONS and turn.answers]


def _scores(
    asked: Sequence[tuple[ShopLines, HeardTurn, frozenset[str]]], hear: Callable[[HeardTurn], Vectors]
) -> Heard:
    page: list[bool] = []
    line: list[bool] = []
    record: list[bool] = []
    for lines, turn, pages in asked:
        nearness = lines.vectors @ hear(turn)
        right = {lines.records[place] for place in turn.answers}
        record.append(lines.records[int(nearness.argmax())] in right)
        if turn.tools == {Policy.tool}:
            among = [place for place, each in enumerate(lines.records) if each in pages]
            page.append(lines.records[max(among, key=lambda place: float(nearness[place]))] in right)
        for product in right - pages:
            own = [place for place, each in enumerate(lines.records) if each == product]
            line.append(max(own, key=lambda place: float(nearness[place])) in turn.answers)
    return Heard(*(Share(float(np.mean(hits)), interval(hits), len(hits)) for hits in (page, line, record)))
