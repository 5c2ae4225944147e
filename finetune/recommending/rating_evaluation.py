"""Predict held-out ratings, next to the mean, biases and plain matrix factorization: `aisle evaluate ratings`.

A random tenth of the ratings judges. Hyperparameters are chosen on another tenth of the rest; then every model learns
from all of the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from finetune.ranking_metrics import Mean
from finetune.recommending.rating_models import RatingModel, factorize, mean_only, sample
from finetune.recommending.rating_residuals import Corrected
from finetune.recommending.ratings import Ratings, Values, split
from retrieval.errors import FeedError

Note = Callable[[str], None]

SHARE = 0.1
"""Share of the ratings that judges, and of the rest that chooses."""

FEWEST = 50
"""Ratings that an evaluation needs at least."""

_SHOWN = 100  # rejected rows in the report

BAYESIAN = "Bayesian factorization"
CORRECTED = "Bayesian factorization, errors corrected"

FITS: Mapping[str, Callable[..., RatingModel]] = {
    "global mean": lambda ratings, seed: mean_only(ratings),
    "biases": factorize,
    "matrix factorization": factorize,
    BAYESIAN: sample,
}
"""What fits each way that has factors, with its hyperparameters and a seed; the simplest first."""

_CHOICES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "global mean": [{}],
    "biases": [{"width": 0, "penalty": 0.0, "of_biases": weight} for weight in (1.0, 3.0, 5.0, 10.0)],
    "matrix factorization": [
        {"width": width, "penalty": penalty, "of_biases": 3.0}
        for width in (5, 10, 20, 50)
        for penalty in (0.05, 0.08, 0.12, 0.18)
    ],
    BAYESIAN: [{"width": width} for width in (4, 8, 16)],
}


@dataclass(frozen=True, slots=True)
class Result:
    """How far one way of predicting is off on the ratings that judge."""

    hyperparameters: Mapping[str, Any]
    squared_errors: Values
    seconds: float

    @property
    def rmse(self) -> float:
        """Root of the mean squared error."""
        return float(np.sqrt(self.squared_errors.mean()))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the RMSE by the bootstrap over ratings."""
        mean = Mean.of(self.squared_errors.tolist(), draws=500)
        return float(np.sqrt(mean.low)), float(np.sqrt(mean.high))

    def json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "rmse": self.rmse,
            "rmse_interval": list(self.interval),
            "mae": float(np.sqrt(self.squared_errors).mean()),
            "hyperparameters": dict(self.hyperparameters),
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All ways on one file, the simplest first."""

    ratings: Ratings
    judged: int
    seed: int | None  # of the split; None if all ratings judge
    results: Mapping[str, Result]

    def json(self) -> dict[str, Any]:
        """Everything, for programs."""
        rejected = self.ratings.rejected
        return {
            "ratings": len(self.ratings),
            "users": len(self.ratings.user_names),
            "items": len(self.ratings.item_names),
            "judged": self.judged,
            "seed": self.seed,
            "rejected": {"count": len(rejected), "rows": list(rejected[:_SHOWN])},
            "ways": {way: result.json() for way, result in self.results.items()},
        }

    def __str__(self) -> str:
        which = "all" if self.seed is None else f"{self.judged:,} at random, seed {self.seed},"
        head = (
            f"{len(self.ratings):,} ratings of {len(self.ratings.user_names):,} users for "
            f"{len(self.ratings.item_names):,} items; {which} judge",
            "",
            "| way | RMSE |",
            "|---|---|",
        )
        rows = [
            f"| {way} | {it.rmse:.4f} ({it.interval[0]:.4f} to {it.interval[1]:.4f}) |"
            for way, it in self.results.items()
        ]
        return "\n".join((*head, *rows))


def evaluate(ratings: Ratings, seed: int = 1, note: Note = lambda _: None) -> Report:
    """`compare`, and the best factors with their errors corrected."""
    report = compare(ratings, seed, note)
    rest, judged = split(ratings, SHARE, seed)
    choice, start = report.results[BAYESIAN].hyperparameters, time.monotonic()
    best = Corrected.fit(rest, lambda some: sample(some, **choice, seed=seed), seed, note)
    result = Result(choice, (best.predict(judged) - judged.values) ** 2, time.monotonic() - start)
    note(f"{CORRECTED}: RMSE {result.rmse:.4f} on the ratings that judge")
    return replace(report, results={**report.results, CORRECTED: result})


def compare(ratings: Ratings, seed: int = 1, note: Note = lambda _: None) -> Report:
    """Choose, learn and judge the ways that have factors. `note` gets a line for each step.

    Raises FeedError for too few ratings.
    """
    if len(ratings) < FEWEST:
        raise FeedError(
            f"{len(ratings)} ratings are too few to judge on", f"Give a file with at least {FEWEST} ratings."
        )
    rest, judged = split(ratings, SHARE, seed)
    learned, chooser = split(rest, SHARE, seed + 1)
    results: dict[str, Result] = {}
    for way, choices in _CHOICES.items():
        start, tried = time.monotonic(), []
        for choice in choices if len(choices) > 1 else ():
            tried.append(_rmse(FITS[way](learned, **choice, seed=seed), chooser))
            note(f"{way} {_listed(choice)}: RMSE {tried[-1]:.4f} on the ratings that choose")
        choice = choices[int(np.argmin(tried))] if tried else choices[0]
        predicted = FITS[way](rest, **choice, seed=seed).predict(judged.users, judged.items)
        results[way] = Result(choice, (predicted - judged.values) ** 2, time.monotonic() - start)
        note(f"{way}: RMSE {results[way].rmse:.4f} on the ratings that judge")
    return Report(ratings, len(judged), seed, results)


def _rmse(model: RatingModel, ratings: Ratings) -> float:
    return float(np.sqrt(np.mean((model.predict(ratings.users, ratings.items) - ratings.values) ** 2)))


def _listed(choice: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in choice.items())
