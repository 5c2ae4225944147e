"""OrderSearch: which of a customer's orders a message means, by number, time, place, goods or state; every record is their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from assistant.actions.order import OrderLine, OrderStatus
from assistant.actions.order_record import OrderRecord
from assistant.actions.owner import Owner
from assistant.actions.reads import delivery_estimate
from assistant.evidence.brief import ORDER_SLOTS, Note
from assistant.planning.change_form import order_said
from assistant.planning.grammar.english import FUNCTION_WORDS
from assistant.planning.grammar.periods import Period, period_in
from assistant.planning.grammar.text import Text, stems
from assistant.planning.order_form import (
    Aspect,
    OrderState,
    Place,
    asked_of_order,
    asks_why_unsent,
    last_orders,
    names_things,
    orders_told,
    place_of,
    reports_late,
    state_of,
)
from assistant.tools.order_items import orders_with
from assistant.tools.tool import Bench, Findings, Task

RECENT = 20
"""Orders that a message can mean without naming more; also how many a list of choices is made from."""
_ALL = 10_000
_GOING_BACK = (OrderStatus.RETURNED, OrderStatus.CANCELLED)
_STATES = {
    OrderState.UNSENT: (OrderStatus.PROCESSING,),
    OrderState.SENT: (OrderStatus.SHIPPED, OrderStatus.DELAYED),
    OrderState.WAITED_FOR: (OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELAYED),
    OrderState.ARRIVED: (OrderStatus.DELIVERED,),
    OrderState.CANCELLED: (OrderStatus.CANCELLED,),
    OrderState.RETURNED: (OrderStatus.RETURNED,),
}
Meant = tuple[tuple[OrderRecord, ...], tuple[Note, ...]]


def in_state(records: Sequence[OrderRecord], state: OrderState, today: date) -> tuple[OrderRecord, ...]:
    """Those of `records` that have come as far as `state`."""
    if state is OrderState.LATE:
        return tuple(each for each in records if _is_late(each, today))
    return tuple(each for each in records if each.order.status in _STATES[state])


class OrderSearch:
    """The orders of one customer, searched for one message."""

    def __init__(self, owner: Owner, task: Task, bench: Bench) -> None:
        self._owner, self._task, self._bench = owner, task, bench
        self._message, self._thread = task.message, task.thread
        self.today = bench.actions.day(task.moment)

    @cached_property
    def recent(self) -> tuple[OrderRecord, ...]:
        """The newest orders, newest first."""
        return self._bench.actions.find(self._owner, limit=RECENT)

    @cached_property
    def all(self) -> tuple[OrderRecord, ...]:
        """Every order, newest first."""
        return self._bench.actions.find(self._owner, limit=_ALL) if len(self.recent) == RECENT else self.recent

    @cached_property
    def period(self) -> Period | None:
        """The time of the orders that the message names; that of "will it arrive this week" is none."""
        asked = asked_of_order(self._message)
        is_of_arrival = asked & {Aspect.STANDING, Aspect.WHY, Aspect.TRACKING} and not asked & {
            Aspect.CONTENTS,
            Aspect.PLACED,
        }
        return None if is_of_arrival else period_in(self._message, self.today)

    @property
    def in_period(self) -> tuple[OrderRecord, ...]:
        """The orders placed in the time that the message names; all if it names none."""
        if self.period is None:
            return self.all
        return tuple(each for each in self.all if self.period.has(self._bench.actions.day(each.order.placed)))

    @property
    def in_time(self) -> tuple[Note, ...]:
        """The note that only orders of the time that the message names are meant; () if it names none."""
        return () if self.period is None else (Note.IN_TIME,)

    @property
    def told(self) -> tuple[OrderRecord, ...]:
        """The orders that the reply before told."""
        known = {each.order.id: each for each in self.all}
        return tuple(known[id] for id in orders_told(self._thread) if id in known)

    @cached_property
    def _named(self) -> tuple[OrderRecord, ...]:
        """The orders with goods that the message names: "the lamp I got from you is broken"; () if it names none."""
        return orders_with(self._message, self.recent, self._bench)

    def said(self, planned: str) -> str:
        """The order number that the message names, "" if it names none."""
        return order_said(planned, self._message)

    def bought(self, goods: str) -> Findings | None:
        """The orders that hold `goods`, or that none does; None if the words may be no goods at all."""
        found = tuple(each for each in self.in_period if any(self._is(goods, line) for line in each.order.lines))
        if not found:
            notes = (Note.NOT_BOUGHT, *self.in_time)
            return Findings(notes=notes) if names_things(self._message, goods) else None
        kept, more = self._some(found[:1] if place_of(self._message) is Place.LATEST else found)
        return Findings(orders=tuple(each.order for each in kept), records=kept, notes=(Note.BOUGHT, *more))

    def meant(self, number: str, what: str) -> Meant:
        """The orders that are meant, at most as many as a reply tells, and what to say if there are none.

        What the message names comes first: a number, a place in time, a time, a state, goods; then the order of the conversation; then those
        whose state fits. `number` is what was planned, and a model may plan the number of another order that was spoken of.
        """
        if said := self.said(number):
            named = self._bench.actions.find(self._owner, said)
            return named, () if named else (Note.NO_ORDER,)
        if count := last_orders(self._message):
            return self._some(self.in_period[:count])
        if (place := place_of(self._message)) is not None:
            return self._placed(place)
        if self.period is not None and (what == "history" or not number):
            return self._some(self.in_period)
        if (state := state_of(self._message)) and (found := in_state(self.recent, state, self.today)):
            return self._some([each for each in found if each in self._named] or found)
        if number and (not self._named or any(each.order.id == number for each in self._named)):
            found = self._bench.actions.find(self._owner, number)
            return found, () if found else (Note.NO_ORDER,)
        if what == "history":
            return self._some(self.recent)
        return self._by_state(what)

    def _placed(self, place: Place) -> Meant:
        orders = self.in_period
        if place is Place.OLDEST:
            return self._some(orders[-1:])
        if place is Place.LATEST:
            return self._some(orders[:1])
        ids = [each.order.id for each in orders]
        start = ids.index(self._thread.order) if self._thread.order in ids else 0
        before = orders[start + 1 : start + 2]
        return before, () if before else (Note.NONE_BEFORE,)

    def _by_state(self, what: str) -> Meant:
        spoken_of = tuple(each for each in self.recent if each.order.id == self._thread.order)
        if not spoken_of and self._thread.order:
            spoken_of = self._bench.actions.find(self._owner, self._thread.order)
        late = in_state(self.recent, OrderState.LATE, self.today)
        if reports_late(self._message) and late:
            return self._some(spoken_of if spoken_of and spoken_of[0] in late else late)
        if spoken_of and (not self._named or spoken_of[0] in self._named):
            return spoken_of, ()
        pool = self._named or self.recent
        if what in ("return", "exchange"):
            fitting = [each for each in pool if each.order.status is OrderStatus.DELIVERED]
        elif what == "refund":
            fitting = [each for each in pool if each.order.status in _GOING_BACK or each.refunds]
        elif asks_why_unsent(self._message):
            fitting = [each for each in pool if each.order.status is OrderStatus.PROCESSING]
        else:
            fitting = [each for each in self.recent if each.order.status.is_open and not self._named]
        return self._some(fitting or self._named or self.recent[:1])

    def _some(self, records: Sequence[OrderRecord]) -> Meant:
        none = Note.NO_ORDERS if not self.recent else Note.NONE_IN_TIME if self.period else Note.NO_ORDER
        more = (Note.MORE_ORDERS,) if len(records) > len(ORDER_SLOTS) else ()
        return tuple(records[: len(ORDER_SLOTS)]), more if records else (none,)

    def _is(self, goods: str, line: OrderLine) -> bool:
        """Whether the words for goods fit an order line: the product's kind and properties, else the words of its title."""
        grammar, product = self._bench.constraints.grammar, self._bench.catalog.products.get(line.product_id)
        reading = grammar.read(Text.of(grammar.mended(goods)))
        own = set(stems(line.title))
        if product is not None:
            own |= set(stems(" ".join([product.title, product.color, product.brand, product.size])))
        if product is not None and reading.types:
            rest = {word for each in reading.rest for word in stems(each)}
            return rest <= own and all(each.accepts(product) for each in (*reading.types, *reading.conditions))
        spoken = {word for word in stems(goods) if word not in FUNCTION_WORDS}
        kinds = set(stems(" ".join(product.category_path))) if product is not None else set()
        return bool(spoken) and spoken <= own | kinds


def _is_late(record: OrderRecord, today: date) -> bool:
    if not record.order.status.is_open:
        return False
    estimate = delivery_estimate(record, today)
    return record.order.status is OrderStatus.DELAYED or (estimate is not None and estimate.days_late > 0)
