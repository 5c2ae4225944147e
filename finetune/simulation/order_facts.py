"""Facts about a simulated customer's orders."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from assistant.act import Act
from assistant.evidence import hints
from finetune.simulation.scene import FactList, in_words

_STATUS = {
    hints.PROCESSING: "being prepared",
    hints.SHIPPED: "on its way",
    hints.DELIVERED: "delivered",
    hints.CANCELLED: "cancelled",
    hints.RETURNED: "returned",
    hints.DELAYED: "delayed",
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")


def order_number(chance: random.Random) -> str:
    """An order number in one of the usual forms."""
    return chance.choice(("A-{}", "#{}", "{}", "FF-{}", "ORD{}", "WEB-{}")).format(chance.randrange(1000, 999999))


def order(facts: FactList, slot: str, brief: bool = False) -> None:
    """An order in some state as `slot`; only its number, state and date when `brief`."""
    maybe, chance = facts.maybe, facts.chance
    status = chance.choices(list(_STATUS), (20, 30, 25, 7, 6, 12))[0]
    facts.add(f"{slot}.id", order_number(chance))
    facts.add(f"{slot}.status", _STATUS[status], status)
    facts.add(f"{slot}.placed", _date(chance))
    if brief:
        return
    if status in (hints.PROCESSING, hints.SHIPPED, hints.DELAYED) and maybe(0.85):
        facts.add(f"{slot}.expected", _date(chance))
    if status == hints.DELIVERED and maybe(0.92):
        facts.add(f"{slot}.delivered", _date(chance))
    _order_lines(facts, slot)
    if status in (hints.SHIPPED, hints.DELIVERED, hints.DELAYED):
        _parcel(facts, slot)
    if status == hints.DELIVERED and maybe(0.6):
        facts.add(f"{slot}.window", _date(chance), chance.choice((hints.OPEN, hints.OPEN, hints.CLOSED)))


def _order_lines(facts: FactList, slot: str) -> None:
    count = facts.chance.choice((1, 1, 2, 3))
    items = [facts.shop.product(facts.chance).name for _ in range(count)]
    facts.add(
        f"{slot}.items",
        in_words([f"{facts.chance.choice((1, 1, 2))} × {item}" for item in items]),
        hints.count_hint(count),
    )
    if facts.maybe(0.7):
        facts.add(f"{slot}.total", facts.shop.money(facts.chance.randrange(900, 40000, 5)))


def _parcel(facts: FactList, slot: str) -> None:
    if facts.maybe(0.75):
        facts.add(f"{slot}.carrier", facts.chance.choice(("Parcel Post", "Swift", "Red Van", "City Bikes")))
        if facts.maybe(0.8):
            facts.add(
                f"{slot}.tracking",
                f"{facts.chance.choice(('PP', 'RV', 'SW'))}{facts.chance.randrange(10**7, 10**8)}",
            )


def _history(facts: FactList) -> None:
    shown = facts.chance.choice((1, 2, 3, 3))
    total = shown if shown < 3 else facts.chance.choice((3, 4, 6, 11))
    facts.add("order.count", str(total), hints.count_hint(total))
    for place in range(1, shown + 1):
        order(facts, f"o{place}", brief=True)
        _order_lines(facts, f"o{place}")


def _which_order(facts: FactList) -> None:
    if facts.maybe(0.8):
        total = facts.chance.choice((2, 3, 5, 9))
        facts.add("order.count", str(total), hints.count_hint(total))
        for place in range(1, min(total, 3) + 1):
            order(facts, f"o{place}", brief=True)


def _one_order(facts: FactList) -> None:
    if "o1.id" not in facts:
        order(facts, "o1")


def _date(chance: random.Random) -> str:
    month, day = chance.choice(_MONTHS), chance.randrange(1, 29)
    return chance.choice((f"{month} {day}", f"{day} {month}"))


MAKERS: Mapping[Act, Callable[[FactList], None]] = {
    Act.ORDER_STATUS: _one_order,
    Act.ORDER_DELIVERY: _one_order,
    Act.ORDER_ITEMS: _one_order,
    Act.ORDER_HISTORY: _history,
    Act.WHICH_ORDER: _which_order,
}
"""What each act about orders adds."""
