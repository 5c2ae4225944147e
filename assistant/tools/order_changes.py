"""OrderChange: fills in a change of an order from the message and the customer's records, one question at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.actions.changes.money import current_method
from assistant.actions.order_record import OrderRecord
from assistant.actions.payment_method import PaymentMethod
from assistant.actions.policy import MoneyGoesTo, Policy
from assistant.actions.refusal import Reason, Refusal
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind
from assistant.evidence.wording import in_words
from assistant.planning.change_form import names_payment, says_more, takes_out
from assistant.planning.choice_form import chosen, means_all, named, parts_about, placed
from assistant.planning.detail_form import address_in, missing_of, quantity_in, reason_in
from assistant.planning.grammar.text import Text, clean
from assistant.planning.payment_form import methods_said
from assistant.tools.changing import ask, propose, refuse, request_of
from assistant.tools.meant_change import adds_items, kind_in_time, meant_kind, meant_order
from assistant.tools.order_items import bare, item_choices, item_title
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import OtherVariants, label_of, other_variants

_MOST_CHOICES, _MOST_VARIANTS = 5, 8
_OF_ITEMS = (Kind.CHANGE_ITEMS, Kind.RETURN, Kind.EXCHANGE)
_OUT = Choice("", "Take it out")


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
        record = meant_order(self._draft, self._task, self._owner, self._bench)
        if isinstance(record, Findings):
            return record
        kind = meant_kind(self._draft.kind, record, self._task, self._bench)
        kind = kind_in_time(kind, record, self._task, self._bench)
        is_instead = self._draft.kind is not Kind.CANCEL and kind is Kind.CANCEL and record.order.status.is_open
        self._draft = replace(self._draft, order=record.order.id, kind=kind)
        refusal = self._bench.actions.why_not(kind.value, record)
        if refusal is None:
            self._hear(record)
            found = self._details(record)
            if is_instead and found.change is not None:
                return replace(found, change=replace(found.change, is_instead_of_return=True))
            return found
        if refusal.reason is Reason.NOT_OFFERED and not refusal.section:
            return None
        return refuse(refusal, self._draft, self._bench, record)

    def _hear(self, record: OrderRecord) -> None:
        """Keep what the message says of reason and payment, whatever else has to be asked for first."""
        draft = self._draft
        if not draft.reason:
            draft = replace(draft, reason=reason_in(self._task.message, self._reasons()))
        if draft.kind in _OF_ITEMS and len(found := self._methods_said(record)) == 1:
            draft = replace(draft, payment=found[0].id)
        self._draft = draft

    def _methods_said(self, record: OrderRecord) -> tuple[PaymentMethod, ...]:
        """The payment methods that the message names; a gift card that was bought is none."""
        sold = " ".join(line.title for line in record.order.lines).casefold()
        found = methods_said(self._task.message, record.methods)
        return tuple(each for each in found if each.label.casefold() not in sold)

    def _no_such_method(self) -> str:
        if self._owner.order_id:
            return "With a code for one order only what it was paid with can be used; sign in to use another payment method."
        return "That payment method is not saved in your account."

    def _reasons(self) -> tuple[str, ...]:
        """The reasons that the policy knows for a change of this kind."""
        rules, kind = self._policy.rules, self._draft.kind
        if kind not in (Kind.CANCEL, Kind.RETURN, Kind.EXCHANGE):
            return ()
        rule = rules.cancel if kind is Kind.CANCEL else rules.return_ if kind is Kind.RETURN else rules.exchange
        return (*rule.reasons, *rule.person_for)

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
        said = [each.id for each in self._methods_said(record) if each in others]
        said = said or [choice.id for choice in named(self._task.message, choices)]
        found = [self._draft.payment] if self._draft.payment else said
        if not choices:
            text = (
                self._no_such_method() if self._owner.order_id else "No other payment method is saved in your account."
            )
            return refuse(Refusal(reason=Reason.NO_SUCH_PAYMENT, text=text), self._draft, self._bench, record)
        if len(found) != 1 and len(choices) > 1:
            return ask(Detail.PAYMENT, self._draft, choices, record=record)
        method = found[0] if len(found) == 1 else choices[0].id
        return self._proposed({"order": record.order.id, "payment_method": method}, record)

    def _with_reason(self, record: OrderRecord) -> Findings | None:
        """The question why, if the policy wants a reason and none was given."""
        rules, kind = self._policy.rules, self._draft.kind
        rule = rules.cancel if kind is Kind.CANCEL else rules.return_ if kind is Kind.RETURN else rules.exchange
        if self._draft.reason or not rule.reasons:
            return None
        choices = tuple(Choice(each, each) for each in self._reasons())
        items = in_words([item_title(record, id, self._bench) for id in self._draft.items])
        return ask(Detail.REASON, self._draft, choices, items, record)

    def _with_items(self, record: OrderRecord) -> Findings:
        draft, message = self._draft, self._task.message
        if draft.kind is Kind.CHANGE_ITEMS and not draft.items and (draft.to or adds_items(self._task, self._bench)):
            return self._added(record)
        choices = tuple(item_choices(record, self._bench))
        self._draft = draft = replace(draft, items=self._items(choices))
        if not draft.items:
            return ask(Detail.ITEM, draft, choices, record=record)
        count = sum(choice.number for choice in choices if choice.id in draft.items)
        if len(draft.items) == 1 and count > 1 and not draft.quantity:
            quantity = min(quantity_in(message), count) or (count if means_all(message) else 0)
            if not quantity:
                numbers = tuple(Choice(str(each), str(each), 1) for each in range(1, min(count, _MOST_CHOICES) + 1))
                return ask(Detail.QUANTITY, draft, numbers, item_title(record, draft.items[0], self._bench), record)
            self._draft = draft = replace(draft, quantity=quantity)
        if draft.kind is not Kind.RETURN and (question := self._swaps(record, choices)):
            return question
        if draft.kind is not Kind.CHANGE_ITEMS and (question := self._with_reason(record)):
            return question
        if names_payment(message) and not (meant := self._methods_said(record)):
            return refuse(
                Refusal(reason=Reason.NO_SUCH_PAYMENT, text=self._no_such_method()), draft, self._bench, record
            )
        if not draft.payment and len(meant := self._methods_said(record)) > 1:
            return ask(Detail.PAYMENT, self._draft, tuple(Choice(each.id, each.label) for each in meant), record=record)
        return self._of_pieces(record, self._pieces(choices))

    def _items(self, choices: Sequence[Choice]) -> tuple[str, ...]:
        """The items that are meant: those known, with those that the message adds to a change that was shown."""
        known, message = self._draft.items, self._task.message
        plain = bare(choices, self._bench)
        if not known:
            found = choices if len(choices) == 1 else chosen(message, plain) or chosen(message, choices)
            if len(found) == len(choices) and (some := named(message, plain)):
                found = some  # "both shirts" are not all items
            return tuple(choice.id for choice in found)
        if self._is_amended() and says_more(message):
            more = named(message, plain) or named(message, choices)
            return tuple(dict.fromkeys((*known, *(choice.id for choice in more))))
        return known

    def _is_amended(self) -> bool:
        """True if the message amends the change that was just shown."""
        waiting = self._task.thread.waiting
        return waiting is not None and bool(waiting.proposal) and waiting.draft.items == self._draft.items != ()

    def _swaps(self, record: OrderRecord, choices: Sequence[Choice]) -> Findings | None:
        """Find what takes the place of each item, or that nothing does; the question for the first of which it is not known."""
        message = self._task.message
        may_go = self._draft.kind is Kind.CHANGE_ITEMS and not self._policy.rules.change_items.only_options
        swapped = [choice for choice in choices if choice.id in self._draft.items]
        plain = bare(swapped, self._bench)
        parts = parts_about(message, plain if len({each.text for each in plain}) == len(plain) else swapped)
        if self._is_amended() and self._draft.swaps and not says_more(message):
            self._correct()
        is_answer = self._task.continued is not None
        while item := self._draft.open_item:
            if may_go and takes_out(message):
                self._draft = self._draft.with_swap("")
                continue
            said = parts.get(item, message if len(self._draft.items) == 1 or is_answer else "")
            found = self._replacement(item, said, record, may_go)
            if isinstance(found, Findings):
                return found
            self._draft, is_answer = self._draft.with_swap(found), False
        return None

    def _correct(self) -> None:
        """Take another variant for an item that was shown, where the message names one."""
        swaps = []
        for item, to in self._draft.swaps:
            product = self._bench.catalog.products.get(item)
            meant = other_variants(product, self._task.message, self._task, self._bench).meant if product else ()
            swaps.append((item, meant[0].id if len(meant) == 1 else to))
        self._draft = replace(self._draft, swaps=tuple(swaps))

    def _replacement(self, item: str, said: str, record: OrderRecord, may_go: bool) -> str | Findings:
        """The variant that takes the place of `item` by what is said of it; or the question which, or that there is none."""
        draft, catalog = self._draft, self._bench.catalog
        title, product = item_title(record, item, self._bench), catalog.products.get(item)
        others = other_variants(product, said, self._task, self._bench) if product else OtherVariants()
        if len(others.meant) == 1:
            return others.meant[0].id
        choices = tuple(Choice(each.id, label_of(each, catalog)) for each in others.meant or others.possible)
        if not choices and not may_go:
            text = f"{title} comes in no other color or size that is in stock, so it can only be returned."
            return refuse(Refusal(reason=Reason.OTHER_PRODUCT, text=text), draft, self._bench, record)
        choices = (*choices[:_MOST_VARIANTS], *((_OUT,) if may_go else ()))
        return ask(Detail.HOW if may_go else Detail.VARIANT, draft, choices, title, record)

    def _of_pieces(self, record: OrderRecord, pieces: list[dict[str, object]]) -> Findings:
        """The proposal for these pieces."""
        draft = self._draft
        if draft.kind is Kind.RETURN:
            change = {"items": pieces, "refund_to": self._refund_to(), "reason": draft.reason}
            return self._proposed({"order": record.order.id, **change}, record)
        to = dict(draft.swaps)
        swaps = [{**each, "new_product_id": to[str(each["product_id"])]} for each in pieces]
        reason = {"reason": draft.reason} if draft.kind is Kind.EXCHANGE else {}
        paid = {"payment_method": draft.payment}
        return self._proposed({"order": record.order.id, "swaps": swaps, **paid, **reason}, record)

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

    def _pieces(self, choices: Sequence[Choice]) -> list[dict[str, object]]:
        """The pieces that are meant: as many as were named of one item, else all of each."""
        draft = self._draft
        numbers = {choice.id: choice.number for choice in choices}
        return [
            {"product_id": id, "quantity": (draft.quantity if len(draft.items) == 1 else 0) or numbers.get(id, 1)}
            for id in draft.items
        ]

    def _refund_to(self) -> str:
        """The method that the customer wants the refund on, if the policy lets them choose."""
        return "" if self._policy.rules.return_.refund_to == (MoneyGoesTo.ORIGINAL,) else self._draft.payment

    def _proposed(self, change: dict[str, object], record: OrderRecord | None) -> Findings:
        return propose(self._draft, request_of(self._draft, change), self._task, self._bench, record)
