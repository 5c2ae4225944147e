"""Chips: natural next questions, each a whole message that works when the customer sends it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from assistant.evidence.brief import Brief, Note
from assistant.evidence.change_result import ChangeResult, State, later_text
from assistant.planning.plan import (
    Ask,
    Bundle,
    Cart,
    Change,
    Choose,
    Compare,
    Details,
    Find,
    HandOver,
    Order,
    Plan,
    Policy,
    Step,
    Talk,
)
from retrieval.catalog.catalog import Catalog

MOST = 4
_LONGEST = 60
_NO_ORDER = frozenset(
    {Note.SIGNED_OUT, Note.NO_ORDER, Note.NO_ORDERS, Note.NOT_BOUGHT, Note.NONE_BEFORE, Note.NONE_IN_TIME}
)
_PERSON = "I would like to talk to a person"
_UPSET = frozenset({"insult", "bye"})


class Chips:
    """Makes chips for one shop, which sells `kinds`, most products first."""

    def __init__(self, catalog: Catalog, kinds: tuple[str, ...]) -> None:
        self._catalog = catalog
        self._kinds = kinds
        self._has_offers = any(p.current_price.amount < p.price.amount for p in catalog.products.values())
        self._questions = tuple(
            page.title for page in catalog.faqs.values() if page.title.endswith("?") and len(page.title) <= _LONGEST
        )

    def first(self) -> tuple[str, ...]:
        """What a conversation may begin with."""
        return tuple(islice(self._starters(), MOST))

    def after(self, message: str, plan: Plan, brief: Brief) -> tuple[str, ...]:
        """What may follow a reply to `message`; none repeats it, and none offers more to somebody upset."""
        change = brief.change
        after = self._after_change(change) if change else self._after_all(plan, brief)
        offered = dict.fromkeys((*((_PERSON,) if Note.PERSON_OFFERED in brief.notes else ()), *after))
        return tuple(islice((chip for chip in offered if chip.casefold() != message.strip().casefold()), MOST))

    def _after_all(self, plan: Plan, brief: Brief) -> Iterator[str]:
        yield from (chip for step in plan.steps for chip in self._after(step, brief))

    @staticmethod
    def _after_change(change: ChangeResult) -> Iterator[str]:
        """The choices of a question; or once nothing waits, what is left to put into the cart, and the cart."""
        yield from (choice.text for choice in change.choices)
        if change.waiting is None:
            yield from (f"Add {later_text(each, each.name)} to my cart" for each in change.later)
        if change.state is State.DONE and change.kind is not None and change.kind.is_cart:
            yield "What's in my cart?"

    def _opinions(self, brief: Brief) -> Iterator[str]:
        """The question about what customers say, if they said something of the product shown first."""
        product = self._catalog.products.get(brief.products[0])
        if product is not None and product.is_judged:
            yield "What do customers say about it?"

    def _after(self, step: Step, brief: Brief) -> Iterator[str]:
        match step:
            case Find() | Bundle() if len(brief.products) > 1:
                yield from ("Which one would you take?", "Compare the first two", "Is there a cheaper one?")
            case Choose() | Compare() if len(brief.products) > 1:
                yield "Why that one?"
                yield from self._opinions(brief)
                yield "Is there a cheaper one?"
            case Find() | Choose() | Details() | Cart() if brief.products:
                yield from self._opinions(brief)
                yield from ("What should I know before I buy it?", "Show me similar ones")
            case Policy():
                yield from islice(self._other_questions(brief), 3)
            case Order() | Change() if not _NO_ORDER.isdisjoint(brief.notes):
                yield from islice(self._other_questions(brief), 2)
            case Order() if brief.orders:
                yield from ("What was in it?", "Can I still change it?", "Can I send it back?")
            case Ask(about="which_order"):
                yield from (f"Where is order {id}?" for id in brief.orders)
            case Ask() | HandOver() | Change():
                return
            case Talk(about=about) if about in _UPSET:
                return
            case _:
                yield from self._starters()

    def _other_questions(self, brief: Brief) -> Iterator[str]:
        answered = {told.line.title.split(" > ")[0] for told in brief.lines}
        yield from (question for question in self._questions if question not in answered)

    def _starters(self) -> Iterator[str]:
        yield from (f"Show me {kind}" for kind in self._kinds[:1])
        if self._has_offers:
            yield "What's on sale?"
        yield from (f"Help me choose {kind}" for kind in self._kinds[1:2])
        yield from self._questions[:1]
