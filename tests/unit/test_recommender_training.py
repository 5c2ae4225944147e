from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from finetune.ranking_metrics import Mean, hit, ndcg, reciprocal_rank
from finetune.recommender import Example, Recipe, fit
from finetune.recommender_data import Shop, cases
from finetune.recommender_evaluation import judge
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Event, EventKind
from retrieval.recommendation.product_features import Shelf
from retrieval.recommendation.profile import Profile
from retrieval.recommendation.ranking_head import RankingHead
from retrieval.recommendation.recommender import Question, Recommender
from tests.unit.small_shop import product
from tests.unit.word_encoder import WordEncoder

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("tent", "mug", "boot")
PRODUCTS = tuple(
    product(f"{kind}-{number}", f"{kind} {colour}", "10", f"Shop > {kind}", color=colour)
    for kind in KINDS
    for number, colour in enumerate(("red", "green", "blue", "orange"))
)


def loyal_shop() -> Shop:
    """Customers who each look at one kind of thing only, one of its products a day: the right answer is known."""
    events = [
        Event(
            f"{kind}-lover-{person}",
            f"{kind}-{(day + person) % 4}",
            EventKind.CART,
            START + timedelta(days=day, hours=person),
        )
        for kind in KINDS
        for person in range(3)
        for day in range(40)
    ]
    return Shop(Catalog(PRODUCTS), tuple(sorted(events, key=lambda event: event.time)))


def vectors() -> np.ndarray:
    return WordEncoder().encode_documents([p.title for p in PRODUCTS])


def test_metrics_are_those_of_the_books() -> None:
    assert ndcg(["a", "b", "c"], {"a", "c"}) == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))
    assert (hit(["a", "b"], {"b"}, 1), hit(["a", "b"], {"b"}, 2)) == (0.0, 1.0)
    assert reciprocal_rank(["a", "b"], {"b"}) == 0.5
    assert ndcg(["a"], set()) == reciprocal_rank(["a"], {"z"}) == 0.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_its_mean(values: list[float]) -> None:
    mean = Mean.of(values)
    assert mean.low - 1e-9 <= mean.value <= mean.high + 1e-9


def test_a_case_knows_only_what_was_before_its_day() -> None:
    shop = loyal_shop()
    day = START + timedelta(days=20)
    for case in cases(shop, day, 5):
        assert all(act.age >= 0 for act in case.profile.acts)
        assert len(case.profile.acts) == 20
        assert case.seen == case.wanted
        assert {product_id.split("-")[0] for product_id in case.seen} == {case.customer_id.split("-")[0]}


def test_training_lifts_right_answers_and_is_repeatable() -> None:
    shelf = Shelf.of(PRODUCTS, vectors(), {}, START)
    shop = loyal_shop()
    rows = np.arange(len(PRODUCTS))
    examples = []
    for case in cases(shop, START + timedelta(days=20), 5) * 4:
        right = tuple(row for row in rows if PRODUCTS[row].id in case.seen)
        examples.append(Example(Question(shelf, rows, case.profile), right, (1.0,) * len(right)))
    before = [parameter.clone() for parameter in RankingHead().parameters()]
    head = fit(examples, Recipe(epochs=3, batch=6), seed=1)
    assert any(not torch.equal(old, new) for old, new in zip(before, head.parameters(), strict=True))
    again = fit(examples, Recipe(epochs=3, batch=6), seed=1)
    assert all(torch.equal(one, other) for one, other in zip(head.parameters(), again.parameters(), strict=True))
    gap = [_gap(recommender, shelf, examples[0]) for recommender in (Recommender.untrained(), Recommender(head))]
    assert gap[1] > gap[0]


def _gap(recommender: Recommender, shelf: Shelf, example: Example) -> float:
    """How far right answers stand above wrong ones."""
    scores = recommender.scores(example.question)
    is_right = np.isin(np.arange(len(scores)), example.right)
    return float(scores[is_right].mean() - scores[~is_right].mean())


def test_the_judge_sees_a_known_taste_and_true_reasons() -> None:
    shop = loyal_shop()
    judgement = judge(Recommender.untrained(), shop, vectors(), START + timedelta(days=35))
    rows = {(row.way, row.whom): row for row in judgement.rows}
    assert rows["recommendation head", "all"].ndcg.value > 0.95
    assert rows["random", "all"].ndcg.value < rows["recommendation head", "all"].ndcg.value
    assert rows["recommendation head", "new customers"].ndcg.cases == 0
    assert judgement.true_reasons == judgement.reasons > 0
    assert "| recommendation head | all | 9 |" in str(judgement)


def test_a_visitor_is_ranked_by_what_all_did() -> None:
    shelf = Shelf.of(PRODUCTS, vectors(), {"mug-1": 9.0, "tent-0": 1.0, "boot-2": 3.0}, START)
    scores = Recommender.untrained().scores(Question(shelf, np.arange(len(PRODUCTS)), Profile()))
    assert PRODUCTS[int(scores.argmax())].id == "mug-1"
