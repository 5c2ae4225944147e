"""How well the listener hears what messages ask, on the shops that are held out.

    aisle evaluate listener

Each turn of one question comes after the conversation as it was written. Page: of questions about the shop, the share for which the page
of the nearest line answers. Line: the share of nearest lines of the right product that decide. Record: the share for which the nearest of
all lines of the shop, of pages and products alike, is one of a record that answers. And how often the nearest of all lines is one of a
page, where the shop is asked and where goods are looked for: how well the two are told apart. Beside it stand the finder with the message alone,
and with the question as the plan writes it out: what a perfect rewriting would give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.planning.plan import Details, Find, Policy
from assistant.reading.listener import Listener
from finetune.corpora.listener_training import HeardTurn, ShopLines, heard_turn, shop_lines
from finetune.corpora.planner_evaluation import planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.ranking_metrics import Mean
from retrieval.index.encoder import Encoder, Vectors

_TURNS = ({Policy.tool}, {Details.tool}, {Find.tool})


@dataclass(frozen=True, slots=True)
class Heard:
    """How well one way to hear finds pages, lines and records, and how often it hears a page in questions to the shop and in searches."""

    page: Mean
    line: Mean
    record: Mean
    shop_as_page: Mean
    search_as_page: Mean

    def __str__(self) -> str:
        """One line for the terminal."""
        return (
            f"right page {self.page} of {self.page.cases}, right line {self.line} of {self.line.cases}, right record {self.record} of "
            f"{self.record.cases}; a page is nearest for {self.shop_as_page} of {self.shop_as_page.cases} questions to the shop and "
            f"{self.search_as_page} of {self.search_as_page.cases} searches"
        )


def evaluate_listener(corpus: Path, listener: Listener, finder: Encoder) -> Mapping[str, Heard]:
    """Measure `listener` on the shops that are held out. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name in kept]
    return listener_scores(shops, listener, finder)


def listener_scores(shops: Sequence[CorpusShop], listener: Listener, finder: Encoder) -> Mapping[str, Heard]:
    """The scores of `listener` on every question and search of `shops`, and of the finder without it."""
    asked = [(lines, turn, pages) for shop in shops for lines, turn, pages in _turns(shop, finder)]
    ways: Mapping[str, Callable[[HeardTurn], Vectors]] = {
        "listener": lambda turn: listener.hear(turn.message, turn.before),
        "finder, message": lambda turn: finder.encode_queries([turn.message])[0],
        "finder, written question": lambda turn: finder.encode_queries([turn.question])[0],
    }
    return {name: _scores(asked, way) for name, way in ways.items()}


def _turns(shop: CorpusShop, finder: Encoder) -> list[tuple[ShopLines, HeardTurn, frozenset[str]]]:
    lines, pages = shop_lines(shop, finder), frozenset(shop.catalog.faqs)
    turns = (heard_turn(each, shop, lines, 0) for each in planned_turns(shop, corpus_conversations(shop.folder)))
    return [(lines, turn, pages) for turn in turns if turn.tools in _TURNS and turn.answers]


def _scores(
    asked: Sequence[tuple[ShopLines, HeardTurn, frozenset[str]]], hear: Callable[[HeardTurn], Vectors]
) -> Heard:
    page: list[bool] = []
    line: list[bool] = []
    record: list[bool] = []
    shop_as_page: list[bool] = []
    search_as_page: list[bool] = []
    for lines, turn, pages in asked:
        nearness = lines.vectors @ hear(turn)
        right = {lines.records[place] for place in turn.answers}
        nearest = lines.records[int(nearness.argmax())]
        if turn.tools == {Find.tool}:
            search_as_page.append(nearest in pages)
            continue
        record.append(nearest in right)
        if turn.tools == {Policy.tool}:
            shop_as_page.append(nearest in pages)
            among = [place for place, each in enumerate(lines.records) if each in pages]
            page.append(lines.records[max(among, key=lambda place: float(nearness[place]))] in right)
        for product in right - pages:
            own = [place for place, each in enumerate(lines.records) if each == product]
            line.append(max(own, key=lambda place: float(nearness[place])) in turn.answers)
    return Heard(*map(Mean.of, (page, line, record, shop_as_page, search_as_page)))
