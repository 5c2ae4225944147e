"""ScriptedCustomer: asks in plain words for what a recorded task changes, answers what Aisle asks, reads each proposal, and says yes.

The customer knows what the task's actions and the world's records say, and nothing of how Aisle works: what is asked for and what is shown
is taken from the reply's own records, as a reader of the chat would take it from its words and cards.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.actions.change import Change
from assistant.actions.retail_world import RetailWorld
from assistant.dialogue.waiting import Choice, Detail, Kind, Press
from assistant.evidence.brief import Note
from assistant.evidence.change_result import ChangeResult, State
from assistant.reply import Reply
from finetune.retail.goals import Goal, Naming, goals_of
from finetune.retail.phrasings import Half, Phrasings
from finetune.retail.task import RetailTask

_MOST_MESSAGES = 12
"""Messages about one goal; then the customer gives up on it."""
_SAYS_ORDER, _SAYS_REASON, _SAYS_METHOD, _IS_BARE, _PRESSES, _IS_CARELESS = 0.7, 0.5, 0.5, 0.25, 0.3, 0.3
_OPENINGS = {
    Kind.CANCEL: "cancel", Kind.CHANGE_ADDRESS: "address", Kind.CHANGE_DEFAULT_ADDRESS: "account", Kind.CHANGE_ITEMS: "items",
    Kind.CHANGE_PAYMENT: "payment", Kind.RETURN: "return", Kind.EXCHANGE: "exchange",
}  # fmt: skip
_PARTS = {Detail.STREET: "line1", Detail.CITY: "city", Detail.POSTAL_CODE: "postal_code", Detail.COUNTRY: "country"}


class Identifies(StrEnum):
    """How a customer shows who they are."""

    SIGN_IN = "sign in"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Says:
    """The next message or button of a customer; `order` is the one that they prove first, "" if none has to be proved."""

    text: str
    press: Press | None = None
    order: str = ""


class ScriptedCustomer:
    """One customer with the goals of one task; every choice is drawn by `seed`, so that a run can be repeated."""

    def __init__(self, task: RetailTask, world: RetailWorld, half: Half, seed: int) -> None:
        self._chance = chance = random.Random(f"{task.id}-{seed}")
        self._world, self._shopper = world, world.shoppers[task.user_id]
        self._say = Phrasings(half, chance)
        self._naming = Naming(world, self._shopper.methods, self._say, chance)
        self._goals = [*goals_of(task)]
        is_signed_in = not self._goals or any(map(self._needs_account, self._goals)) or chance.random() < 0.5
        self.identifies = Identifies.SIGN_IN if is_signed_in else Identifies.CODE
        self._is_careless = chance.random() < _IS_CARELESS
        self._messages, self._declined = 0, 0
        self._place = 0
        self._last, self._asked = "", ""

    @property
    def email(self) -> str:
        """The address on the customer's orders."""
        return self._shopper.customer.email

    def says(self, reply: Reply | None) -> Says | None:
        """What they say to `reply`, at first to nothing; None once they have what they want or give up."""
        if reply is None:
            return self._opening() if self._goals else self._next(Says(self._say("openings.status.numbered")))
        if not self._goals:
            return None
        change = reply.brief.change
        if change is not None and change.state in (State.DONE, State.REFUSED) and self._messages:
            self._place += 1
            self._messages = self._declined = 0
            self._asked = ""
            return self._opening() if self._place < len(self._goals) else None
        if self._messages >= _MOST_MESSAGES:
            return None
        if change is None or change.kind is not self._goal.kind:
            return self._again(reply)
        if change.state is State.PROPOSED and change.proposal is not None:
            return self._to_proposal(change.proposal.change, change.proposal.id)
        if change.state is State.ASKED and change.detail is not None:
            return self._to_question(change)
        return self._again(reply)

    def _needs_account(self, goal: Goal) -> bool:
        """True if a code for one order is not enough: for the account's address, and to pay with what did not pay the order."""
        return goal.kind is Kind.CHANGE_DEFAULT_ADDRESS or goal.method not in ("", self._paid_with(goal))

    @property
    def _goal(self) -> Goal:
        return self._goals[self._place]

    def _opening(self) -> Says:
        goal, chance = self._goal, self._chance
        kind = _OPENINGS[goal.kind]
        is_known = self.identifies is Identifies.CODE or chance.random() < _SAYS_ORDER
        form = "numbered" if is_known or not self._say.has(f"openings.{kind}.described") else "described"
        is_bare = form == "numbered" and self._say.has(f"openings.{kind}.bare") and chance.random() < _IS_BARE
        opening = self._say(f"openings.{kind}.{'bare' if is_bare else form}", **self._values(goal))
        text = self._with_extras(opening, goal, without_pay=is_bare)
        return self._next(Says(text, order=goal.order if self.identifies is Identifies.CODE else ""))

    def _with_extras(self, text: str, goal: Goal, *, without_pay: bool = False) -> str:
        if goal.reason and self._chance.random() < _SAYS_REASON:
            text = f"{_sentence(text)} {self._reason(goal)}"
        if goal.swaps and goal.method and not without_pay and self._chance.random() < _SAYS_METHOD:
            text = f"{_sentence(text)} {self._pays(goal)}"
        return text

    def _whole(self, goal: Goal) -> str:
        """The request with everything that it needs, as somebody says it who was not understood."""
        opening = self._say(f"openings.{_OPENINGS[goal.kind]}.numbered", but=self._last, **self._values(goal))
        parts = [opening, self._reason(goal) if goal.reason else "", self._pays(goal) if goal.swaps else ""]
        return " ".join(map(_sentence, filter(None, parts)))

    def _values(self, goal: Goal) -> dict[str, str]:
        world, naming = self._world, self._naming
        old = (
            [pair[0] for pair in goal.swaps] or [each.product_id for each in world.orders[goal.order].items[:1]]
            if goal.order
            else []
        )
        swaps = [pair for pair in goal.swaps if pair[1]]
        number = goal.order if self._chance.random() < 0.5 else goal.order.lstrip("#")
        return {
            "order": number,
            "items": naming.items(old, goal.order) if old else "",
            "swaps": naming.swaps(swaps, goal.order) if swaps else "",
            "method": naming.method(goal.method) if goal.method else "",
            "address": str(goal.address) if goal.address else "",
        }

    def _reason(self, goal: Goal) -> str:
        name = f"reasons.{goal.reason}"
        return self._say(name if self._say.has(name) else "reasons.other")

    def _pays(self, goal: Goal) -> str:
        name = "pays.refund" if goal.kind is Kind.RETURN else "pays.difference"
        return self._say(name, method=self._naming.method(goal.method))

    def _again(self, reply: Reply) -> Says:
        """They were not understood, or asked to show who they are first."""
        if Note.SIGNED_OUT in reply.brief.notes and self.identifies is Identifies.CODE:
            return self._next(Says(self._whole(self._goal), order=self._goal.order))
        return self._next(Says(self._say("answers.other", request=self._whole(self._goal))))

    def _to_proposal(self, change: Change, proposal: str) -> Says:
        goal = self._goal
        if goal.is_met_by(change):
            if goal.pays_wrong(change, self._paid_with(goal)):
                return self._next(
                    Says(self._say("corrections.payment", but=self._last, method=self._naming.method(goal.method)))
                )
            press = Press(do="confirm", id=proposal) if self._chance.random() < _PRESSES else None
            return self._next(Says(self._say("yes"), press))
        missing = [*goal.missing_from(change).elements()]
        is_part = change.order_id == goal.order and len(missing) < len(goal.swaps)
        if is_part and missing and not self._declined:
            self._declined += 1
            return self._next(Says(self._missing(missing, goal)))
        return self._next(Says(f"{_sentence(self._say('no'))} {self._whole(goal)}"))

    def _missing(self, missing: Sequence[tuple[str, str]], goal: Goal) -> str:
        """What a proposal leaves out."""
        if goal.kind is Kind.RETURN:
            return self._say("corrections.items", items=self._naming.items([old for old, _ in missing], goal.order))
        return self._say("corrections.swaps", swaps=self._naming.swaps(missing, goal.order))

    def _paid_with(self, goal: Goal) -> str:
        return self._world.orders[goal.order].moves[0].method_id

    def _to_question(self, change: ChangeResult) -> Says:
        goal, detail, naming = self._goal, change.detail, self._naming
        asked = f"{detail} {change.product}"
        if asked == self._asked:  # not understood the first time: they take what is offered, or say it all again
            offered = self._offered(change.choices, goal)
            return self._next(Says(offered or self._whole(goal)))
        self._asked = asked
        match detail:
            case Detail.ORDER:
                text = self._answer("order", order=goal.order)
            case Detail.ITEM:
                text = self._answer("item", items=naming.items([old for old, _ in goal.swaps], goal.order))
            case Detail.VARIANT | Detail.HOW:
                text = self._variant(change, goal)
            case Detail.REASON:
                text = self._answer("reason", reason=self._reason(goal))
            case Detail.PAYMENT:
                text = self._answer("payment", method=naming.method(goal.method))
            case Detail.ADDRESS:
                text = self._answer("address", address=str(goal.address))
            case Detail.QUANTITY:
                text = self._answer("quantity", number=str(self._count(change.choices, goal)))
            case _ if detail in _PARTS and goal.address is not None and detail is not None:
                text = self._answer("part", part=getattr(goal.address, _PARTS[detail]))
            case _:
                text = self._whole(goal)
        return self._next(Says(text))

    @staticmethod
    def _offered(choices: Sequence[Choice], goal: Goal) -> str:
        """The one of the choices that were offered which the customer means; "" if none or several are."""
        wanted = {goal.order, goal.reason, goal.method, *(id for pair in goal.swaps for id in pair)} - {""}
        meant = [choice.text for choice in choices if choice.id in wanted]
        return meant[0] if len(meant) == 1 else ""

    def _variant(self, change: ChangeResult, goal: Goal) -> str:
        """The options of what takes the place of the item that is asked about; of the first one where it is not named."""
        named = [pair for pair in goal.swaps if self._is_called(pair[0], change.product)]
        old, new = (named or goal.swaps)[0]
        options = self._naming.options(old, new)
        return self._answer("variant", options=options) if old != new else options

    def _is_called(self, product_id: str, name: str) -> bool:
        return bool(name) and name.casefold().startswith(self._world.products[product_id].title.casefold())

    @staticmethod
    def _count(choices: Sequence[Choice], goal: Goal) -> int:
        return min(len(goal.swaps), len(choices)) or 1

    def _answer(self, name: str, **values: str) -> str:
        return self._say(f"answers.{name}", but=self._last, **values)

    def _next(self, says: Says) -> Says:
        self._messages += 1
        text = says.text
        if self._is_careless:
            text = text.lower().rstrip(".!")
        self._last = text
        return Says(
            text[:1].upper() + text[1:]
            if not self._is_careless and text[:1].isalpha() and self._chance.random() < 0.5
            else text,
            says.press,
            says.order,
        )


def _sentence(text: str) -> str:
    """`text` with a sign at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
