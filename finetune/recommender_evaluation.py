"""Judges the recommendation head on days it never saw: `aisle evaluate recommender`.

Every item group of the shop is ranked for each customer of the held-out days, as of their first moment. Right is what
the customer carted, bought or rated in them. Beside the head stand four others: chance, popularity, the customer's own
history (what they did most comes first) and item neighbours (cosine over who did what). "As shown" is the head's order
after `Search.recommend` has spread it over types and kept a place for what is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np

from finetune.ranking_metrics import Mean, hit, ndcg
from finetune.recommender_data import Case, Shop, cases
from retrieval.catalog.candidate import Candidate, Reason, ReasonKind
from retrieval.catalog.customer import EventKind
from retrieval.catalog.filter import Filter
from retrieval.catalog.product import Availability
from retrieval.index.encoder import Vectors
from retrieval.recommendation.product_features import TRAITS, Floats, Shelf
from retrieval.recommendation.profile import Profile
from retrieval.recommendation.recommender import Question, Recommender
from retrieval.search.ordering import in_order, one_per_group, spread

Scorer = Callable[[Case], Floats]
"""Scores of all products for one customer."""

_GROUP = TRAITS.index("group")
_ACT_WEIGHT = {EventKind.VIEW: 1.0, EventKind.CART: 3.0, EventKind.PURCHASE: 5.0, EventKind.RATING: 2.0}
_NEIGHBOURS = 20
_EXPLAINED = 10


class Row(NamedTuple):
    """One line of the table: a way of ranking, for whom, and its two means."""

    way: str
    whom: str
    ndcg: Mean
    hit_rate: Mean


@dataclass(frozen=True, slots=True)
class Judgement:
    """The table, and how many of the reasons given are true of how many."""

    rows: tuple[Row, ...]
    true_reasons: int
    reasons: int

    def __str__(self) -> str:
        head = ("| ranking | for | customers | NDCG@10 | HR@10 |", "|---|---|---|---|---|")
        lines = [f"| {way} | {whom} | {gain.cases} | {gain} | {rate} |" for way, whom, gain, rate in self.rows]
        return "\n".join((*head, *lines, "", f"True reasons: {self.true_reasons} of {self.reasons}"))


def judge(recommender: Recommender, shop: Shop, vectors: Vectors, day: datetime, seed: int = 1) -> Judgement:
    """Judges on everything from `day` on, with what was known before it."""
    shelf = Shelf.of(tuple(shop.catalog.products.values()), vectors, shop.before(day).popularity(), day)
    held_out = cases(shop, day, (shop.end - day).days + 1)
    ways = _ways(recommender, shelf, _known(shop, day), seed)
    rankings = {way: [_ranking(shelf, scorer(case)) for case in held_out] for way, scorer in ways.items()}
    rankings["as shown"] = [_as_shown(recommender, shelf, case) for case in held_out]
    rows = tuple(row for way, listed in rankings.items() for row in _rows(way, listed, shelf, held_out))
    verdicts = [verdict for case in held_out for verdict in _verdicts(recommender, shelf, case)]
    return Judgement(rows, sum(verdicts), len(verdicts))


def _known(shop: Shop, day: datetime) -> Mapping[str, Mapping[str, float]]:
    """Weight of each customer's acts by product before `day`."""
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for event in shop.events:
        if event.time < day:
            weights[event.customer_id][event.product_id] += _ACT_WEIGHT[event.kind]
    return weights


def _ways(
    recommender: Recommender, shelf: Shelf, known: Mapping[str, Mapping[str, float]], seed: int
) -> dict[str, Scorer]:
    everything = np.arange(len(shelf.products))
    dice = np.random.default_rng(seed)
    groups = shelf.traits[:, _GROUP]
    acts = np.zeros((len(known), int(groups.max()) + 1), np.float32)
    numbers = {customer_id: number for number, customer_id in enumerate(known)}
    for customer_id, weights in known.items():
        for product_id, weight in weights.items():
            acts[numbers[customer_id], groups[shelf.rows[product_id]]] += weight
    neighbours = _item_neighbours(acts)

    def own(case: Case) -> Floats:
        number = numbers.get(case.customer_id)
        return np.zeros(acts.shape[1], np.float32) if number is None else acts[number]

    tie = 1e-6 * shelf.popularity
    return {
        "recommendation head": lambda case: recommender.scores(Question(shelf, everything, case.profile)),
        "item neighbours": lambda case: (own(case) @ neighbours)[groups] + tie,
        "own history": lambda case: own(case)[groups] + tie,
        "popularity": lambda case: np.where(shelf.fresh > 0, 0, shelf.popularity),
        "random": lambda case: dice.random(len(everything)).astype(np.float32),
    }


def _item_neighbours(acts: Floats) -> Floats:
    """Cosine between items over customers, the 20 nearest of each kept (Sarwar et al. 2001), shape (items, items)."""
    unit = acts / np.maximum(np.linalg.norm(acts, axis=0, keepdims=True), 1e-9)
    cosines: Floats = unit.T @ unit
    least = np.sort(cosines, axis=1)[:, -min(_NEIGHBOURS, cosines.shape[1])][:, None]
    return np.where(cosines >= least, cosines, np.float32(0))


def _rows(way: str, listed: Sequence[Sequence[int]], shelf: Shelf, held_out: Sequence[Case]) -> Iterable[Row]:
    """The lines of one way of ranking: for all, for customers without history, and counting only fresh products."""
    rankings = {case.customer_id: ranking for case, ranking in zip(held_out, listed, strict=True)}
    fresh = {int(group) for group in shelf.traits[shelf.fresh > 0, _GROUP]}
    new = [case for case in held_out if not case.profile.acts]
    everything = set(shelf.traits[:, _GROUP].tolist())
    views = (("all", held_out, everything), ("new customers", new, everything), ("new products", held_out, fresh))
    for whom, those, among in views:
        gains, hits = [], []
        for case in those:
            right = {int(shelf.traits[shelf.rows[product_id], _GROUP]) for product_id in case.wanted} & among
            if right:
                gains.append(ndcg(rankings[case.customer_id], right))
                hits.append(hit(rankings[case.customer_id], right))
        yield Row(way, whom, Mean.of(gains), Mean.of(hits))


def _ranking(shelf: Shelf, scores: Floats) -> list[int]:
    """Item groups, best first, each where its best variant stands."""
    order = np.argsort(-scores, kind="stable")
    return list(dict.fromkeys(shelf.traits[order, _GROUP].tolist()))


def _as_shown(recommender: Recommender, shelf: Shelf, case: Case) -> list[int]:
    """Item groups as `Search.recommend` lists them: spread over types, with a place for what is new."""
    rows = np.arange(len(shelf.products))
    scores = recommender.scores(Question(shelf, rows, case.profile))
    order = one_per_group(shelf, rows, in_order(shelf, rows, scores, Filter()), Filter())
    return [int(shelf.traits[row, _GROUP]) for row in spread(shelf, rows, order)]


def _verdicts(recommender: Recommender, shelf: Shelf, case: Case) -> Iterable[bool]:
    """Whether each reason for the customer's first ten recommendations is true."""
    scores = recommender.scores(Question(shelf, np.arange(len(shelf.products)), case.profile))
    rows = np.argsort(-scores, kind="stable")[:_EXPLAINED]
    for row, candidate in zip(rows, recommender.explain(Question(shelf, rows, case.profile)), strict=True):
        for reason in candidate.reasons:
            yield is_true(recommender, shelf, int(row), case.profile, candidate, reason)


def is_true(
    recommender: Recommender, shelf: Shelf, row: int, profile: Profile, candidate: Candidate, reason: Reason
) -> bool:
    """Whether `reason` agrees with the records and the score falls when they are changed to lack it.

    Done apart from `Recommender.explain`: the records are changed and everything is worked out anew from them.
    """
    product, offer = candidate.product, shelf.offers[row]
    if reason.kind in (ReasonKind.LIKE_VIEWED, ReasonKind.LIKE_BOUGHT):
        acted = {act.product_id for act in profile.acts if act.product_id in shelf.rows}
        named = [product_id for product_id in acted if _names(shelf, row, reason, product_id)]
        lower = [recommender.scores(Question(shelf, np.array([row]), profile.without(id)))[0] for id in named]
        return any(float(score) < candidate.score for score in lower)
    changed, agrees = product, True
    if reason.kind is ReasonKind.WELL_RATED:
        changed, agrees = replace(product, rating=None), f"{product.rating:.1f}" in reason.text
    elif reason.kind is ReasonKind.GOOD_PRICE:
        changed, agrees = replace(product, price=offer.price, sale_price=None), offer.old_price is not None
    elif reason.kind is ReasonKind.IN_STOCK:
        changed, agrees = replace(product, availability=Availability.OUT_OF_STOCK), offer.is_available
    elif reason.kind is ReasonKind.POPULAR:
        agrees = bool((shelf.popularity <= shelf.popularity[row]).mean() >= 0.75)
    products = list(shelf.products)
    products[row] = changed
    usual = np.full(len(products), 0.5, np.float32) if reason.kind is ReasonKind.POPULAR else shelf.popularity
    anew = replace(Shelf.of(products, shelf.vectors, {}, shelf.moment), popularity=usual, fresh=shelf.fresh)
    return agrees and float(recommender.scores(Question(anew, np.array([row]), profile))[0]) < candidate.score


def _names(shelf: Shelf, row: int, reason: Reason, product_id: str) -> bool:
    other = shelf.rows[product_id]
    same_group = shelf.traits[row, _GROUP] == shelf.traits[other, _GROUP]
    return bool(same_group) or shelf.products[other].title in reason.text
