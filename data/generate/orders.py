"""Orders: each visit that ended in a purchase becomes one order with a status, dates, a carrier and a total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from data.generate.paths import TODAY, Record, dice
from data.generate.visits import Visit

FREE_FROM = Decimal(75)
STANDARD, EXPRESS, BULKY = Decimal("5.95"), Decimal("14.95"), Decimal(29)
_BULKY_KINDS = frozenset({"Home > Rugs", "Garden > Fire Pits"})
_CARRIERS = {
    "standard": ("Parcelway", "PW"),
    "express": ("Northbound Express", "NX"),
    "bulky": ("Stonebridge Freight", "SF"),
}
_CITIES = (
    ("Seattle", "WA", "98103"), ("Portland", "OR", "97214"), ("Boise", "ID", "83702"), ("Denver", "CO", "80205"),
    ("Madison", "WI", "53703"), ("Burlington", "VT", "05401"), ("Asheville", "NC", "28801"), ("Austin", "TX", "78704"),
    ("Minneapolis", "MN", "55408"), ("Ithaca", "NY", "14850"), ("Santa Fe", "NM", "87501"), ("Duluth", "MN", "55802"),
)  # fmt: skip
_STREETS = (
    "Alder Street", "Birch Lane", "Canal Street", "Dove Hill Road", "Elm Court", "Foundry Lane", "Garden Street",
    "Hollow Road", "Juniper Way", "Kestrel Drive", "Larkspur Lane", "Mill Street", "Orchard Avenue", "Quarry Road",
)  # fmt: skip
_DAYS = {"standard": (3, 5), "express": (1, 2), "bulky": (5, 8)}


def order_records(visits: Sequence[Visit], products: Mapping[str, Record]) -> list[Record]:
    """One record per order, oldest first, numbered as a shop would: upwards, with gaps."""
    number = 20100
    records = []
    for visit in sorted((visit for visit in visits if visit.bought), key=lambda visit: visit.ended):
        roll = dice("order", visit.customer_id, visit.ended)
        number += roll.randint(1, 4)
        records.append(_order(roll, f"FF-{number}", visit, products))
    return records


def _order(roll: Random, identity: str, visit: Visit, products: Mapping[str, Record]) -> Record:
    lines = [_line(roll, products[product_id]) for product_id in visit.bought]
    goods = sum((Decimal(str(line["unit_price"])) * int(str(line["quantity"])) for line in lines), Decimal(0))
    bulky = any(products[product_id]["product_type"] in _BULKY_KINDS for product_id in visit.bought)
    delivery = "bulky" if bulky else roll.choices(("standard", "express"), (85, 15))[0]
    shipping = _shipping(delivery, goods)
    return {
        "id": identity,
        "customer_id": visit.customer_id,
        "placed": visit.ended.isoformat(),
        **_progress(roll, delivery, visit.ended),
        "currency": "USD",
        "shipping": f"{shipping:.2f}",
        "total": f"{goods + shipping:.2f}",
        "lines": lines,
        "address": _address(visit.customer_id),
        "payment": _payment(visit.customer_id, identity),
    }


def _address(customer_id: str) -> Record:
    """Where a customer lives: an invented street in a real city."""
    roll = dice("address", customer_id)
    city, region, postal_code = roll.choice(_CITIES)
    line1 = f"{roll.randint(2, 980)} {roll.choice(_STREETS)}"
    return {"line1": line1, "city": city, "region": region, "postal_code": postal_code, "country": "USA"}


def _payment(customer_id: str, order_id: str) -> Record:
    """How an order was paid: a customer has a card, and for about one order in three something else."""
    roll = dice("payment", customer_id)
    brand, digits = roll.choice(("Visa", "Mastercard")), roll.randint(1000, 9999)
    other = roll.choice(("paypal", "card"))
    second = f"{roll.choice(('Visa', 'Mastercard'))} ending in {roll.randint(1000, 9999)}"
    if dice("paid with", order_id).random() < 0.35:
        return {"id": "pm-2", "kind": other, "label": "PayPal" if other == "paypal" else second}
    return {"id": "pm-1", "kind": "card", "label": f"{brand} ending in {digits}"}


def _line(roll: Random, product: Record) -> dict[str, object]:
    cheap = Decimal(str(product["price"]).split()[0]) < 40
    quantity = roll.choices((1, 2, 3, 4), (60, 25, 5, 10))[0] if cheap else 1
    price = str(product.get("sale_price") or product["price"]).split()[0]
    return {"product_id": product["id"], "title": product["title"], "quantity": quantity, "unit_price": price}


def _shipping(delivery: str, goods: Decimal) -> Decimal:
    if delivery == "standard":
        return Decimal(0) if goods >= FREE_FROM else STANDARD
    return EXPRESS if delivery == "express" else BULKY


def _progress(roll: Random, delivery: str, placed: datetime) -> dict[str, object]:
    """Status, dates, carrier and tracking of an order placed then, as they stand on the last day."""
    fastest, slowest = _DAYS[delivery]
    expected = _business_days_after(placed.date(), slowest)
    if roll.random() < 0.05:
        return {"status": "cancelled"}
    sent = _business_days_after(placed.date(), 1)
    if sent >= TODAY:
        return {"status": "processing", "expected": expected.isoformat()}
    carrier, letters = _CARRIERS[delivery]
    parcel = {"carrier": carrier, "tracking": f"{letters}{roll.randrange(10**9, 10**10)}"}
    late = roll.random() < (0.6 if TODAY - timedelta(days=12) <= placed.date() else 0.04)
    arrived = _business_days_after(
        placed.date(), slowest + roll.randint(3, 6) if late else roll.randint(fastest, slowest)
    )
    if arrived > TODAY:
        delayed = late and expected < TODAY
        return {"status": "delayed" if delayed else "shipped", "expected": expected.isoformat(), **parcel}
    return {
        **_after_delivery(roll, arrived),
        "expected": expected.isoformat(),
        "delivered": arrived.isoformat(),
        **parcel,
    }


def _after_delivery(roll: Random, arrived: date) -> dict[str, object]:
    """Delivered for good, or returned within thirty days and refunded within five business days of that."""
    back = arrived + timedelta(days=roll.randint(4, 30))
    recent = TODAY - arrived <= timedelta(days=25)
    if roll.random() > (0.25 if recent else 0.1) or back > TODAY:
        return {"status": "delivered"}
    refunded = _business_days_after(back, roll.randint(2, 5))
    if refunded > TODAY:
        return {"status": "returned"}
    return {"status": "returned", "refunded": refunded.isoformat()}


def _business_days_after(start: date, count: int) -> date:
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
