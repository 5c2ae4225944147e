"""What is known around a rating that is to be predicted: errors of a model on other ratings, and those ratings.

Neighbors are ratings by the same user, or for the same item, weighted by how like the other item or user is and by how near they
are in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from finetune.recommending.rating_models import RatingModel
from finetune.recommending.ratings import Numbers, Ratings, Values

_MOST = 3000  # ratings of one user or item that are compared with each other
_SHRINK = 2.0  # weight of "no error" beside the neighbors' errors
_MONTH = 30 * 86_400.0
_OF_USER, _OF_ITEM = 7 * 2 + 6 + 4, 3 * 2 + 6  # columns: kernels x 2, summary, and the last few ratings


class VectorModel(RatingModel, Protocol):
    """A rating model whose items and users have vectors, and which knows how sure it is."""

    def vectors(self) -> tuple[Values, Values]:
        """Vectors of users and of items, shapes (users, width) and (items, width)."""
        ...

    def spread(self, users: Numbers, items: Numbers) -> Values:
        """Standard deviations of the predictions, shape (rows,)."""
        ...


def columns(model: VectorModel, known: Ratings, errors: Values, rows: Ratings) -> Values:
    """What a regression reads of each of `rows`, shape (rows, columns).

    `errors` are those of the model on `known`. None of `rows` is known, and their values are not read.
    """
    users, items = map(_unit, model.vectors())
    of_user = np.zeros((len(rows), _OF_USER))
    for some, wanted in _groups(known.users, rows.users):
        likeness = _likeness(items[rows.items[wanted]], items[known.items[some]])
        of_user[wanted] = _user_columns(known, errors, some, likeness, rows.times[wanted])
    of_item = np.zeros((len(rows), _OF_ITEM))
    for some, wanted in _groups(known.items, rows.items):
        likeness = _likeness(users[rows.users[wanted]], users[known.users[some]])
        gaps = np.abs(rows.times[wanted][:, None] - known.times[some])
        kernels = (likeness**3, likeness**8, np.exp(-gaps / _MONTH))
        of_item[wanted] = np.column_stack((*_weighted(kernels, errors[some]), _summary(known, errors, some, wanted)))
    firsts = np.full(len(users), np.inf)
    np.minimum.at(firsts, known.users, known.times)
    age = np.log1p(np.maximum(rows.times - firsts[rows.users], 0))
    age[~np.isfinite(age)] = 0
    pair = rows.users, rows.items
    return np.column_stack((model.predict(*pair), model.spread(*pair), of_user, of_item, age, rows.times))


def _user_columns(known: Ratings, errors: Values, some: Numbers, likeness: Values, times: Values) -> Values:
    """Columns of the ratings to predict at `times` by the user who gave the known ratings `some`.

    Gaps are counted in ratings between, for one evening may have a hundred, and in seconds.
    """
    order = np.sort(known.times[some])
    places, others = (np.searchsorted(order, moments) for moments in (times, known.times[some]))
    gaps = np.abs(places[:, None] - others).astype(np.float64)
    soon = np.exp(-gaps / 5)
    hours = np.abs(times[:, None] - known.times[some]) / 3600
    kernels = (
        likeness**3, likeness**8, np.exp(-gaps / 1.5), soon, np.exp(-gaps / 20), np.exp(-hours),
        likeness**3 * np.exp(-gaps / 20),
    )  # fmt: skip
    values = known.values[some]
    mean, square = (soon @ each / np.maximum(soon.sum(axis=1), 1e-9) for each in (values, values**2))
    lately = mean, np.sqrt(np.maximum(square - mean**2, 0)), np.log1p(places), places / len(some)
    return np.column_stack((*_weighted(kernels, errors[some]), _summary(known, errors, some, times), *lately))


def _weighted(kernels: tuple[Values, ...], errors: Values) -> Iterator[Values]:
    """For each kernel, shape (targets, sources), the mean error drawn to zero and the log of the weight it has."""
    for kernel in kernels:
        weight = kernel.sum(axis=1)
        yield kernel @ errors / (weight + _SHRINK)
        yield np.log1p(weight)


def _summary(known: Ratings, errors: Values, some: Numbers, targets: Values | Numbers) -> Values:
    """The same for all targets: mean and spread of errors and of values, share of half stars, log of the count."""
    mine, values = errors[some], known.values[some]
    halves = np.mean(values % 1 != 0)
    found = mine.sum() / (len(some) + _SHRINK), mine.std(), values.mean(), values.std(), halves, np.log1p(len(some))
    return np.broadcast_to(np.array(found), (len(targets), len(found)))


def _likeness(ours: Values, theirs: Values) -> Values:
    """Cosines above zero, shape (ours, theirs)."""
    return np.maximum(ours @ theirs.T, 0)


def _groups(ours: Numbers, theirs: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """For each user or item: its rows in `ours`, at most `_MOST`, and in `theirs`."""
    order, wanted = np.argsort(ours, kind="stable"), np.argsort(theirs, kind="stable")
    sources, targets = ours[order], theirs[wanted]
    for number in np.unique(theirs):
        left, right = np.searchsorted(sources, (number, number + 1))
        first, last = np.searchsorted(targets, (number, number + 1))
        if left < right:
            yield order[left:right][-_MOST:], wanted[first:last]


def _unit(vectors: Values) -> Values:
    found: Values = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return found
