"""Profile: what one customer viewed, carted, bought and rated; History: the acts of all customers."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retrieval.catalog.customer import Event, EventKind

_REMEMBERED = 150
_HALF_LIFE = timedelta(days=30)
_WEIGHT = {EventKind.VIEW: 1.0, EventKind.CART: 3.0, EventKind.PURCHASE: 5.0, EventKind.RATING: 0.0}


@dataclass(frozen=True, slots=True)
class Act:
    """One event as the recommendation head sees it: `age` in days at the time of asking; `rating` 1 to 5 or None."""

    product_id: str
    kind: EventKind
    age: float
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer's acts, newest first, at most the newest 150. Empty for a visitor."""

    acts: tuple[Act, ...] = ()

    @classmethod
    def of(cls, events: Iterable[Event], now: datetime) -> Profile:
        """The profile that `events` of one customer make up at the time `now`."""
        newest = sorted((event for event in events if event.time <= now), key=lambda event: event.time, reverse=True)
        return cls(
            tuple(
                Act(event.product_id, event.kind, (now - event.time) / timedelta(days=1), event.rating)
                for event in newest[:_REMEMBERED]
            )
        )

    def without(self, product_id: str) -> Profile:
        """The profile as if nothing had been done with `product_id`."""
        return Profile(tuple(act for act in self.acts if act.product_id != product_id))


VISITOR = Profile()
"""Someone of whom nothing is known."""


class History:
    """Events of all customers. `add` may be called while others read."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._lock = threading.Lock()
        self._by_customer: dict[str, list[Event]] = defaultdict(list)
        self._by_product: dict[str, list[Event]] = defaultdict(list)
        self._now = datetime.min.replace(tzinfo=UTC)
        for event in events:
            self.add(event)

    @property
    def now(self) -> datetime:
        """Time of the newest event: the shop's own clock, so that a shop imported later is not stale."""
        return self._now

    def add(self, event: Event) -> None:
        """Takes in one more event."""
        with self._lock:
            self._by_customer[event.customer_id].append(event)
            self._by_product[event.product_id].append(event)
            self._now = max(self._now, event.time)

    def profile(self, customer_id: str | None) -> Profile:
        """What `customer_id` did; empty for None and for a customer who did nothing yet."""
        with self._lock:
            events = list(self._by_customer.get(customer_id, ())) if customer_id else []
        return Profile.of(events, self._now)

    def popularity(self) -> dict[str, float]:
        """Weight of events per product id: a purchase counts 5, a cart 3, a view 1, and half as much every 30 days."""
        with self._lock:
            return {id: sum(map(self._weight, events)) for id, events in self._by_product.items()}

    def _weight(self, event: Event) -> float:
        return _WEIGHT[event.kind] * float(0.5 ** ((self._now - event.time) / _HALF_LIFE))
