"""How well a reader reads on the held-out shops, next to two floors: cosine similarity and shared words.

    aisle evaluate reader

Each floor gets the best thresholds that the training shops allow. A floor knows no negation but a list of its words, and no conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.reading.reader import Reader, line_text
from assistant.reading.verdict import Verdict
from finetune.corpora.pairs import ReadingPair, reading_pairs
from finetune.corpora.shop import held_out, shop_folders
from retrieval.index.encoder import Encoder

_NEGATION = re.compile(
    r"\b(?:no|not|never|cannot|can't|don't|doesn't|isn't|aren't|without|only|neither|nor)\b", re.IGNORECASE
)
_STEPS = 40
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class VerdictScores:
    """F1 of each verdict, their mean, and the 95 % interval of the mean (bootstrap over pairs)."""

    f1: dict[str, float]
    macro: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ReaderReport:
    """Scores by method on the held-out pairs."""

    pairs: int
    shops: tuple[str, ...]
    scores: dict[str, VerdictScores]


def evaluate_reader(corpus: Path, reader: Reader, encoder: Encoder) -> ReaderReport:
    """Measure `reader` on the shops that are held out. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    folders = shop_folders(corpus)
    training = [pair for folder in folders if folder.name not in kept for pair in reading_pairs(folder)]
    pairs = [pair for folder in folders if folder.name in kept for pair in reading_pairs(folder)]
    wanted = [pair.verdict for pair in pairs]
    scores = {"reader": verdict_scores(wanted, read_all(reader, pairs))}
    for name, measure in (("cosine similarity", _cosines(encoder)), ("shared words", _shared_words)):
        scores[name] = verdict_scores(wanted, _by_threshold(measure, training, pairs))
    scores["always the commonest"] = verdict_scores(wanted, [max(set(wanted), key=wanted.count)] * len(wanted))
    return ReaderReport(len(pairs), tuple(sorted({pair.shop for pair in pairs})), scores)


def read_all(reader: Reader, pairs: Sequence[ReadingPair]) -> list[Verdict]:
    """The reader's verdict for each pair; pairs with one question are read together."""
    given: dict[int, Verdict] = {}
    by_question: dict[str, list[int]] = {}
    for place, pair in enumerate(pairs):
        by_question.setdefault(pair.question, []).append(place)
    for question, places in by_question.items():
        for place, reading in zip(places, reader.read(question, [pairs[p].line for p in places]), strict=True):
            given[place] = reading.verdict
    return [given[place] for place in range(len(pairs))]


def verdict_scores(wanted: Sequence[Verdict], given: Sequence[Verdict]) -> VerdictScores:
    """F1 per verdict that occurs, macro-F1 over them, and its interval."""
    labels = sorted(set(wanted))
    wants, gives = np.array(wanted), np.array(given)
    draws = np.random.default_rng(1).integers(0, len(wants), (_RESAMPLES, len(wants)))
    macros = [float(np.mean(_f1(wants[rows], gives[rows], labels))) for rows in draws]
    f1 = _f1(wants, gives, labels)
    low, high = np.percentile(macros, [2.5, 97.5])
    return VerdictScores(
        {str(label): value for label, value in zip(labels, f1, strict=True)},
        float(np.mean(f1)),
        float(low),
        float(high),
    )


def _f1(wanted: np.ndarray, given: np.ndarray, labels: Sequence[Verdict]) -> list[float]:
    found = []
    for label in labels:
        total = int((wanted == label).sum() + (given == label).sum())
        found.append(2 * int(((wanted == label) & (given == label)).sum()) / total if total else 0.0)
    return found


Measure = Callable[[Sequence[ReadingPair]], np.ndarray]
"""How alike question and line are, for each pair."""


def _by_threshold(measure: Measure, training: Sequence[ReadingPair], pairs: Sequence[ReadingPair]) -> list[Verdict]:
    """Lines that are alike enough decide: with a word of negation they contradict, else they support."""
    known = measure(training)
    wanted = [pair.verdict for pair in training]
    thresholds = np.quantile(known, np.linspace(0, 1, _STEPS))
    labels = sorted(set(wanted))
    best = max(
        thresholds, key=lambda t: float(np.mean(_f1(np.array(wanted), np.array(_decided(known, training, t)), labels)))
    )
    return _decided(measure(pairs), pairs, best)


def _decided(alike: np.ndarray, pairs: Sequence[ReadingPair], threshold: float) -> list[Verdict]:
    decided = (Verdict.CONTRADICTS if _NEGATION.search(pair.line.text) else Verdict.SUPPORTS for pair in pairs)
    return [verdict if score >= threshold else Verdict.SILENT for verdict, score in zip(decided, alike, strict=True)]


def _cosines(encoder: Encoder) -> Measure:
    def measure(pairs: Sequence[ReadingPair]) -> np.ndarray:
        questions = sorted({pair.question for pair in pairs})
        asked = dict(zip(questions, encoder.encode_queries([*questions, ""])[:-1], strict=True))
        told = encoder.encode_documents([line_text(pair.line) for pair in pairs])
        return np.array([float(asked[pair.question] @ row) for pair, row in zip(pairs, told, strict=True)])

    return measure


def _shared_words(pairs: Sequence[ReadingPair]) -> np.ndarray:
    def share(pair: ReadingPair) -> float:
        asked, told = (set(re.findall(r"[a-z]{3,}", text.casefold())) for text in (pair.question, line_text(pair.line)))
        return len(asked & told) / max(len(asked), 1)

    return np.array([share(pair) for pair in pairs])
