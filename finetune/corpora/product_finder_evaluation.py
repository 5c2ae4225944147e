"""How well the product finder finds what messages wish for, on the shops that are held out.

    aisle evaluate product-finder

Every product of the shop is ranked for each search: asks with the products that fit, and turns by those of the written reply, of which others may be as
good. First: the share for which a fitting product is first. Three: for which one is among the first three, each group of variants once.
Told apart: the probability that the nearest product is nearer to a wish that the shop can meet than to one that it cannot (AUC), of asks. Beside it stand the encoder
without training, the finder, which reads one line at a time, and chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.reading.finder import EncoderFinder
from assistant.reading.reader import line_text
from finetune.corpora.product_finder_training import ShopWishes, Wish
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.ranking_metrics import Mean
from retrieval.index.encoder import Encoder, Vectors

_SEEN = 3
"""Products that a customer looks at first."""
Scores = Mapping[str, NDArray[np.floating]]
"""By way to rank: how near each group of a shop is to each wish, shape (wishes, groups)."""


@dataclass(frozen=True, slots=True)
class Found:
    """How well one way ranks: asks and turns, the first product and the first three, and how well it tells apart what is sold."""

    ask_first: Mean
    ask_three: Mean
    turn_first: Mean
    turn_three: Mean
    told_apart: float

    def __str__(self) -> str:
        """One line for the terminal."""
        return (
            f"asks: first {self.ask_first}, three {self.ask_three} of {self.ask_first.cases}; turns: first {self.turn_first}, three "
            f"{self.turn_three} of {self.turn_first.cases}; told apart {self.told_apart:.3f}"
        )


def evaluate_product_finder(
    corpus: Path, product_finder: EncoderFinder, finder: EncoderFinder, untrained: Encoder
) -> Mapping[str, Found]:
    """Measure the ways to rank on the shops that are held out. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name in kept]
    return product_finder_scores(shops, product_finder, finder, untrained)


def product_finder_scores(
    shops: Sequence[CorpusShop], product_finder: EncoderFinder, finder: EncoderFinder, untrained: Encoder
) -> Mapping[str, Found]:
    """The scores of each way to rank on every search of `shops`."""
    ranked: dict[str, list[tuple[Wish, NDArray[np.floating], Sequence[str]]]] = {}
    for shop in shops:
        own = ShopWishes.of(shop, random.Random(1))
        groups = list(own.texts)
        for name, scores in _ways(shop, own, product_finder, finder, untrained):
            ranked.setdefault(name, []).extend(
                (wish, row, groups) for wish, row in zip(own.wishes, scores, strict=True)
            )
    return {name: _found(rows) for name, rows in ranked.items()}


def _ways(
    shop: CorpusShop, own: ShopWishes, product_finder: EncoderFinder, finder: EncoderFinder, untrained: Encoder
) -> Iterator[tuple[str, NDArray[np.floating]]]:
    lines: dict[str, list[str]] = {group: [] for group in own.texts}
    for id in shop.catalog.products:
        lines[shop.briefing.group(id)].extend(map(line_text, shop.lines[id]))
    alone = untrained.encode_queries([wish.message for wish in own.wishes])
    by_lines = _nearest(_heard(finder, own.wishes), lines, finder)
    whole = _nearest(_heard(product_finder, own.wishes), own.texts, product_finder)
    yield "chance", np.random.default_rng(1).random(whole.shape)
    yield "untrained, message alone, whole products", _nearest(alone, own.texts, untrained)
    yield "untrained, message alone, lines", _nearest(alone, lines, untrained)
    yield "finder, lines", by_lines
    yield "product finder, whole products", whole
    yield "both, as served", whole + by_lines


def _heard(encoder: EncoderFinder, wishes: Sequence[Wish]) -> Vectors:
    return np.stack([encoder.hear(wish.message, wish.before) for wish in wishes])


def _nearest(heard: Vectors, texts: Mapping[str, Sequence[str]], encoder: Encoder) -> NDArray[np.floating]:
    """How near the nearest text of each group is, shape (wishes, groups)."""
    return np.stack([(heard @ encoder.encode_documents(list(own)).T).max(1) for own in texts.values()], axis=1)


def _found(rows: Sequence[tuple[Wish, NDArray[np.floating], Sequence[str]]]) -> Found:
    first: dict[bool, list[bool]] = {True: [], False: []}
    three: dict[bool, list[bool]] = {True: [], False: []}
    best: dict[bool, list[float]] = {True: [], False: []}
    for wish, scores, groups in rows:
        seen = [groups[place] for place in np.argsort(-scores, kind="stable")[:_SEEN]]
        if wish.is_ask:
            best[bool(wish.fitting)].append(float(scores.max()))
        if wish.fitting:
            first[wish.is_ask].append(seen[0] in wish.fitting)
            three[wish.is_ask].append(bool(wish.fitting & set(seen)))
    sold, unsold = np.array(best[True]), np.array(best[False])
    told_apart = float(np.mean(sold[:, None] > unsold[None])) if len(sold) and len(unsold) else float("nan")
    return Found(Mean.of(first[True]), Mean.of(three[True]), Mean.of(first[False]), Mean.of(three[False]), told_apart)
