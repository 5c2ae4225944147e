"""Corrects a rating model with what its own errors say: near items, near users, and the same evening.

The regression learns from ratings that the model had not seen (five folds), and reads the errors of the same model on
those that it had. Errors from other folds would not do: their models had seen the rating that is to be predicted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from finetune.recommending.rating_models import RatingModel, Scale
from finetune.recommending.ratings import Numbers, Ratings, Values

FOLDS = 5

_MOST = 3000  # ratings of one user or item that are compared with each other
_SHRINK = 2.0  # weight of "no error" beside the neighbors' errors
_NEAR = 5.0  # ratings of the same user this far apart in order of time count 1 / e


class VectorModel(RatingModel, Protocol):
    """A rating model whose items and users have vectors."""

    def vectors(self) -> tuple[Values, Values]:
        """Vectors of users and of items, shapes (users, width) and (items, width)."""
        ...


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rating model plus the correction of its errors."""

    model: VectorModel
    known: Ratings
    errors: Values  # of the model on `known`
    regressor: Any
    scale: Scale

    @classmethod
    def fit(
        cls,
        ratings: Ratings,
        fit_model: Callable[[Ratings], VectorModel],
        seed: int,
        note: Callable[[str], None] = lambda _: None,
    ) -> Corrected:
        """Fit the model on four fifths at a time for its errors, a regression on the errors, and the model on all."""
        from sklearn.ensemble import HistGradientBoostingRegressor

        scale = Scale.of(ratings)
        folds = np.random.default_rng(seed).permutation(len(ratings)) % FOLDS
        columns, wanted = [], []
        for fold in range(FOLDS):
            inside, outside = ratings.part(folds != fold), ratings.part(folds == fold)
            model = fit_model(inside)
            note(f"errors of fold {fold + 1} of {FOLDS}")
            half = cls(model, inside, _errors(model, inside), None, scale)
            columns.append(half._columns(outside, model.predict(outside.users, outside.items)))
            wanted.append(_errors(model, outside))
        regressor = HistGradientBoostingRegressor(
            learning_rate=0.04, max_iter=400, max_leaf_nodes=12, min_samples_leaf=200, l2_regularization=20.0,
            early_stopping=True, validation_fraction=0.15, n_iter_no_change=15, random_state=seed,
        ).fit(np.concatenate(columns), np.concatenate(wanted))  # fmt: skip
        model = fit_model(ratings)
        return cls(model, ratings, _errors(model, ratings), regressor, scale)

    def predict(self, rows: Ratings) -> Values:
        """Expected ratings; users, items and times of `rows` are read, its values are not."""
        predicted = self.model.predict(rows.users, rows.items)
        return self.scale.clipped(predicted + self.regressor.predict(self._columns(rows, predicted)))

    def _columns(self, rows: Ratings, predicted: Values) -> Values:
        """What the regression reads of each of `rows`, none of which is known, shape (rows, columns)."""
        known, errors, found = self.known, self.errors, [predicted]
        users, items = map(_unit, self.model.vectors())
        for ours, theirs, sources, targets in (
            (known.users, rows.users, items[known.items], items[rows.items]),
            (known.items, rows.items, users[known.users], users[rows.users]),
        ):
            near, late, own, spread, count = (np.zeros(len(rows)) for _ in range(5))
            for some, wanted in _groups(ours, theirs):
                similar = np.maximum(targets[wanted] @ sources[some].T, 0) ** 3
                soon = np.exp(-_gaps(known.times[some], rows.times[wanted], ours is known.users) / _NEAR)
                near[wanted] = similar @ errors[some] / (similar.sum(axis=1) + _SHRINK)
                late[wanted] = soon @ errors[some] / (soon.sum(axis=1) + _SHRINK)
                own[wanted], count[wanted] = errors[some].sum() / (len(some) + _SHRINK), len(some)
                spread[wanted] = errors[some].std()
            found += [near, late, own, spread, np.log1p(count)]
        firsts = np.full(len(users), np.inf)
        np.minimum.at(firsts, known.users, known.times)
        age = np.log1p(np.maximum(rows.times - firsts[rows.users], 0))
        return np.stack([*found, np.where(np.isfinite(age), age, 0), rows.times], axis=1)


def _errors(model: RatingModel, ratings: Ratings) -> Values:
    found: Values = ratings.values - model.predict(ratings.users, ratings.items)
    return found


def _groups(ours: Numbers, theirs: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """For each user or item: its rows in `ours`, at most `_MOST`, and in `theirs`."""
    order, wanted = np.argsort(ours, kind="stable"), np.argsort(theirs, kind="stable")
    for number in np.unique(theirs):
        left, right = np.searchsorted(ours[order], (number, number + 1))
        first, last = np.searchsorted(theirs[wanted], (number, number + 1))
        if left < right:
            yield order[left:right][-_MOST:], wanted[first:last]


def _gaps(sources: Values, targets: Values, by_rank: bool) -> Values:
    """How far apart in time each target and source are: in ratings between them, or in 30 days."""
    if not by_rank:
        found: Values = np.abs(targets[:, None] - sources[None, :]) / (30 * 86_400.0)
        return found
    listed = np.sort(sources)
    places = [np.searchsorted(listed, times, side="left") for times in (targets, sources)]
    return np.abs(places[0][:, None] - places[1][None, :]).astype(np.float64)


def _unit(vectors: Values) -> Values:
    found: Values = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return found
