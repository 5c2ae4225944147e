"""Goals: what the customer of a recorded task wants done, one goal for each action that changes something, and how they would name its parts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.actions.address import Address
from assistant.actions.change import Change
from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.actions.retail_world import RetailWorld, address_of
from assistant.dialogue.waiting import Kind
from finetune.retail.phrasings import Phrasings
from finetune.retail.rules import READS
from finetune.retail.task import RetailTask
from retrieval.catalog.product import Product

_OWN_FIELDS = ("color", "size", "material", "brand")
_KINDS = {
    "cancel_pending_order": Kind.CANCEL,
    "modify_pending_order_address": Kind.CHANGE_ADDRESS,
    "modify_user_address": Kind.CHANGE_DEFAULT_ADDRESS,
    "modify_pending_order_items": Kind.CHANGE_ITEMS,
    "modify_pending_order_payment": Kind.CHANGE_PAYMENT,
    "return_delivered_order_items": Kind.RETURN,
    "exchange_delivered_order_items": Kind.EXCHANGE,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """One change that a customer wants. `swaps` are pairs of product ids; the second is "" where something goes back for money."""

    kind: Kind
    order: str = ""
    swaps: tuple[tuple[str, str], ...] = ()
    method: str = ""
    reason: str = ""
    address: Address | None = None

    def missing_from(self, change: Change) -> Counter[tuple[str, str]]:
        """The items of this goal that a change which was shown leaves out."""
        return Counter(self.swaps) - _moved(change)

    def is_met_by(self, change: Change) -> bool:
        """True if a customer who reads the change carefully finds exactly what they want, but for who pays."""
        return (
            change.kind == self.kind.value
            and change.order_id == self.order
            and _moved(change) == Counter(self.swaps)
            and (change.reason.casefold() or self.reason) == self.reason
            and (self.address is None or change.address == self.address)
        )

    def pays_wrong(self, change: Change, paid_with: str) -> bool:
        """True if money would move with another method than wanted. `paid_with` is what paid the order, which "" in a change means."""
        if not self.method:
            return False
        moved = {move.method_id for move in change.money}
        return (change.method_id or paid_with) != self.method and moved != {self.method}


def goals_of(task: RetailTask) -> Iterator[Goal]:
    """The goals of a task in the order of its recorded actions."""
    for action in task.actions:
        values = action.values
        if action.name in READS:
            continue
        old = list(values.get("item_ids", ()))
        new = list(values.get("new_item_ids", ())) or [""] * len(old)
        yield Goal(
            kind=_KINDS[action.name],
            order=str(values.get("order_id", "")),
            swaps=tuple(zip(old, new, strict=True)),
            method=str(values.get("payment_method_id", "")),
            reason=str(values.get("reason", "")),
            address=address_of(values) if "address1" in values else None,
        )


class Naming:
    """How one customer names products, options and payment methods, with words drawn from `say`."""

    def __init__(
        self, world: RetailWorld, methods: Mapping[str, PaymentMethod], say: Phrasings, chance: random.Random
    ) -> None:
        self._world, self._methods, self._say, self._chance = world, methods, say, chance

    def item(self, product_id: str, order: str, *, fully: bool = False) -> str:
        """An item of an order: "the desk lamp"; with options where the order has several of that name, or where told `fully`."""
        product = self._world.products[product_id]
        held = [self._world.products[each.product_id] for each in self._world.orders[order].items]
        alike = [each for each in held if each.title == product.title]
        others = [each for each in alike if each.id != product.id]
        name = product.title.lower() if not product.title.isupper() else product.title
        if not others:
            return f"{self._chance.choice(('the', 'my'))} {name}" if not fully else f"the {name}"
        own = options_of(product)
        telling = [value for field, value in own.items() if any(options_of(o).get(field) != value for o in others)]
        return f"the {name} ({', '.join(telling)})" if fully else f"the {' '.join(telling[:2])} {name}"

    def items(self, ids: Sequence[str], order: str) -> str:
        """Several items: "the desk lamp and my kettle"; sometimes "everything" for all of an order."""
        held = Counter(each.product_id for each in self._world.orders[order].items)
        if len(ids) > 1 and Counter(ids) == held and self._chance.random() < 0.3:
            return self._say("several.all")
        return self._joined([self._counted(id, count, order) for id, count in Counter(ids).items()])

    def swaps(self, swaps: Sequence[tuple[str, str]], order: str) -> str:
        """Items with what takes their place: "the lamp for the red one and the kettle for one with 2L"."""
        return self._joined([self._swap(old, new, order) for old, new in swaps])

    def options(self, old: str, new: str) -> str:
        """What the new variant has that the old one has not: "red, 2L"; that it is the same, where it is."""
        mine, theirs = options_of(self._world.products[old]), options_of(self._world.products[new])
        differing = {field: value for field, value in theirs.items() if mine.get(field) != value}
        if not differing:
            return self._say("same")
        return self._list_of([_spoken(field, value) for field, value in differing.items()])

    def method(self, method_id: str) -> str:
        """A payment method, by what sets it apart: "my PayPal account", "the Visa card ending in 4242"."""
        method = self._methods[method_id]
        if method.kind is not PaymentKind.CARD:
            return self._say(f"methods.{method.kind.value}")
        cards = [each for each in self._methods.values() if each.kind is PaymentKind.CARD]
        brand, _, digits = method.label.partition(" ending in ")
        name = "only_card" if len(cards) == 1 else "card"
        said = self._say(f"methods.{name}", label=method.label, brand=brand, digits=digits)
        is_shared = sum(each.label.startswith(brand) for each in cards) > 1
        return said if digits in said or not is_shared else f"{said} ending in {digits}"

    def _swap(self, old: str, new: str, order: str) -> str:
        name, options = self.item(old, order), self.options(old, new)
        return self._say("swapping", old=name, options=options) if old != new else f"{name} for {options}"

    def _counted(self, id: str, count: int, order: str) -> str:
        """All pieces of a product that are meant, with their number where there are several."""
        return self.item(id, order) if count == 1 else f"{count} of {self.item(id, order)}"

    def _joined(self, parts: Sequence[str]) -> str:
        if len(parts) == 1:
            return parts[0]
        *many, last = parts
        return self._say("several.joins", many=", ".join(many), last=last)

    def _list_of(self, parts: Sequence[str]) -> str:
        *many, last = parts
        return f"{', '.join(many)} and {last}" if many and self._chance.random() < 0.5 else ", ".join(parts)


def options_of(product: Product) -> dict[str, str]:
    """The options of a variant by their names."""
    own = {field: str(getattr(product, field)) for field in _OWN_FIELDS if getattr(product, field)}
    return own | {name: str(value) for name, value in product.attributes.items()}


def _moved(change: Change) -> Counter[tuple[str, str]]:
    moved: Counter[tuple[str, str]] = Counter()
    for move in change.items:
        pair = (move.before.product_id if move.before else "", move.after.product_id if move.after else "")
        moved[pair] += move.quantity
    return moved


def _spoken(field: str, value: str) -> str:
    """An option as people say it: "water resistant" has no value of its own to say."""
    name = field.replace("_", " ")
    if value.casefold() in ("yes", "no", "none"):
        return f"{'with' if value.casefold() == 'yes' else 'without'} {name}"
    return f"{name} {value}" if field == "size" or value.isdecimal() else value
