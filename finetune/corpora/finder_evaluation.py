"""How well the finder hears what messages ask, on the shops that are held out.

    aisle evaluate finder

Each turn of one question comes after the conversation as it was written. Page: of questions about the shop, the share for which the page
of the nearest line answers. Line: the share of nearest lines of the right product that decide. Record: the share for which the nearest of
all lines of the shop, of pages and products alike, is one of a record that answers. Product: of searches, the share for which the nearest line of a product
is one of a product that the reply shows. Follow-up: of questions behind a reply that told from a page, the share of right pages, and that with
this page counted as nearer, as it is served. And how often the nearest of all lines is one of a
page, where the shop is asked and where goods are looked for: how well the two are told apart. Beside it stand the finder with the message alone,
and with the question as the plan writes it out, what a perfect rewriting would give; and the encoder without training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.planning.plan import Details, Find, Policy
from assistant.reading.finder import EncoderFinder
from assistant.tools.policy import TOLD_BEFORE, was_told
from finetune.corpora.finder_training import HeardMessage, ShopLines, heard_turn
from finetune.corpora.planner_evaluation import PlannedTurn, planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.ranking_metrics import Mean
from retrieval.index.encoder import Encoder, Vectors

_TURNS = ({Policy.tool}, {Details.tool}, {Find.tool})


@dataclass(frozen=True, slots=True)
class Heard:
    """How well one way to hear finds pages, lines, records and products, and how often it hears a page in questions to the shop and in searches."""

    page: Mean
    follow_up: Mean
    follow_up_as_served: Mean
    line: Mean
    record: Mean
    product: Mean
    shop_as_page: Mean
    search_as_page: Mean

    def __str__(self) -> str:
        """One line for the terminal."""
        return (
            f"right page {self.page} of {self.page.cases}, of {self.follow_up.cases} follow-ups {self.follow_up}, with the page told before counted "
            f"as nearer {self.follow_up_as_served}, right line {self.line} of {self.line.cases}, right record {self.record} of "
            f"{self.record.cases}, right product {self.product} of {self.product.cases}; a page is nearest for {self.shop_as_page} of "
            f"{self.shop_as_page.cases} questions to the shop and {self.search_as_page} of {self.search_as_page.cases} searches"
        )


def evaluate_finder(corpus: Path, finder: EncoderFinder, untrained: Encoder) -> Mapping[str, Heard]:
    """Measure `finder` on the shops that are held out, next to an `untrained` encoder. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name in kept]
    return finder_scores(shops, finder, untrained)


def finder_scores(shops: Sequence[CorpusShop], finder: EncoderFinder, untrained: Encoder) -> Mapping[str, Heard]:
    """The scores of each way to hear on every question and search of `shops`."""
    ways: Mapping[str, tuple[Encoder, Callable[[HeardMessage], Vectors]]] = {
        "finder": (finder, lambda turn: finder.hear(turn.message, turn.before)),
        "finder, message alone": (finder, lambda turn: finder.encode_queries([turn.message])[0]),
        "finder, written question": (finder, lambda turn: finder.encode_queries([turn.question])[0]),
        "untrained, message alone": (untrained, lambda turn: untrained.encode_queries([turn.message])[0]),
        "untrained, written question": (untrained, lambda turn: untrained.encode_queries([turn.question])[0]),
    }
    asked = [each for shop in shops for each in _turns(shop)]
    vectors = {
        encoder: {
            id(lines): encoder.encode_documents(lines.texts) for lines in {id(one[0]): one[0] for one in asked}.values()
        }
        for encoder in (finder, untrained)
    }
    return {name: _scores(asked, vectors[encoder], hear) for name, (encoder, hear) in ways.items()}


_Asked = tuple[ShopLines, HeardMessage, frozenset[str], frozenset[str]]
"""The lines of the shop, the message, all pages, and those that the reply before told from."""


def _turns(shop: CorpusShop) -> list[_Asked]:
    lines, pages = ShopLines.of(shop), frozenset(shop.catalog.faqs)
    turns = planned_turns(shop, corpus_conversations(shop.folder))
    heard = ((heard_turn(each, shop, lines, 0), _told(each, shop)) for each in turns)
    return [(lines, turn, pages, told) for turn, told in heard if turn.tools in _TURNS and turn.answers]


def _told(asked: PlannedTurn, shop: CorpusShop) -> frozenset[str]:
    """The pages that the reply before told from."""
    brief = asked.thread.turns[-1].brief if asked.thread.turns else ""
    return frozenset(id for id, page in shop.catalog.faqs.items() if was_told(page.title, brief))


def _scores(asked: Sequence[_Asked], vectors: Mapping[int, Vectors], hear: Callable[[HeardMessage], Vectors]) -> Heard:
    page: list[bool] = []
    follow_up: list[bool] = []
    follow_up_as_served: list[bool] = []
    line: list[bool] = []
    record: list[bool] = []
    product: list[bool] = []
    shop_as_page: list[bool] = []
    search_as_page: list[bool] = []
    for lines, turn, pages, told in asked:
        nearness = vectors[id(lines)] @ hear(turn)
        is_page = np.array([each in pages for each in lines.records])
        right = {lines.records[place] for place in turn.answers}
        nearest = lines.records[int(nearness.argmax())]
        if turn.is_search:
            search_as_page.append(nearest in pages)
            product.append(lines.records[int(np.where(is_page, -1, nearness).argmax())] in right)
            continue
        record.append(nearest in right)
        if turn.tools == {Policy.tool}:
            shop_as_page.append(nearest in pages)
            page.append(lines.records[int(np.where(is_page, nearness, -1).argmax())] in right)
            if told:
                merit = nearness + TOLD_BEFORE * np.array([each in told for each in lines.records])
                follow_up.append(page[-1])
                follow_up_as_served.append(lines.records[int(np.where(is_page, merit, -1).argmax())] in right)
        for each in right - pages:
            own = [place for place, of in enumerate(lines.records) if of == each]
            line.append(max(own, key=lambda place: float(nearness[place])) in turn.answers)
    return Heard(
        *map(Mean.of, (page, follow_up, follow_up_as_served, line, record, product, shop_as_page, search_as_page))
    )
