"""How much there is to find in the sample shop's events: `python -m data.generate.oracle`.

Ranks all products for every customer of the last two weeks in three ways and prints the mean NDCG@10 and HR@10 of
each: by the hidden taste itself (no recommender can do better but by chance), by popularity before those weeks, and at
random. What counts as right is whatever the customer carted, bought or rated in those weeks, or else viewed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from data.generate.__main__ import make
from data.generate.paths import TODAY, Record, dice
from data.generate.people import people
from data.generate.tastes import Taste, Thing, taste_of, things

HELD_OUT_DAYS = 14
DEPTH = 10
_STRAYING = 0.25


def main() -> None:
    """Prints one line per way of ranking and kind of right answer."""
    shop = make()
    start = (TODAY - timedelta(days=HELD_OUT_DAYS - 1)).isoformat()
    before = [event for event in shop.events if str(event["time"]) < start]
    after = [event for event in shop.events if str(event["time"]) >= start]
    catalogue = things(shop.products)
    popularity = Counter(str(event["product_id"]) for event in before)
    tastes = {person.id: taste_of(person, catalogue) for person in people()}
    roll = dice("oracle")
    for name, kinds in (("wanted", ("cart", "purchase", "rating")), ("viewed", ("view",))):
        right = _right(after, kinds)
        rankings = {
            "hidden taste": {customer: _by_taste(tastes[customer], catalogue) for customer in right},
            "popularity": dict.fromkeys(right, sorted((t.id for t in catalogue), key=lambda i: -popularity[i])),
            "random": {customer: roll.sample([t.id for t in catalogue], len(catalogue)) for customer in right},
        }
        for way, ranked in rankings.items():
            gains = [_ndcg(ranked[customer], wanted) for customer, wanted in right.items()]
            hits = [bool(wanted & set(ranked[customer][:DEPTH])) for customer, wanted in right.items()]
            print(f"{name:8} {way:13} NDCG@10 {_mean(gains):.3f}  HR@10 {_mean(hits):.3f}  ({len(right)} customers)")


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
    per_kind: Counter[str] = Counter()
    for thing in catalogue:
        per_kind[thing.kind] += weights[thing.id]  # type: ignore[assignment]
    missions = sum(taste.of_kind(kind, 1.0) for kind in per_kind)

    def chance(thing: Thing) -> float:
        mission = taste.of_kind(thing.kind, 1.0) / missions
        return (1 - _STRAYING) * mission * weights[thing.id] / per_kind[thing.kind] + _STRAYING * weights[
            thing.id
        ] / everything

    return [thing.id for thing in sorted(catalogue, key=chance, reverse=True)]


def _ndcg(ranked: Sequence[str], right: set[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, item in enumerate(ranked[:DEPTH]) if item in right)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(right))))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
