"""How well a finder brings questions near to the lines that decide them, on the shops that are held out.

    aisle evaluate finder

Each question is that of a written plan together with the customer's message, as it is asked live. Page: the share of questions about
the shop for which the page of the nearest line is one that answers. Line: the share of nearest lines of the right record that decide.
Open: how well nearness tells a question that a page answers from the same question with that page taken away (area under the curve).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.planning.plan import Details, Policy
from assistant.reading.lines import Line, LineKind
from assistant.reading.reader import line_text
from assistant.reading.verdict import Verdict
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from retrieval.index.encoder import Encoder, Vectors

_RESAMPLES = 1000
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A turn that reads for one question: its words, whether pages answer it, and the lines that do."""

    questions: tuple[str, str]
    about_shop: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FinderScores:
    """Scores of one finder, the shares with their 95 % intervals by bootstrap over questions."""

    questions: int
    page: float
    page_interval: Interval
    line: float
    line_interval: Interval
    open: float


def evaluate_finder(corpus: Path, finder: Encoder) -> FinderScores:
    """Measure `finder` on the shops that are held out. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    return finder_scores([CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name in kept], finder)


def finder_scores(shops: Iterable[CorpusShop], finder: Encoder) -> FinderScores:
    """The scores of `finder` on every question of `shops`."""
    pages: list[bool] = []
    lines: list[bool] = []
    answered: list[float] = []
    left_open: list[float] = []
    for shop in shops:
        own = {line.record: shop.lines[line.record] for turn in asked_turns(shop) for line in turn.lines}
        vectors = {
            record: finder.encode_documents([line_text(line) for line in of]) for record, of in _records(shop, own)
        }
        for turn in asked_turns(shop):
            asked = finder.encode_queries(list(turn.questions)).mean(0)
            right = {line.record for line in turn.lines}
            lines += [_decides(shop, record, vectors[record] @ asked, turn) for record in sorted(right)]
            if turn.about_shop:
                nearness = {
                    page: float((vectors[page] @ asked).max()) for page in shop.catalog.faqs if len(vectors[page])
                }
                pages.append(max(nearness, key=lambda page: nearness[page]) in right)
                answered.append(max(nearness.values()))
                left_open.append(max((near for page, near in nearness.items() if page not in right), default=0.0))
    above = np.array(answered)[:, None] > np.array(left_open)
    return FinderScores(
        len(lines),
        float(np.mean(pages)),
        _interval(pages),
        float(np.mean(lines)),
        _interval(lines),
        float(above.mean()),
    )


def asked_turns(shop: CorpusShop) -> Iterator[AskedTurn]:
    """The turns of a shop whose plan is one question that lines decide."""
    for conversation in corpus_conversations(shop.folder):
        for turn in conversation.turns:
            step = turn.plan.steps[0]
            if len(turn.plan.steps) > 1 or not isinstance(step, (Policy, Details)):
                continue
            is_policy = isinstance(step, Policy)
            told = [each for each in turn.brief.lines if (each.line.kind is LineKind.POLICY) == is_policy]
            if deciding := tuple(each.line for each in told if each.verdict is not Verdict.SILENT):
                yield AskedTurn((step.question, turn.text.message), is_policy, deciding)


def _records(shop: CorpusShop, own: Mapping[str, Sequence[Line]]) -> Iterator[tuple[str, Sequence[Line]]]:
    yield from ((record, shop.lines[record]) for record in {*own, *shop.catalog.faqs})


def _decides(shop: CorpusShop, record: str, nearness: Vectors, turn: AskedTurn) -> bool:
    return shop.lines[record][int(nearness.argmax())].text in {line.text for line in turn.lines}


def _interval(hits: Sequence[bool]) -> Interval:
    draws = np.random.default_rng(1).integers(0, len(hits), (_RESAMPLES, len(hits)))
    low, high = np.percentile(np.array(hits)[draws].mean(1), [2.5, 97.5])
    return float(low), float(high)
