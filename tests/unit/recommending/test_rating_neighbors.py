"""What a regression reads of the ratings around the one that is to be predicted, worked out by hand."""

import numpy as np
import pytest

from finetune.recommending.rating_neighbors import columns
from finetune.recommending.ratings import Ratings


class Flat:
    """Predicts 3 for everything, with a spread of a half; items 0 and 1 are alike, and users are all unlike."""

    def predict(self, users, items):
        return np.full(len(users), 3.0)

    def spread(self, users, items):
        return np.full(len(users), 0.5)

    def vectors(self):
        return np.eye(3), np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])


def ratings(*rows):
    users, items, values, times = (np.array(column) for column in zip(*rows, strict=True))
    return Ratings(users, items, values.astype(float), times.astype(float), ("a", "b", "c"), ("x", "y", "z"))


KNOWN = ratings((0, 0, 5, 0), (0, 2, 2.5, 7200), (1, 1, 4, 0))
NAMES = (
    "prediction", "spread",
    "alike", "alike weight", "nearly same", "nearly same weight", "next", "next weight", "soon", "soon weight",
    "evening", "evening weight", "hour", "hour weight", "alike evening", "alike evening weight",
    "error", "error spread", "value", "value spread", "halves", "count", "lately", "lately spread", "rank", "share",
    "user", "user weight", "same user", "same user weight", "month", "month weight",
    "item error", "item error spread", "item value", "item value spread", "item halves", "item count", "age", "time",
)  # fmt: skip


def read(*rows):
    found = columns(Flat(), KNOWN, KNOWN.values - 3.0, ratings(*rows))
    assert found.shape == (len(rows), len(NAMES))
    return [dict(zip(NAMES, row, strict=True)) for row in found]


def test_errors_of_like_items_and_of_the_same_hour_are_drawn_to_zero():
    (found,) = read((0, 1, 1, 3600))
    assert (found["prediction"], found["spread"], found["time"]) == (3, 0.5, 3600)
    assert found["alike"] == pytest.approx(2 / (1 + 2))  # item x is alike with an error of 2, item z is not
    assert found["alike weight"] == pytest.approx(np.log(2))
    hour = np.exp(-1)  # each of the two is an hour away
    assert found["hour"] == pytest.approx((2 * hour - 0.5 * hour) / (2 * hour + 2))
    after = np.exp(-1 / 1.5)  # one rating stands before the new one, and the other takes its place
    assert found["next"] == pytest.approx((2 * after - 0.5) / (after + 1 + 2))
    assert (found["error"], found["value"], found["halves"]) == pytest.approx((1.5 / 4, 3.75, 0.5))
    assert (found["count"], found["share"], found["age"]) == pytest.approx((np.log(3), 0.5, np.log1p(3600)))


def test_ratings_of_the_item_count_by_its_users():
    (found,) = read((0, 1, 1, 3600))
    assert found["user"] == 0  # nobody like this user rated it
    assert found["item error"] == pytest.approx(1 / 3)
    assert found["month"] == pytest.approx(1 / 3, abs=1e-3)


def test_rows_do_not_depend_on_each_other_and_unknown_users_have_no_neighbors():
    rows = (0, 1, 1, 3600), (2, 2, 1, 50), (1, 2, 4, 9e9)
    together = read(*rows)
    assert together == [read(row)[0] for row in rows]
    assert all(together[1][name] == 0 for name in NAMES[2 : NAMES.index("user")])
    assert together[1]["age"] == 0
