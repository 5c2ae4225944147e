from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from finetune.recommender_evaluation import is_true
from retrieval.catalog.candidate import ReasonKind
from retrieval.catalog.customer import Event, EventKind
from retrieval.errors import ModelError
from retrieval.recommendation.product_features import Shelf
from retrieval.recommendation.profile import VISITOR, Act, History, Profile
from retrieval.recommendation.ranking_head import RankingHead
from retrieval.recommendation.recommender import Question, Recommender, inputs_of
from retrieval.search.ordering import spread
from tests.unit.small_shop import PRODUCTS
from tests.unit.word_encoder import WordEncoder

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHIPPED = Path("data/models/recommender")
VECTORS = WordEncoder().encode_documents([f"{p.title} {p.description} {p.color}" for p in PRODUCTS])


def event(customer: str, product: str, kind: str = "view", days_ago: float = 1, rating: int | None = None) -> Event:
    return Event(customer, product, EventKind(kind), NOW - timedelta(days=days_ago), rating)


EVENTS = [
    *(event(f"c{number}", "mug-red", "purchase", 5) for number in range(6)),
    *(event(f"c{number}", "tent-green", "view", 9) for number in range(3)),
    event("ada", "tent-green", "view", 2), event("ada", "tent-green", "cart", 1.5), event("ada", "boots", "purchase", 30),
    event("ada", "socks", "rating", 20, 1),
]  # fmt: skip
HISTORY = History(EVENTS)
SHELF = Shelf.of(PRODUCTS, VECTORS, HISTORY.popularity(), NOW)
EVERYTHING = np.arange(len(PRODUCTS))
HEADS = [Recommender.untrained(), Recommender.load(SHIPPED)]
acts = st.builds(
    Act, st.sampled_from([p.id for p in PRODUCTS]), st.sampled_from(list(EventKind)), st.floats(0, 400), st.none()
)
profiles = st.lists(acts, max_size=8).map(tuple).map(Profile)
heads = pytest.mark.parametrize("recommender", HEADS, ids=["untrained", "shipped"])


def score(recommender: Recommender, shelf: Shelf, id: str, profile: Profile = VISITOR) -> float:
    return float(recommender.scores(Question(shelf, np.array([shelf.rows[id]]), profile))[0])


def test_a_profile_is_what_the_customer_did_newest_first() -> None:
    profile = HISTORY.profile("ada")
    assert [act.product_id for act in profile.acts] == ["tent-green", "tent-green", "socks", "boots"]
    assert profile.acts[0].kind is EventKind.CART
    assert [act.age for act in profile.acts[:2]] == [0.0, 0.5]  # by the shop's clock, the newest event
    assert HISTORY.profile(None) == HISTORY.profile("nobody") == VISITOR
    assert "tent-green" not in {act.product_id for act in profile.without("tent-green").acts}


def test_a_profile_keeps_the_newest_acts_and_knows_no_future() -> None:
    many = [event("x", "mug-red", days_ago=day) for day in range(400)]
    assert len(Profile.of(many, NOW).acts) == 150
    assert Profile.of(many, NOW - timedelta(days=399)).acts == (Act("mug-red", EventKind.VIEW, 0.0),)


def test_popularity_fades_and_weighs_purchases() -> None:
    popularity = History(
        [event("a", "p", "view", 0), event("b", "q", "purchase", 30), event("c", "r", "view", 30)]
    ).popularity()
    assert popularity == pytest.approx({"p": 1.0, "q": 2.5, "r": 0.5})


def test_a_shelf_speaks_of_places_within_the_shop() -> None:
    assert SHELF.popularity[SHELF.rows["mug-blue"]] == SHELF.popularity[SHELF.rows["mug-red"]]  # one item group
    assert SHELF.popularity[SHELF.rows["mug-red"]] > SHELF.popularity[SHELF.rows["tent-green"]]
    assert SHELF.fresh[SHELF.rows["peg"]] == 1
    assert SHELF.discount[SHELF.rows["mug-blue"]] == pytest.approx(0.2)
    dear, cheap = SHELF.price_level[SHELF.rows["wren"]], SHELF.price_level[SHELF.rows["tent-orange"]]
    assert 0 < cheap < dear < 1
    assert SHELF.price_level[SHELF.rows["boots"]] == 0.5


@heads
def test_better_facts_never_lower_a_score(recommender: Recommender) -> None:
    boots = SHELF.rows["boots"]
    for name, value in (("popularity", 1.0), ("rating", 2.0), ("discount", 0.9), ("available", 1.0), ("fresh", 1.0)):
        better = np.array(getattr(SHELF, name))
        better[boots] = value
        assert score(recommender, replace(SHELF, **{name: better}), "boots") >= score(recommender, SHELF, "boots")


@heads
def test_a_customer_who_looks_at_tents_is_shown_tents(recommender: Recommender) -> None:
    tents = Profile(tuple(Act(id, EventKind.VIEW, age) for age, id in enumerate(("tent-green", "wren", "tent-green"))))
    scores = recommender.scores(Question(SHELF, EVERYTHING, tents))
    assert SHELF.products[int(scores.argmax())].product_type == "Camping > Tents"


@heads
def test_relevance_outdoes_all_else(recommender: Recommender) -> None:
    """What fully meets the request stands above what half meets it, however popular and to the customer's taste."""
    tents = Profile(tuple(Act("tent-green", EventKind.CART, float(age)) for age in range(30)))
    request = np.where(np.array([p.id == "boots" for p in PRODUCTS]), 1.0, 0.4).astype(np.float32)
    scores = recommender.scores(Question(SHELF, EVERYTHING, tents, request))
    assert SHELF.products[int(scores.argmax())].id == "boots"


@heads
def test_a_bad_rating_speaks_against_what_is_like_it(recommender: Recommender) -> None:
    liked, disliked = (Profile((Act("socks", EventKind.RATING, 1.0, stars),)) for stars in (5, 1))
    assert score(recommender, SHELF, "socks", liked) > score(recommender, SHELF, "socks", disliked)


@heads
@given(profile=profiles, asked=st.booleans())
@settings(max_examples=25)
def test_every_reason_is_true(recommender: Recommender, profile: Profile, asked: bool) -> None:
    request = np.linspace(1, 0.2, len(PRODUCTS), dtype=np.float32) if asked else None
    for row, candidate in zip(
        EVERYTHING, recommender.explain(Question(SHELF, EVERYTHING, profile, request)), strict=True
    ):
        contributions = [reason.contribution for reason in candidate.reasons]
        assert contributions == sorted(contributions, reverse=True)
        assert all(contribution > 0 for contribution in contributions)
        assert all(reason.text and not reason.text.endswith(".") for reason in candidate.reasons)
        if not asked:
            assert all(
                is_true(recommender, SHELF, int(row), profile, candidate, reason) for reason in candidate.reasons
            )
        assert (ReasonKind.MATCHES_REQUEST in {reason.kind for reason in candidate.reasons}) == asked


@heads
def test_a_contribution_is_the_fall_of_the_score_without_the_act(recommender: Recommender) -> None:
    profile = HISTORY.profile("ada")
    candidate = recommender.explain(Question(SHELF, np.array([SHELF.rows["wren"]]), profile))[0]
    reason = next(reason for reason in candidate.reasons if reason.kind is ReasonKind.LIKE_VIEWED)
    assert reason.text == "close to the Alder Tent you put in your cart"
    without = score(recommender, SHELF, "wren", profile.without("tent-green"))
    assert reason.contribution == pytest.approx(candidate.score - without, abs=1e-4)


def test_a_visitor_has_no_reason_from_a_past() -> None:
    for candidate in HEADS[1].explain(Question(SHELF, EVERYTHING)):
        assert not {ReasonKind.LIKE_BOUGHT, ReasonKind.LIKE_VIEWED} & {reason.kind for reason in candidate.reasons}


def test_acts_on_products_that_left_the_shop_are_passed_over() -> None:
    gone = Profile((Act("gone", EventKind.PURCHASE, 1.0),))
    assert np.allclose(HEADS[1].scores(Question(SHELF, EVERYTHING, gone)), HEADS[1].scores(Question(SHELF, EVERYTHING)))


def test_many_and_one_score_the_same() -> None:
    profile = HISTORY.profile("ada")
    whole = HEADS[1].scores(Question(SHELF, EVERYTHING, profile))
    alone = [score(HEADS[1], SHELF, product.id, profile) for product in PRODUCTS]
    assert np.allclose(whole, alone, atol=1e-4)


def test_the_terms_add_up_to_the_score() -> None:
    question = Question(SHELF, EVERYTHING, HISTORY.profile("ada"))
    with torch.inference_mode():
        terms = RankingHead()(inputs_of(question))[0]
    assert terms.shape == (len(PRODUCTS), 8)
    assert np.allclose(terms.sum(dim=-1).numpy(), Recommender.untrained().scores(question), atol=1e-5)


def test_each_hand_of_six_keeps_two_of_a_type_and_a_place_for_what_is_new() -> None:
    types = [PRODUCTS[row].product_type for row in spread(SHELF, EVERYTHING, EVERYTHING)[:6]]
    assert max(types.count(kind) for kind in types) <= 2
    assert sorted(spread(SHELF, EVERYTHING, EVERYTHING)) == list(EVERYTHING)
    first = spread(SHELF, EVERYTHING, EVERYTHING)[:6]
    assert any(SHELF.fresh[row] for row in first)


@pytest.mark.parametrize("damage", ["gone", "half", "shape", "config"])
def test_a_damaged_head_is_a_clear_error(damage: str, tmp_path: Path) -> None:
    for path in SHIPPED.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = tmp_path / "model.safetensors"
    if damage == "gone":
        weights.unlink()
    elif damage == "half":
        weights.write_bytes(weights.read_bytes()[:100])
    elif damage == "shape":
        save_file({"kind_bias": torch.zeros(2)}, weights)
    else:
        (tmp_path / "config.json").write_text('{"format": 99}')
    with pytest.raises(ModelError, match="aisle train recommender"):
        Recommender.load(tmp_path)
