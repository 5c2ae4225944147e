"""Visits: what each customer did in the sample shop during half a year, driven by hidden tastes.

A visit has a mission (mostly a kind of product that the customer likes), some views, sometimes a cart, and exactly
`ORDERS` of all visits end in an order. Some product groups arrive only in the last weeks and a few nobody has seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from data.generate.paths import TODAY, dice
from data.generate.people import HISTORY_DAYS, Person
from data.generate.tastes import Taste, Thing, taste_of

ORDERS = 400
VISITS = 3500
STRAYING = 0.25
"""The share of views that follow no mission."""

_USED_UP = frozenset({"Home > Candles", "Clothing > Socks"})
_HOURS = (7, 8, 9, 12, 12, 13, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22)

ARRIVALS: Mapping[str, int] = {
    "wren-solo-tent": 20,
    "loft-22-city-pack": 19,
    "croft-pile-jacket": 18,
    "egret-gooseneck-kettle": 16,
    "hoarfrost-mohair-throw": 15,
    "chanterelle-table-lamp": 13,
    "clearburn-fire-pit": 12,
    "nuthatch-down-jacket": 10,
    "noon-food-jar": 9,
    "thorn-pocket-knife": 7,
}
"""How many days before the last one these groups came into the shop."""

UNSEEN = frozenset(
    {
        "canopy-hammock",
        "rye-bread-knife",
        "border-spade",
        "dusk-velvet-bolster",
        "moorland-approach-shoes",
        "hut-down-booties",
    }
)
"""Groups that came in on the last day: no event names them."""


@dataclass(frozen=True, slots=True)
class Act:
    """A view or a move into the cart."""

    product_id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. `bought` is empty unless the visit ended in an order, placed at `ended`."""

    customer_id: str
    views: tuple[Act, ...]
    carts: tuple[Act, ...]
    bought: tuple[str, ...]
    ended: datetime


def simulate(everybody: Sequence[Person], shop: Sequence[Thing]) -> tuple[Visit, ...]:
    """All visits of the half year, oldest first."""
    starts = _starts(everybody)
    buying = set(dice("buying").sample(range(len(starts)), ORDERS))
    tastes = {person.id: taste_of(person, shop) for person in everybody}
    owned: dict[str, set[str]] = {person.id: set() for person in everybody}
    known = {thing.id: thing for thing in shop}
    visits = []
    for number, (start, person) in enumerate(starts):
        roll = dice("visit", number)
        offered = _on_sale(shop, start, owned[person.id])
        visit = _visit(roll, person.id, tastes[person.id], offered, start, number in buying)
        bought = (known[product_id] for product_id in visit.bought)
        owned[person.id].update(thing.group for thing in bought if thing.kind not in _USED_UP)
        visits.append(visit)
    return tuple(visits)


def progress(moment: datetime) -> float:
    """How much of the half year has passed at `moment`, 0 to 1."""
    return 1 - min(1.0, (TODAY - moment.date()).days / HISTORY_DAYS)


def _starts(everybody: Sequence[Person]) -> list[tuple[datetime, Person]]:
    """When each visit begins and whose it is. Visits grow denser towards the last day."""
    roll = dice("starts")
    starts = []
    for person in roll.choices(everybody, [person.activity * _presence(person) for person in everybody], k=VISITS):
        days = (TODAY - person.joined).days
        back = int(days * (1 - roll.random() ** 0.75))
        clock = time(roll.choice(_HOURS), roll.randrange(60), roll.randrange(60), tzinfo=UTC)
        starts.append((datetime.combine(TODAY - timedelta(days=back), clock), person))
    return sorted(starts, key=lambda start: (start[0], start[1].id))


def _presence(person: Person) -> float:
    return 0.15 + (TODAY - person.joined).days / HISTORY_DAYS


def _on_sale(shop: Sequence[Thing], moment: datetime, owned: set[str]) -> list[Thing]:
    """What the shop had on that day, less what the customer bought before and need not buy again."""
    ago = (TODAY - moment.date()).days
    return [
        thing
        for thing in shop
        if thing.group not in UNSEEN and thing.group not in owned and ago <= ARRIVALS.get(thing.group, HISTORY_DAYS + 1)
    ]


def _visit(roll: Random, customer: str, taste: Taste, shop: list[Thing], start: datetime, buys: bool) -> Visit:
    when = progress(start)
    weights = {thing.id: taste.weight(thing, when) * (2.5 if thing.group in ARRIVALS else 1.0) for thing in shop}
    seen = _look_around(roll, taste, shop, weights, when)
    views, clock = [], start
    for thing in seen:
        views.append(Act(thing.id, clock))
        clock += timedelta(seconds=roll.randint(15, 240))
    wanted = sorted(seen, key=lambda thing: -weights[thing.id] * roll.uniform(0.5, 1.0))
    count = roll.choices((1, 2, 3), (55, 30, 15))[0] if buys else roll.choices((0, 1, 2), (70, 22, 8))[0]
    carts = []
    for thing in wanted[:count]:
        carts.append(Act(thing.id, clock))
        clock += timedelta(seconds=roll.randint(5, 60))
    return Visit(customer, tuple(views), tuple(carts), tuple(act.product_id for act in carts) if buys else (), clock)


def _look_around(
    roll: Random, taste: Taste, shop: list[Thing], weights: Mapping[str, float], when: float
) -> list[Thing]:
    """The products viewed: one variant per group, most of the mission's kind, each drawn by its weight."""
    kinds = sorted({thing.kind for thing in shop})
    mission = roll.choices(kinds, [taste.of_kind(kind, when) for kind in kinds])[0]
    seen: list[Thing] = []
    for _ in range(roll.choices((2, 3, 4, 5, 6, 7, 8, 9), (6, 10, 14, 18, 18, 16, 10, 8))[0]):
        groups = {thing.group for thing in seen}
        rest = [thing for thing in shop if thing.group not in groups]
        near = [thing for thing in rest if thing.kind == mission]
        pool = rest if not near or roll.random() < STRAYING else near
        seen.append(roll.choices(pool, [weights[thing.id] for thing in pool])[0])
    return seen
