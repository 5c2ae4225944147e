"""A hand-written assistant whose answers a reader can work out: tests of the faces need no models.

"tents" shows three products, "broken" one whose picture is missing, "fail" raises, "slow" writes five sentences a second until cancelled, "pause" takes a
second, "mine" tells who is signed in, "change it" shows a change that waits for a yes, anything else is repeated. Buttons of cards are
answered by what they do.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from assistant.actions.awaited import AwaitedOrder
from assistant.assistant import Serving
from assistant.conversation.conversation import Conversation, Turn
from assistant.conversation.message import clean
from assistant.conversation.rating import Thumb
from assistant.dialogue.need import Need
from assistant.dialogue.thread import Thread
from assistant.dialogue.waiting import Press
from assistant.evidence.brief import Brief
from assistant.planning.plan import Cart, Change, Find, Order, Plan, Policy, Step, Talk
from assistant.reply import Cards, Reply, ReplyEvent, Sentence
from assistant.shown import Card, Proposed, Shown, ShownLink, Source, StatedFact
from retrieval.catalog.candidate import Reason, ReasonKind
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.customer import Customer
from retrieval.catalog.faq import Faq
from retrieval.catalog.money import Money
from retrieval.catalog.product import Availability, Product
from retrieval.clock import utc_now
from retrieval.errors import AisleError, ConversationNotFound

RETURNS = Faq(
    "returns", "Returns and refunds", "You can send things back within **30 days** of delivery.", ("get_refund",)
)
PRODUCTS = (
    Product(
        "T-1", "Larkfield 2 tent", Money(Decimal("189.00")), "A light tent for two.",
        sale_price=Money(Decimal("149.00")), brand="Larkfield", product_type="Camping > Tents", color="fern",
        rating=4.6, rating_count=112, quantity=12,
    ),
    Product(
        "T-2", "<script>alert('title')</script> tent", Money(Decimal("99.50")), "<b>Bold</b> words & more.",
        link="javascript:alert(1)", brand="Scar & Sons", product_type="Camping > Tents", rating=4.1, rating_count=9,
    ),
    Product(
        "T-3", "Harrow dome", Money(Decimal("1299.00")), "For four.", product_type="Camping > Tents",
        availability=Availability.OUT_OF_STOCK, quantity=0,
    ),
    Product(
        "K-1", "Moorland kettle", Money(Decimal("34.00")), "Boils a litre in four minutes.",
        product_type="Kitchen > Kettles", rating=4.9, rating_count=51, attributes={"capacity": "1 l"},
    ),
)  # fmt: skip
PROPOSED = Proposed(
    id="p-1",
    kind="change_items",
    heading="Change the items of order A-1",
    changes=(
        "Moorland kettle ($34.00) becomes <b>Harrow</b> dome ($1,299.00).",
        "Larkfield 2 tent ($149.00) is taken out.",
    ),
    money=("$1,116.00 is charged to Visa ending in 4242.", "The order's total is then $1,299.00."),
    notes=("Afterwards the order can no longer be changed or cancelled.",),
    expires=datetime(2026, 11, 20, 12, 10, tzinfo=UTC),
)
CUSTOMER = Customer("C-1", "Ada Fell", "ada@example.com")


class FakeAssistant:
    """Answers by rule; keeps conversations in a dict and checks who owns them."""

    def __init__(self, pause: float = 0.0, new_id: Callable[[], str] = lambda: uuid.uuid4().hex) -> None:
        self.catalog = Catalog(PRODUCTS, (RETURNS,))
        self.conversations: dict[str, Conversation] = {}
        self.cancelled: list[str] = []
        self.earlier: tuple[str, ...] = ()
        self.page = self.after = ""
        self.reasons: list[str] = []
        self.presses: list[Press] = []
        self.awaited: dict[str, AwaitedOrder] = {}
        self._pause = pause
        self._new_id = new_id

    model = "fake+none"

    @property
    def cancelled_replies(self) -> int:
        return len(self.cancelled)

    @property
    def serving(self) -> Serving:
        raise AisleError("The hand-written assistant has no dialogue.")

    def customer(self, customer_id: str) -> Customer | None:
        return CUSTOMER if customer_id == CUSTOMER.id else None

    def awaited_order(self, customer_id: str) -> AwaitedOrder | None:
        return self.awaited.get(customer_id)

    def conversation(self, conversation_id: str, customer_id: str | None = None) -> Conversation:
        found = self.conversations.get(conversation_id)
        if found is None or found.customer_id not in (None, customer_id):
            raise ConversationNotFound(f"No conversation has the id {conversation_id!r}.")
        return found

    def rate(
        self, conversation_id: str, customer_id: str | None, turn: int, rating: Thumb | None, reason: str = ""
    ) -> None:
        found = self.conversation(conversation_id, customer_id)
        if not 0 < turn <= len(found.turns):
            raise ConversationNotFound(f"No conversation has a turn {turn}.")
        turns = [replace(each, rating=rating) if each.number == turn else each for each in found.turns]
        self.conversations[conversation_id] = replace(found, turns=tuple(turns))
        self.reasons.append(reason)

    def ask(self, message: str, conversation_id: str | None = None, customer_id: str | None = None) -> Reply:
        *_, reply = self.reply(message, conversation_id, customer_id)
        assert isinstance(reply, Reply)
        return reply

    def reply(
        self,
        message: str,
        conversation_id: str | None = None,
        customer_id: str | None = None,
        cancelled: threading.Event | None = None,
        earlier: Sequence[str] = (),
        page: str = "",
        press: Press | None = None,
        *,
        hands_over: bool = False,
        after: str = "",
    ) -> Iterator[ReplyEvent]:
        self.earlier, self.page, self.after = tuple(earlier), page, after
        self.presses += [press] if press else []
        message = clean(message)
        conversation = (
            self.conversation(conversation_id, customer_id)
            if conversation_id
            else Conversation(self._new_id(), customer_id)
        )
        if "fail" in message:
            raise RuntimeError("the engine broke, and this text is not for customers")
        step, sentences, shown = self._pressed(press) if press else self._answer(message, customer_id)
        if shown.cards:
            yield Cards(shown.cards)
        for sentence in sentences:
            time.sleep(1.0 if "pause" in message else self._pause)
            yield Sentence(sentence)
        while "slow" in message and cancelled is not None:
            if cancelled.wait(0.2):
                self.cancelled.append(message)
                return
            yield Sentence("Still thinking. ")
        text = "".join(sentences)
        number = len(conversation.turns) + 1
        turn = Turn(message, text, datetime.now(UTC), shown, number=number)
        thread = Thread(shown=tuple(card.id for card in shown.cards))
        self.conversations[conversation.id] = Conversation(
            conversation.id, conversation.customer_id, (*conversation.turns, turn), thread
        )
        plan = Plan(steps=(step,), need=Need(budget="under 200"))
        timings = {"planning": 1.5, "writing": 3.0}
        yield Reply(conversation.id, text, text, plan, Brief(), shown, False, timings, turn=number, time=turn.time)

    def _pressed(self, press: Press) -> tuple[Step, list[str], Shown]:
        if press.do == "add_to_cart":
            shown = Shown(done="add_to_cart", links=(ShownLink(kind="checkout", url="/cart/T-1:1"),))
            return Cart(what="add", of=(press.id,)), ["I have added it."], shown
        done = press.do == "confirm" and press.id == PROPOSED.id
        text = "I have cancelled order A-1." if done else "All right, I leave everything as it is."
        return Change(what="cancel", order="A-1"), [text], Shown(done="cancel" if done else "")

    def _answer(self, message: str, customer_id: str | None) -> tuple[Step, list[str], Shown]:
        if "tents" in message:
            reasons = (Reason(ReasonKind.WELL_RATED, "112 people rated it 4.6 out of 5", 0.3),)
            shown = Shown(
                cards=tuple(Card.of(product, self.catalog, utc_now(), reasons) for product in PRODUCTS[:3]),
                chips=("Cheaper ones", "Which is lightest?"),
                facts=(StatedFact(key="p1.price", value="$149.00", record="product:T-1"),),
            )
            return Find(kind="tents"), ["Here are three tents. ", "The Larkfield 2 tent is $149.00."], shown
        if "change it" in message:
            return Change(what="cancel"), ["Here is what I would do: cancel order A-1."], Shown(proposal=PROPOSED)
        if "broken" in message:
            kettle = Card.of(PRODUCTS[3], self.catalog, utc_now()).model_copy(update={"image_link": "images/none.jpg"})
            return Find(kind="kettles"), ["Here is a kettle."], Shown(cards=(kettle,))
        if "return" in message:
            shown = Shown(sources=(Source.of(RETURNS),), chips=("How do I start a return?",))
            return Policy(question=message), ["You can send things back within 30 days of delivery."], shown
        if "mine" in message:
            return Order(what="status"), [f"You are {customer_id or 'a visitor'}."], Shown(find_order=not customer_id)
        return Talk(about="ok"), [f"You said: {message}"], Shown()
