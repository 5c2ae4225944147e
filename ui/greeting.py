"""Greeting: the first words of the chat, which know the signed-in customer and an order that is on its way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import date

import structlog

from assistant.actions.awaited import AwaitedOrder
from assistant.actions.order import OrderStatus
from retrieval.errors import AisleError
from ui.look import QUESTIONS, Look
from ui.opening import Answering, OpeningAssistant, Readiness
from ui.strings import Strings

_log = structlog.get_logger(__name__)
_PATIENCE = (
    2.0  # seconds: a greeting without the order is better than an empty chat while the shop's own order system is slow
)
_THREADS = 4


@dataclass(frozen=True, slots=True)
class Greeted:
    """Who is greeted: the first name, "" if it is not known, and the open order they wait for."""

    name: str = ""
    order: AwaitedOrder | None = None

    def words(self, look: Look, shop: str, strings: Strings) -> str:
        """The greeting. The shop's own words stay as they are; the order comes after them."""
        order = _order(self.order, strings) if self.order else ""
        if look.greeting:
            return f"{look.greeting} {order}".strip()
        if not self.name:
            return f"{_hello(shop, strings)} {order}".strip()
        if order:
            return strings("hello_order", name=self.name, order=order)
        return (
            strings("hello_customer", name=self.name, shop=shop)
            if shop
            else strings("hello_customer_unnamed", name=self.name)
        )

    def chips(self, questions: tuple[str, ...]) -> tuple[str, ...]:
        """What may be asked first: where the order is, then `questions`."""
        asked = (f"Where is order {self.order.id}?",) if self.order else ()
        return (*asked, *questions)[:QUESTIONS]


class Greeter:
    """Finds out who is greeted, by the customer id that the server bound. A visitor is nobody, and no order is looked for."""

    def __init__(self, assistant: Answering) -> None:
        self._assistant = assistant
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="greeting")

    def greeted(self, customer_id: str | None) -> Greeted:
        """Who this customer is. An order that cannot be read within two seconds is left out."""
        if not customer_id or self._is_opening:
            return Greeted()
        name = ""
        try:
            customer = self._assistant.customer(customer_id)
            if customer is None:
                return Greeted()
            name = customer.first_name
            return Greeted(name, self._pool.submit(self._assistant.awaited_order, customer_id).result(_PATIENCE))
        except (AisleError, TooSlow) as error:
            _log.info("greeted_without_order", error=type(error).__name__)
            return Greeted(name)

    @property
    def _is_opening(self) -> bool:
        assistant = self._assistant
        return isinstance(assistant, OpeningAssistant) and assistant.readiness is not Readiness.READY


def _hello(shop: str, strings: Strings) -> str:
    return strings("hello", shop=shop) if shop else strings("hello_unnamed")


def _order(order: AwaitedOrder, strings: Strings) -> str:
    """Where the order stands, as a sentence. A delayed order has no day: the one in the records is the first promise."""
    if order.status is OrderStatus.DELAYED:
        return strings("order_delayed", order=order.id)
    key, day = f"order_{order.status}", _day(order.expected, strings) if order.expected else ""
    if not day:
        return strings(key, order=order.id)
    return strings(f"{key}_{'late' if order.is_late else 'by'}", order=order.id, day=day)


def _day(value: date, strings: Strings) -> str:
    """A day with its weekday, as a sentence of the language holds it: "Friday, November 27"."""
    weekday = strings("weekdays").split()[value.weekday()]
    month = strings("months").split()[value.month - 1]
    return strings("first_day" if value.day == 1 else "day", weekday=weekday, month=month, day=value.day)
