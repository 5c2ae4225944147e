"""Models that predict ratings: the mean, biases, matrix factorization, and its Bayesian form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from finetune.recommending.ratings import Numbers, Ratings, Values

Draws = NDArray[np.float32]

_FEATURES = 16  # leading singular vectors of who rated what
_VECTORS = 4  # draws whose vectors are compared


class RatingModel(Protocol):
    """Predicts ratings of users for items."""

    def predict(self, users: Numbers, items: Numbers) -> Values:
        """Expected ratings within the scale, shape (rows,)."""
        ...


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest, highest and mean rating that were learned from."""

    low: float
    high: float
    mean: float

    @classmethod
    def of(cls, ratings: Ratings) -> Scale:
        """The scale of `ratings`."""
        return cls(float(ratings.values.min()), float(ratings.values.max()), float(ratings.values.mean()))

    def clipped(self, values: Values) -> Values:
        """`values` within the scale."""
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Factors:
    """mean + bias of the user + bias of the item + inner product of their factors.

    The last column of `users` and of `items` holds the biases; without factors it is the only one.
    """

    scale: Scale
    users: Values  # (users, width + 1)
    items: Values  # (items, width + 1)

    def predict(self, users: Numbers, items: Numbers) -> Values:
        """Expected ratings within the scale, shape (rows,)."""
        ours, theirs = self.users[users], self.items[items]
        inner = np.einsum("nk,nk->n", ours[:, :-1], theirs[:, :-1])
        return self.scale.clipped(self.scale.mean + inner + ours[:, -1] + theirs[:, -1])


def mean_only(ratings: Ratings) -> Factors:
    """The global mean for everything."""
    shapes = len(ratings.user_names), len(ratings.item_names)
    return Factors(Scale.of(ratings), *(np.zeros((count, 1)) for count in shapes))


def factorize(
    ratings: Ratings, width: int, penalty: float, of_biases: float, rounds: int = 20, seed: int = 1
) -> Factors:
    """Least squares of the ratings with an L2 penalty, by alternating over users and items.

    The formula of Koren, Bell and Volinsky 2009, with penalties times the number of ratings of a user or item, as
    stochastic gradient descent has them, plus `of_biases` for each bias. A width of 0 leaves the biases alone.
    """
    dice = np.random.default_rng(seed)
    scale, sides = Scale.of(ratings), _sides(ratings)
    users: Values = np.zeros((len(ratings.user_names), width + 1))
    items: Values = dice.normal(0, 0.1, (len(ratings.item_names), width + 1))
    items[:, -1] = 0.0
    fixed = np.append(np.zeros(width), of_biases)

    def solve(side: _Side, others: Values) -> Values:
        grams, right = side.normal_equations(others, scale.mean)
        weights = penalty * side.counts[:, None] + fixed + 1e-6
        grams[:, np.arange(width + 1), np.arange(width + 1)] += weights
        return np.asarray(np.linalg.solve(grams, right[:, :, None])[:, :, 0], np.float64)

    for _ in range(rounds):
        users = solve(sides[0], items)
        items = solve(sides[1], users)
    return Factors(scale, users, items)


@dataclass(frozen=True, slots=True)
class BayesianFactors:
    """The mean over draws of `Factors` from their posterior, shapes (draws, users or items, width + 1)."""

    scale: Scale
    users: Draws
    items: Draws

    def predict(self, users: Numbers, items: Numbers) -> Values:
        """Expected ratings within the scale, shape (rows,)."""
        return self.scale.clipped(self.scale.mean + self._moments(users, items)[0])

    def spread(self, users: Numbers, items: Numbers) -> Values:
        """Standard deviation of a prediction over the draws, shape (rows,)."""
        mean, square = self._moments(users, items)
        return np.sqrt(np.maximum(square - mean**2, 0))

    def _moments(self, users: Numbers, items: Numbers) -> tuple[Values, Values]:
        """Mean and mean square over the draws, before the scale's mean is added."""
        total, squares = np.zeros(len(users)), np.zeros(len(users))
        for ours, theirs in zip(self.users, self.items, strict=True):
            mine, its = ours[users], theirs[items]
            drawn = np.einsum("nk,nk->n", mine[:, :-1], its[:, :-1]) + mine[:, -1] + its[:, -1]
            total += drawn
            squares += drawn**2
        return total / len(self.users), squares / len(self.users)

    def vectors(self) -> tuple[Values, Values]:
        """Factors without biases of all draws side by side, shapes (users, draws x width), (items, draws x width).

        Draws differ by a rotation, so a mean over them would say nothing; cosines over all of them do.
        """
        chosen = range(0, len(self.users), max(1, len(self.users) // _VECTORS))
        ours, theirs = (
            np.concatenate([side[draw][:, :-1] for draw in chosen], axis=1) for side in (self.users, self.items)
        )
        return ours.astype(np.float64), theirs.astype(np.float64)


def sample(
    ratings: Ratings,
    width: int,
    draws: int = 150,
    burn_in: int = 40,
    keep_every: int = 2,
    seed: int = 1,
) -> BayesianFactors:
    """Gibbs sampling of matrix factorization with biases: nothing to tune but the width.

    Salakhutdinov and Mnih 2008, with one precision per factor as in libFM (Rendle 2012), and with prior means that
    are linear in the leading singular vectors of who rated what (Macau, Simm et al. 2017): which items somebody rates
    tells of their taste before any rating does, as in SVD++.
    """
    dice = np.random.default_rng(seed)
    scale, sides = Scale.of(ratings), _sides(ratings)
    features = _who_rated_what(ratings)
    priors = [_Prior(each, width + 1, dice) for each in features]
    blocks = [dice.normal(0, 0.1, (len(each), width + 1)) for each in features]
    for block in blocks:
        block[:, -1] = 0.0
    noise, kept = 1.0, (list[Draws](), list[Draws]())
    for number in range(1, burn_in + draws + 1):
        for place in (0, 1):
            side, prior, others = sides[place], priors[place], blocks[1 - place]
            prior.draw(blocks[place])
            grams, right = side.normal_equations(others, scale.mean)
            blocks[place] = _gaussians(noise * grams, noise * right, prior.means, prior.precisions, dice)
        gaps = ratings.values - scale.mean - _inner(blocks, ratings)
        noise = float(dice.gamma(1 + len(gaps) / 2) / (1 + gaps @ gaps / 2))
        if number > burn_in and number % keep_every == 0:
            for block, listed in zip(blocks, kept, strict=True):
                listed.append(block.astype(np.float32))
    return BayesianFactors(scale, np.stack(kept[0]), np.stack(kept[1]))


@dataclass(frozen=True, slots=True)
class _Side:
    """The ratings by user or by item, as sparse matrices of (this side, other side)."""

    pattern: csr_matrix
    values: csr_matrix
    counts: Values

    def normal_equations(self, others: Values, mean: float) -> tuple[Values, Values]:
        """For each row the Gram matrix of the others' factors with a constant, and its right side.

        Shapes (rows, width + 1, width + 1) and (rows, width + 1).
        """
        design = others.copy()
        design[:, -1] = 1.0
        size = design.shape[1]
        outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), size * size)
        grams = (self.pattern @ outer).reshape(-1, size, size)
        # The other side's bias and the mean are taken off each rating: one term per other, so off the sums.
        right = self.values @ design - self.pattern @ (design * (others[:, -1:] + mean))
        return grams, right


def _sides(ratings: Ratings) -> tuple[_Side, _Side]:
    shape = len(ratings.user_names), len(ratings.item_names)
    pairs = (ratings.users, ratings.items)
    pattern = csr_matrix((np.ones(len(ratings)), pairs), shape=shape)
    values = csr_matrix((ratings.values, pairs), shape=shape)
    counts = np.asarray(pattern.sum(axis=1)).ravel(), np.asarray(pattern.sum(axis=0)).ravel()
    return _Side(pattern, values, counts[0]), _Side(pattern.T.tocsr(), values.T.tocsr(), counts[1])


class _Prior:
    """Means, linear in features, and precisions of the factors of one side."""

    def __init__(self, features: Values, size: int, dice: np.random.Generator) -> None:
        self._features = features
        self._eigenvalues, self._axes = np.linalg.eigh(features.T @ features)
        self._slopes = np.zeros((features.shape[1], size))
        self._slope_precisions = np.ones(size)
        self._dice = dice
        self.means = np.zeros((len(features), size))
        self.precisions = np.full(size, 10.0)

    def draw(self, factors: Values) -> None:
        """Draw slopes, then precisions, given the factors."""
        spread = self.precisions * self._eigenvalues[:, None] + self._slope_precisions
        mean = self.precisions * (self._axes.T @ (self._features.T @ factors)) / spread
        self._slopes = self._axes @ (mean + self._dice.normal(size=mean.shape) / np.sqrt(spread))
        self.means = self._features @ self._slopes
        gaps, slopes = factors - self.means, self._slopes
        self.precisions = self._dice.gamma(1 + len(gaps) / 2, size=gaps.shape[1]) / (1 + (gaps**2).sum(axis=0) / 2)
        self._slope_precisions = self._dice.gamma(1 + len(slopes) / 2, size=slopes.shape[1]) / (
            1 + (slopes**2).sum(axis=0) / 2
        )


def _gaussians(grams: Values, right: Values, means: Values, precisions: Values, dice: np.random.Generator) -> Values:
    """One draw for each row from the Gaussian with precision `grams` + diagonal, shape (rows, size)."""
    size = len(precisions)
    grams[:, np.arange(size), np.arange(size)] += precisions
    lower = np.linalg.cholesky(grams)
    half = np.linalg.solve(lower, (right + precisions * means)[:, :, None])
    noise = dice.normal(size=half.shape)
    found: Values = np.linalg.solve(lower.transpose(0, 2, 1), half + noise)[:, :, 0]
    return found


def _inner(blocks: list[Values], ratings: Ratings) -> Values:
    ours, theirs = blocks[0][ratings.users], blocks[1][ratings.items]
    found: Values = np.einsum("nk,nk->n", ours[:, :-1], theirs[:, :-1]) + ours[:, -1] + theirs[:, -1]
    return found


def _who_rated_what(ratings: Ratings) -> tuple[Values, Values]:
    """A constant, the log count and singular vectors of the pattern of ratings, for users and for items."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import svds

    pattern = _sides(ratings)[0].pattern
    counts = [np.asarray(pattern.sum(axis=axis)).ravel() for axis in (1, 0)]
    scaled = diags(1 / np.sqrt(counts[0] + 5)) @ pattern @ diags(1 / np.sqrt(counts[1] + 5))
    rank = min(_FEATURES, min(scaled.shape) - 1)
    found = []
    sides = svds(scaled, rank, rng=np.random.default_rng(0)) if rank > 0 else None
    for place, count in enumerate(counts):
        logs = np.log1p(count)
        columns = [np.ones(len(count)), (logs - logs.mean()) / max(logs.std(), 1e-9)]
        if sides is not None:
            vectors = sides[0] if place == 0 else sides[2].T
            columns += list((vectors / np.maximum(vectors.std(axis=0), 1e-9)).T)
        found.append(np.stack(columns, axis=1))
    return found[0], found[1]
