"""How much there is to find in the sample shop's events: `python -m data.generate.oracle`.

Ranks all products for every customer of the last two weeks in three ways and prints the mean NDCG@10 and HR@10 of
each: by the hidden taste itself (no recommender can do better but by chance), by popularity before those weeks, and at
random. What counts as right is whatever the customer carted, bought or rated in those weeks, or else viewed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from data.generate.__main__ import MadeShop, make
from data.generate.paths import TODAY, Record, dice
from data.generate.people import people
from data.generate.tastes import Taste, Thing, taste_of, things
from data.generate.visits import STRAYING

HELD_OUT_DAYS = 14
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Score:
    """How well one `way` of ranking finds what is `right`, as means over customers."""

    right: str
    way: str
    ndcg: float
    hit_rate: float
    customers: int


def measure(shop: MadeShop) -> Iterator[Score]:
    """One score per kind of right answer and way of ranking."""
    start = (TODAY - timedelta(days=HELD_OUT_DAYS - 1)).isoformat()
    before = [event for event in shop.events if str(event["time"]) < start]
    after = [event for event in shop.events if str(event["time"]) >= start]
    catalogue = things(shop.products)
    tastes = {person.id: taste_of(person, catalogue) for person in people()}
    by_taste = {customer: _by_taste(taste, catalogue) for customer, taste in tastes.items()}
    popularity = Counter(str(event["product_id"]) for event in before)
    popular = sorted((thing.id for thing in catalogue), key=lambda product_id: -popularity[product_id])
    roll = dice("oracle")
    for name, kinds in (("wanted", ("cart", "purchase", "rating")), ("viewed", ("view",))):
        right = _right(after, kinds)
        shuffled = {customer: roll.sample(popular, len(popular)) for customer in right}
        yield _score(name, "hidden taste", by_taste, right)
        yield _score(name, "popularity", dict.fromkeys(right, popular), right)
        yield _score(name, "random", shuffled, right)


def main() -> None:
    """Prints one line per score."""
    for score in measure(make()):
        figures = f"NDCG@{DEPTH} {score.ndcg:.3f}  HR@{DEPTH} {score.hit_rate:.3f}"
        print(f"{score.right:8} {score.way:13} {figures}  ({score.customers} customers)")


def _score(name: str, way: str, ranked: Mapping[str, list[str]], right: Mapping[str, set[str]]) -> Score:
    gains = [_ndcg(ranked[customer], wanted) for customer, wanted in right.items()]
    hits = [bool(wanted & set(ranked[customer][:DEPTH])) for customer, wanted in right.items()]
    return Score(name, way, sum(gains) / len(gains), sum(hits) / len(hits), len(right))


def _right(events: Sequence[Record], kinds: Sequence[str]) -> Mapping[str, set[str]]:
    right: dict[str, set[str]] = {}
    for event in events:
        if event["kind"] in kinds:
            right.setdefault(str(event["customer_id"]), set()).add(str(event["product_id"]))
    return right


def _by_taste(taste: Taste, catalogue: Sequence[Thing]) -> list[str]:
    """Products by the chance that a visit near the last day views them."""
    weights = {thing.id: taste.weight(thing, 1.0) for thing in catalogue}
    everything = sum(weights.values())
    per_kind = dict.fromkeys((thing.kind for thing in catalogue), 0.0)
    for thing in catalogue:
        per_kind[thing.kind] += weights[thing.id]
    missions = sum(taste.of_kind(kind, 1.0) for kind in per_kind)

    def chance(thing: Thing) -> float:
        mission = taste.of_kind(thing.kind, 1.0) / missions
        return (1 - STRAYING) * mission * weights[thing.id] / per_kind[thing.kind] + STRAYING * weights[
            thing.id
        ] / everything

    return [thing.id for thing in sorted(catalogue, key=chance, reverse=True)]


def _ndcg(ranked: Sequence[str], right: set[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, item in enumerate(ranked[:DEPTH]) if item in right)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(right))))


if __name__ == "__main__":
    main()
