"""Reading examples: judged lines as the language model reads them, a few lines of one question together."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from assistant.reading.reading_text import reading_ids
from assistant.reading.verdict import Verdict
from finetune.corpora.pairs import ReadingPair
from finetune.example import Example

VERDICT_WEIGHTS = {Verdict.SUPPORTS: 1.0, Verdict.CONTRADICTS: 1.2, Verdict.LIMITS: 2.0, Verdict.SILENT: 0.8}
"""What each verdict counts in the loss; rarer ones more, so that they are not forgotten."""
MOST_LINES = 12


def reading_examples(
    pairs: Iterable[ReadingPair], tokens: Callable[[str], list[int]], chance: random.Random
) -> Iterator[Example]:
    """One example for each question, its lines in random order within each record."""
    groups: dict[tuple[str, str], list[ReadingPair]] = defaultdict(list)
    for pair in pairs:
        groups[(pair.shop, pair.question)].append(pair)
    for (_, question), group in groups.items():
        chance.shuffle(group)
        kept = sorted(group[:MOST_LINES], key=lambda pair: pair.line.title)
        yield _example(question, kept, tokens)


def _example(question: str, pairs: list[ReadingPair], tokens: Callable[[str], list[int]]) -> Example:
    ids, places = reading_ids(question, [pair.line for pair in pairs], tokens)
    padded = np.array([*ids, *tokens("\n")], np.int64)  # the last verdict needs a place behind it
    targets, weights = padded.copy(), np.zeros(len(padded), np.float32)
    for place, pair in zip(places, pairs, strict=True):
        targets[place + 1] = tokens(pair.verdict.mark)[0]
        weights[place + 1] = VERDICT_WEIGHTS[pair.verdict]
    return Example(padded, weights, targets)
