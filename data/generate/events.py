"""Events: the visits and orders of the sample shop as a log of views, carts, purchases and ratings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from data.generate.paths import TODAY, Record, dice
from data.generate.visits import Visit

EVENTS = 20_000


def event_records(visits: Sequence[Visit], orders: Iterable[Record], products: Mapping[str, Record]) -> list[Record]:
    """Exactly `EVENTS` records: every cart, purchase and rating, and as many views as fit, first of what was carted."""
    acts = [*_carts_and_purchases(visits), *_ratings(orders, products)]
    carted = {(visit.customer_id, act.product_id) for visit in visits for act in visit.carts}
    views = [_event(visit.customer_id, act.product_id, "view", act.time) for visit in visits for act in visit.views]
    needed = [view for view in views if (view["customer_id"], view["product_id"]) in carted]
    others = [view for view in views if (view["customer_id"], view["product_id"]) not in carted]
    room = EVENTS - len(acts) - len(needed)
    kept = dice("views").sample(others, room)
    return sorted([*acts, *needed, *kept], key=lambda event: (event["time"], event["customer_id"], event["product_id"]))


def _carts_and_purchases(visits: Sequence[Visit]) -> Iterator[dict[str, object]]:
    for visit in visits:
        for act in visit.carts:
            yield _event(visit.customer_id, act.product_id, "cart", act.time)
        for product_id in visit.bought:
            yield _event(visit.customer_id, product_id, "purchase", visit.ended)


def _ratings(orders: Iterable[Record], products: Mapping[str, Record]) -> Iterator[dict[str, object]]:
    """About two buyers in five rate what they kept, around the product's mean; who sent it back rates it lower."""
    for order in orders:
        if "delivered" not in order:
            continue
        for line in order["lines"]:  # type: ignore[attr-defined]
            roll = dice("rating", order["id"], line["product_id"])
            day = date.fromisoformat(str(order["delivered"])) + timedelta(days=roll.randint(1, 14))
            if roll.random() > 0.4 or day > TODAY:
                continue
            mean = float(str(products[line["product_id"]].get("rating") or 4.3))
            stars = round(roll.gauss(mean - (1.5 if order["status"] == "returned" else 0), 0.7))
            moment = datetime.combine(
                day, time(roll.randint(8, 22), roll.randrange(60), roll.randrange(60), tzinfo=UTC)
            )
            rating = _event(str(order["customer_id"]), line["product_id"], "rating", moment)
            yield rating | {"rating": min(5, max(1, stars))}


def _event(customer_id: str, product_id: str, kind: str, moment: datetime) -> dict[str, object]:
    return {"customer_id": customer_id, "product_id": product_id, "kind": kind, "time": moment.isoformat()}
