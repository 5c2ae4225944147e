"""OrderChange: fills in a change of an order from the message and the customer's records, one question at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.actions.changes.goods import variant_title
from assistant.actions.changes.money import current_method
from assistant.actions.order import OrderLine
from assistant.actions.order_record import OrderRecord
from assistant.actions.policy import MoneyGoesTo, Policy
from assistant.actions.refusal import Reason, Refusal
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind
from assistant.evidence.brief import Note
from assistant.planning.change_form import adds, asks_for_label, is_about_account, order_said, takes_out
from assistant.planning.choice_form import chosen, likeliest, named, placed
from assistant.planning.detail_form import address_in, missing_of, quantity_in, reason_in
from assistant.planning.grammar.text import Text, clean
from assistant.planning.plan import Change
from assistant.planning.request_form import points
from assistant.tools.changing import ask, propose, refuse, request_of
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import OtherVariants, label_of, other_variants

_RECENT, _MOST_CHOICES, _MOST_VARIANTS = 20, 5, 8
_LONGEST_TITLES = 44
_KINDS = {
    "cancel": Kind.CANCEL, "address": Kind.CHANGE_ADDRESS, "items": Kind.CHANGE_ITEMS, "payment": Kind.CHANGE_PAYMENT,
    "return": Kind.RETURN, "exchange": Kind.EXCHANGE,
}  # fmt: skip
_OF_ITEMS = (Kind.CHANGE_ITEMS, Kind.RETURN, Kind.EXCHANGE)
_LATEST = re.compile(r"\b(?:last|latest|newest|most recent) (?:order|purchase|one)\b")
_OUT = Choice("", "Take it out")


def first_draft(step: Change, task: Task) -> Draft:
    """What plan and message say of a change; what an unfinished one of the same kind knew already is kept."""
    kind = _KINDS[step.what]
    if kind is Kind.RETURN and asks_for_label(task.message):
        kind = Kind.RETURN_LABEL
    if kind is Kind.CHANGE_ADDRESS and is_about_account(task.message):
        kind = Kind.CHANGE_DEFAULT_ADDRESS
    waiting = task.thread.waiting
    number = order_said(step.order, task.message)
    if waiting is not None and waiting.draft.kind is kind and waiting.detail is not None and not number:
        return waiting.draft
    return Draft(kind, order=number)


class OrderChange:
    """One change of one customer's order; `next` is what to do about it now."""

    def __init__(self, draft: Draft, task: Task, bench: Bench) -> None:
        if task.owner is None:
            raise AssertionError("only somebody's order is changed")
        self._draft, self._task, self._bench = draft, task, bench
        self._owner = task.owner
        self._policy = bench.actions.policy or Policy()

    def next(self) -> Findings | None:
        """Ask for what is missing, propose, or refuse; None where the shop offers nothing of the kind here."""
        if self._draft.kind is Kind.CHANGE_DEFAULT_ADDRESS:
            return self._with_address(None)
        record = self._order()
        if isinstance(record, OrderRecord):
            self._draft = replace(self._draft, order=record.order.id)
            refusal = self._bench.actions.why_not(self._draft.kind.value, record)
            if refusal is None:
                return self._details(record)
            if refusal.reason is Reason.NOT_OFFERED and not refusal.section:
                return None
            return refuse(refusal, self._draft, self._bench, record)
        return record

    def _order(self) -> OrderRecord | Findings | None:
        """The order that is meant; or the question which one; or that there is none."""
        actions, draft, message = self._bench.actions, self._draft, self._task.message
        if draft.order:
            found = actions.find(self._owner, draft.order)
            return found[0] if found else Findings(notes=(Note.NO_ORDER,))
        recent = actions.find(self._owner, limit=_RECENT)
        if not recent:
            return Findings(notes=(Note.NO_ORDER,))
        if _LATEST.search(clean(message).casefold()):
            return recent[0]
        spoken_of = next((each for each in recent if each.order.id == self._task.thread.order), None)
        titled = self._titled(recent) if draft.kind is not Kind.CHANGE_PAYMENT else ()
        if (
            spoken_of
            and not titled
            and (points(message) or (self._was_just_spoken_of() and self._is_possible(spoken_of)))
        ):
            return spoken_of
        meant = titled or recent
        possible = [each for each in meant if self._is_possible(each)]
        if spoken_of in possible and titled:
            return spoken_of
        if len(possible) == 1:
            return possible[0]
        if not possible:
            return spoken_of if spoken_of in meant else meant[0]
        choices = tuple(Choice(each.order.id, _order_text(each)) for each in possible[:_MOST_CHOICES])
        return ask(Detail.ORDER, draft, choices)

    def _was_just_spoken_of(self) -> bool:
        turns = self._task.thread.turns
        return bool(turns) and f"o1 {self._task.thread.order}" in turns[-1].brief and "\no2 " not in turns[-1].brief

    def _titled(self, records: Sequence[OrderRecord]) -> tuple[OrderRecord, ...]:
        """The orders with an item that the message names."""
        choices = [
            Choice(line.product_id, line.title, also=_also(self._bench, line.product_id))
            for each in records
            for line in each.order.lines
        ]
        distinct = list({choice.text: choice for choice in choices}.values())
        found = {choice.text for choice in likeliest(self._task.message, distinct)}
        return tuple(each for each in records if any(line.title in found for line in each.order.lines))

    def _is_possible(self, record: OrderRecord) -> bool:
        if self._draft.kind is Kind.RETURN_LABEL:
            return bool(record.returns)
        return self._bench.actions.why_not(self._draft.kind.value, record) is None

    def _details(self, record: OrderRecord) -> Findings:
        match self._draft.kind:
            case Kind.CHANGE_ADDRESS:
                return self._with_address(record)
            case Kind.CHANGE_PAYMENT:
                return self._with_payment(record)
            case Kind.RETURN_LABEL:
                return self._proposed({"order": record.order.id}, record)
            case Kind.CANCEL:
                return self._with_reason(record) or self._proposed(
                    {"order": record.order.id, "reason": self._draft.reason}, record
                )
            case _:
                return self._with_items(record)

    def _with_address(self, record: OrderRecord | None) -> Findings:
        before = record.order.address if record else None
        address = self._draft.address or address_in(self._task.message, before)
        if address is None:
            return ask(Detail.ADDRESS, self._draft, record=record)
        if not address.country and before is not None:
            address = replace(address, country=before.country)
        self._draft = replace(self._draft, address=address)
        if missing := missing_of(address):
            return ask(missing, self._draft, record=record)
        order = {"order": record.order.id} if record else {}
        return self._proposed({**order, "address": address}, record)

    def _with_payment(self, record: OrderRecord) -> Findings:
        others = [method for method in record.methods if method.id != current_method(record)]
        choices = tuple(Choice(method.id, method.label) for method in others)
        found = [self._draft.payment] if self._draft.payment else [c.id for c in named(self._task.message, choices)]
        if not choices:
            text = "No other payment method is saved in your account."
            return refuse(Refusal(reason=Reason.NO_SUCH_PAYMENT, text=text), self._draft, self._bench, record)
        if len(found) != 1 and len(choices) > 1:
            return ask(Detail.PAYMENT, self._draft, choices, record=record)
        method = found[0] if len(found) == 1 else choices[0].id
        return self._proposed({"order": record.order.id, "payment_method": method}, record)

    def _with_reason(self, record: OrderRecord) -> Findings | None:
        """The question why, if the policy wants a reason and none was given; else the draft has what was said."""
        rules, kind = self._policy.rules, self._draft.kind
        rule = rules.cancel if kind is Kind.CANCEL else rules.return_ if kind is Kind.RETURN else rules.exchange
        known = (*rule.reasons, *rule.person_for)
        reason = self._draft.reason or reason_in(self._task.message, known)
        self._draft = replace(self._draft, reason=reason)
        if reason or not rule.reasons:
            return None
        return ask(Detail.REASON, self._draft, tuple(Choice(each, each) for each in known), record=record)

    def _with_items(self, record: OrderRecord) -> Findings:
        draft, message = self._draft, self._task.message
        if draft.kind is Kind.CHANGE_ITEMS and not draft.items and (draft.to or self._adds(record)):
            return self._added(record)
        choices = tuple(self._choices(record))
        items = draft.items or tuple(
            choice.id for choice in (choices if len(choices) == 1 else chosen(message, choices))
        )
        if not items:
            return ask(Detail.ITEM, draft, choices, record=record)
        self._draft = draft = replace(draft, items=items)
        count = sum(choice.number for choice in choices if choice.id in items)
        if len(items) == 1 and count > 1 and not draft.quantity:
            quantity = min(quantity_in(message), count)
            if not quantity:
                numbers = tuple(Choice(str(each), str(each), 1) for each in range(1, min(count, _MOST_CHOICES) + 1))
                return ask(Detail.QUANTITY, draft, numbers, self._title(record, items[0]), record)
            self._draft = draft = replace(draft, quantity=quantity)
        if draft.kind is Kind.RETURN:
            return self._with_reason(record) or self._proposed(
                {
                    "order": record.order.id,
                    "items": self._pieces(choices),
                    "refund_to": self._refund_to(record),
                    "reason": self._draft.reason,
                },
                record,
            )
        return self._swapped(record, choices)

    def _swapped(self, record: OrderRecord, choices: Sequence[Choice]) -> Findings:
        """An exchange, or a change of one item: what takes its place, or that nothing does."""
        draft, catalog = self._draft, self._bench.catalog
        may_go = draft.kind is Kind.CHANGE_ITEMS and not self._policy.rules.change_items.only_options
        if may_go and not draft.to and (draft.takes_out or takes_out(self._task.message)):
            self._draft = draft = replace(draft, takes_out=True)
        if not draft.to and not draft.takes_out:
            found = self._replacement(record, may_go)
            if isinstance(found, Findings):
                return found
            self._draft = draft = replace(draft, to=found)
        if draft.kind is Kind.EXCHANGE and (question := self._with_reason(record)):
            return question
        to = draft.to if draft.to in catalog.products else ""
        swaps = [{**each, "new_product_id": to} for each in self._pieces(choices)]
        reason = {"reason": self._draft.reason} if draft.kind is Kind.EXCHANGE else {}
        return self._proposed({"order": record.order.id, "swaps": swaps, **reason}, record)

    def _replacement(self, record: OrderRecord, may_go: bool) -> str | Findings:
        """The variant that takes the place of the one item; or the question which, or that there is none."""
        draft, catalog = self._draft, self._bench.catalog
        title = self._title(record, draft.items[0])
        product = catalog.products.get(draft.items[0])
        is_one = product is not None and len(draft.items) == 1
        others = other_variants(product, self._task, self._bench) if product and is_one else OtherVariants()
        if len(others.meant) == 1:
            return others.meant[0].id
        listed = (others.meant or others.possible)[:_MOST_VARIANTS]
        choices = tuple(Choice(each.id, label_of(each, catalog)) for each in listed)
        if may_go:
            choices = (*choices, _OUT)
        if not choices:
            text = f"{title} comes in no other color or size that is in stock, so it can only be returned."
            return refuse(Refusal(reason=Reason.OTHER_PRODUCT, text=text), draft, self._bench, record)
        detail = Detail.HOW if may_go else Detail.VARIANT
        return ask(detail, draft, choices, title, record)

    def _adds(self, record: OrderRecord) -> bool:
        return adds(self._task.message) and not self._policy.rules.change_items.only_options

    def _added(self, record: OrderRecord) -> Findings:
        draft, task, products = self._draft, self._task, self._bench.catalog.products
        if not draft.to:
            naming = self._bench.constraints.grammar.names.read(Text(clean(task.message)), task.thread.shown)
            ids = placed(task.message, task.thread.shown) or (naming.product_ids if naming else ())
            if not ids and len(task.thread.shown) == 1:
                ids = task.thread.shown
            if len(ids) != 1:
                shown = [each for each in task.thread.shown if each in products][:_MOST_CHOICES]
                choices = tuple(Choice(each, products[each].title) for each in shown)
                return ask(Detail.PRODUCT, draft, choices, record=record)
            draft = replace(draft, to=ids[0])
        self._draft = replace(draft, quantity=draft.quantity or quantity_in(task.message) or 1)
        added = [{"product_id": draft.to, "quantity": self._draft.quantity}]
        return self._proposed({"order": record.order.id, "added": added}, record)

    def _choices(self, record: OrderRecord) -> Iterable[Choice]:
        """The items that are still there, one for each product."""
        left: dict[str, int] = {}
        for number, line in enumerate(record.order.lines, 1):
            left[line.product_id] = left.get(line.product_id, 0) + line.quantity - record.returned.get(number, 0)
        for product_id, count in left.items():
            if count > 0:
                yield Choice(product_id, self._title(record, product_id), count, _also(self._bench, product_id))

    def _title(self, record: OrderRecord, product_id: str) -> str:
        """What an item is called; by its variant where the order has two of one title."""
        lines = {line.product_id: line for line in record.order.lines}
        line: OrderLine | None = lines.get(product_id)
        alike = sum(each.title == line.title for each in lines.values()) if line else 0
        product = self._bench.catalog.products.get(product_id)
        return variant_title(product) if product and alike > 1 else line.title if line else product_id

    def _pieces(self, choices: Sequence[Choice]) -> list[dict[str, object]]:
        """The pieces that are meant: as many as were named of one item, else all of each."""
        draft = self._draft
        numbers = {choice.id: choice.number for choice in choices}
        return [
            {"product_id": id, "quantity": (draft.quantity if len(draft.items) == 1 else 0) or numbers.get(id, 1)}
            for id in draft.items
        ]

    def _refund_to(self, record: OrderRecord) -> str:
        """The method that the message wants the refund on, if the policy lets the customer choose."""
        if self._draft.payment or self._policy.rules.return_.refund_to == (MoneyGoesTo.ORIGINAL,):
            return self._draft.payment
        found = named(self._task.message, [Choice(method.id, method.label) for method in record.methods])
        return found[0].id if len(found) == 1 else ""

    def _proposed(self, change: dict[str, object], record: OrderRecord | None) -> Findings:
        return propose(self._draft, request_of(self._draft, change), self._task, self._bench, record)


def _also(bench: Bench, product_id: str) -> str:
    """What else a product is called: its kind and its color."""
    product = bench.catalog.products.get(product_id)
    return " ".join([product.color, *product.category_path[-1:]]) if product else ""


def _order_text(record: OrderRecord) -> str:
    """An order among others: its number and what is in it, short enough for a button."""
    titles = ", ".join(line.title for line in record.order.lines)
    cut = titles if len(titles) <= _LONGEST_TITLES else f"{titles[: _LONGEST_TITLES - 1].rstrip(' ,')}…"
    return f"{record.order.id} ({cut})"
