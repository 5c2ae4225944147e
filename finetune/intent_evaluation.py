"""Intent evaluation: the recipe on public sets, trained on each training split and measured on its evaluation split.

Beside it stand two plain heads on the same frozen embeddings: the nearest centroid and logistic regression.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from finetune.card import replace_results
from finetune.intent_data import OUT_OF_SCOPE, PUBLIC_SETS, read_set
from finetune.intent_examples import Examples
from finetune.intent_recipe import RECIPE, Recipe, calibrate, fit
from finetune.intent_result import Result, table, write_results
from finetune.score import Score
from finetune.utterances import Utterance
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import open_encoder

Labels = NDArray[np.str_]

log = structlog.get_logger(__name__)


def evaluate_intents(data: Path, output: Path, *, seed: int = 1) -> str:
    """Measures the recipe, writes the figures beside the head in `output` and into its card; returns them as a table."""
    results = list(measured(data, seed=seed))
    write_results(output, results)
    replace_results(output / "README.md", table(results))
    return table(results)


def measured(data: Path, *, seed: int = 1, recipe: Recipe = RECIPE) -> Iterator[Result]:
    """Three heads on each public set. Raises ModelError when a set is missing.

    The evaluation splits are read here alone, after everything has been fitted.
    """
    encoder = open_encoder()
    for folder, name in PUBLIC_SETS.items():
        utterances = read_set(data, folder, "train")
        is_validation = np.array([utterance.is_validation for utterance in utterances])
        train, test = (_embedded(part, encoder) for part in (utterances, read_set(data, folder, "eval_public")))
        for head, guesses in _heads(train, is_validation, test, seed, recipe):
            result = _judged(name, head, guesses, np.array(test.labels))
            log.info(
                "intents.evaluated",
                data=name,
                head=head,
                in_scope=str(result.in_scope),
                outside=str(result.outside or ""),
            )
            yield result


def _heads(
    train: Examples, is_validation: NDArray[np.bool_], test: Examples, seed: int, recipe: Recipe
) -> Iterator[tuple[str, Labels]]:
    """Name of each head and its guesses for `test`. Each is fitted to all of `train`, its validation part included."""
    labels = np.array(train.labels)
    known = np.array([label for label in sorted(set(train.labels)) if label != OUT_OF_SCOPE])
    centroids = np.stack([train.vectors[labels == label].mean(axis=0) for label in known])
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    yield "nearest centroid", known[(test.vectors @ centroids.T).argmax(axis=1)]
    plain = LogisticRegression(C=20, max_iter=400).fit(train.vectors, labels)
    yield "logistic regression", np.asarray(plain.predict(test.vectors))
    outside = OUT_OF_SCOPE if OUT_OF_SCOPE in train.labels else ""
    calibration = None
    if is_validation.any():
        rest, validation = (train.rows(np.flatnonzero(chosen)) for chosen in (~is_validation, is_validation))
        calibration = calibrate(rest, seed, outside=outside, recipe=recipe, validation=validation)
    head = fit(train, seed, outside=outside, recipe=recipe, calibration=calibration)
    best = [guess[0] for guess in head.guess(test.texts, test.vectors)]
    yield (
        "Aisle's head",
        np.array([guess.name if guess.known >= head.rejection.threshold else outside for guess in best]),
    )


def _judged(data: str, head: str, guesses: Labels, wanted: Labels) -> Result:
    is_outside = wanted == OUT_OF_SCOPE
    is_right = guesses == wanted
    outside = Score.of(is_right[is_outside]) if is_outside.any() else None
    return Result(data, head, Score.of(is_right[~is_outside]), outside)


def _embedded(utterances: list[Utterance], encoder: Encoder) -> Examples:
    texts = [utterance.text for utterance in utterances]
    return Examples(texts, encoder.encode_queries(texts), [utterance.intent for utterance in utterances], texts)
