"""What the recommendation head learns from: who did what after a day, and what was known on that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Event, EventKind
from retrieval.catalog.product import Product
from retrieval.feeds.intake import Intake
from retrieval.feeds.people import read_events
from retrieval.feeds.recognition import read_products
from retrieval.feeds.source import Source
from retrieval.recommendation.profile import History, Profile

WANTING = frozenset({EventKind.CART, EventKind.PURCHASE, EventKind.RATING})
"""Acts that tell more than a look."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop's catalogue and its events, oldest first."""

    catalog: Catalog
    events: tuple[Event, ...]

    @classmethod
    def read(cls, folder: Path) -> Shop:
        """Reads `products.jsonl` and `events.jsonl.gz`. Raises FeedError where they cannot be read."""
        events = read_events(Source.open(folder / "events.jsonl.gz"), Intake())
        listed = sorted((row for row in events if isinstance(row, Event)), key=lambda event: event.time)
        return cls(read_catalog(folder), tuple(listed))

    @property
    def end(self) -> datetime:
        """Time of the newest event."""
        return self.events[-1].time

    def before(self, day: datetime) -> History:
        """What was known at `day`."""
        return History(event for event in self.events if event.time < day)


def read_catalog(folder: Path) -> Catalog:
    """The products of `products.jsonl` in `folder`. Raises FeedError where it cannot be read."""
    rows = read_products(Source.open(folder / "products.jsonl"), Intake())
    return Catalog(row for row in rows if isinstance(row, Product))


@dataclass(frozen=True, slots=True)
class Case:
    """One customer at one day: what they had done, and the products they then looked at (`seen`) or more (`wanted`)."""

    customer_id: str
    profile: Profile
    seen: frozenset[str]
    wanted: frozenset[str]


def cases(shop: Shop, day: datetime, days: float) -> list[Case]:
    """A case for each customer who did anything in the `days` after `day`."""
    after: dict[str, list[Event]] = defaultdict(list)
    for event in shop.events:
        if day <= event.time < day + timedelta(days=days):
            after[event.customer_id].append(event)
    known = _by_customer(shop.events, day)
    return [
        Case(
            customer_id,
            Profile.of(known.get(customer_id, ()), day),
            frozenset(event.product_id for event in events),
            frozenset(event.product_id for event in events if event.kind in WANTING),
        )
        for customer_id, events in sorted(after.items())
    ]


def _by_customer(events: Sequence[Event], day: datetime) -> Mapping[str, list[Event]]:
    known: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.time < day:
            known[event.customer_id].append(event)
    return known
