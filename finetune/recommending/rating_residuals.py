"""Corrects a rating model with what its own errors say: near items, near users, and the same evening.

The regression learns from ratings that the model had not seen (five folds), and reads the errors of the same model on
those that it had. Errors from other folds would not do: their models had seen the rating that is to be predicted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from finetune.recommending.rating_models import RatingModel, Scale
from finetune.recommending.rating_neighbors import VectorModel, columns
from finetune.recommending.ratings import Ratings, Values

FOLDS = 5


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
        inputs, wanted = [], []
        for fold in range(FOLDS):
            inside, outside = ratings.part(folds != fold), ratings.part(folds == fold)
            model = fit_model(inside)
            note(f"errors of fold {fold + 1} of {FOLDS}")
            half = cls(model, inside, _errors(model, inside), None, scale)
            inputs.append(half._columns(outside))
            wanted.append(_errors(model, outside))
        regressor = HistGradientBoostingRegressor(
            learning_rate=0.04, max_iter=400, max_leaf_nodes=12, min_samples_leaf=200, l2_regularization=20.0,
            early_stopping=True, validation_fraction=0.15, n_iter_no_change=15, random_state=seed,
        ).fit(np.concatenate(inputs), np.concatenate(wanted))  # fmt: skip
        model = fit_model(ratings)
        return cls(model, ratings, _errors(model, ratings), regressor, scale)

    def predict(self, rows: Ratings) -> Values:
        """Expected ratings; users, items and times of `rows` are read, its values are not."""
        read = self._columns(rows)
        return self.scale.clipped(self.model.predict(rows.users, rows.items) + self.regressor.predict(read))

    def _columns(self, rows: Ratings) -> Values:
        return columns(self.model, self.known, self.errors, rows)


def _errors(model: RatingModel, ratings: Ratings) -> Values:
    found: Values = ratings.values - model.predict(ratings.users, ratings.items)
    return found
