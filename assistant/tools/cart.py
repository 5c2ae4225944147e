"""cart: what is in the cart of a customer or visitor, and changes of it, which are proposed like those of orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.actions.change import CartLine
from assistant.actions.reads import checkout_link
from assistant.actions.refusal import Reason, Refusal
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind
from assistant.evidence.change_result import ChangeResult, Link, State
from assistant.planning.answer_form import Answer
from assistant.planning.change_form import sets_quantity
from assistant.planning.choice_form import named, placed
from assistant.planning.detail_form import quantity_in
from assistant.planning.plan import Cart
from assistant.tools.changing import ask, propose, refuse, request_of, settle
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import label_of, meant_products, narrowed
from retrieval.catalog.product import Product

_MOST_CHOICES, _MOST_LABELS = 6, 6


def cart(step: Cart, task: Task, bench: Bench) -> Findings:
    """The cart, a question for what is missing, a proposal, or what a yes or a pressed button did.

    Where nothing may be proposed, the products that are meant, so that their cards show the button.
    """
    if task.owner is None:
        return Findings(products=tuple(product.id for product in meant_products(step.of, task, bench)))
    if task.continued is not None and task.continued.answer is not Answer.NEITHER:
        return settle(task, bench)
    if task.continued is not None and task.continued.draft.kind.is_cart:
        draft = task.continued.draft
        return _added(draft, task, bench) if draft.kind is Kind.ADD_TO_CART else _changed(draft, step, task, bench)
    if step.what in ("view", "checkout"):
        return _viewed(task, bench)
    if step.what == "add" and not (sets_quantity(task.message) and quantity_in(task.message)):
        return _added(_first(step, task, bench), task, bench)
    kind = Kind.REMOVE_FROM_CART if step.what == "remove" else Kind.SET_IN_CART
    return _changed(Draft(kind, quantity=quantity_in(task.message)), step, task, bench)


def _viewed(task: Task, bench: Bench) -> Findings:
    lines = bench.actions.cart(task.owner) if task.owner else ()
    url = checkout_link(lines, bench.actions.cart_policy)
    links = (Link("checkout", url),) if url else ()
    return Findings(change=ChangeResult(State.CART, cart=lines, links=links))


def _first(step: Cart, task: Task, bench: Bench) -> Draft:
    """What a message wants added: the products at the places that it names, else those that the plan is about."""
    waiting = task.thread.waiting
    ids = placed(task.message, task.thread.shown) or tuple(id for id in step.of if id in bench.catalog.products)
    if not ids and waiting is not None and waiting.draft.kind is Kind.ADD_TO_CART:
        ids = waiting.draft.items
    return Draft(Kind.ADD_TO_CART, items=ids, quantity=quantity_in(task.message))


def _added(draft: Draft, task: Task, bench: Bench) -> Findings:
    products = bench.catalog.products
    items = tuple(id for id in draft.items if id in products)
    if len(items) != 1:
        shown = items or tuple(id for id in task.thread.shown if id in products)
        choices = tuple(Choice(id, products[id].title) for id in shown[:_MOST_CHOICES])
        return ask(Detail.PRODUCT, replace(draft, items=()), choices)
    product = products[items[0]]
    if task.continued is not None and (task.continued.is_pressed or _is_settled(task, product)):
        variants = [product]
    else:
        variants = narrowed(product, draft.color, draft.size, task, bench)
    if len(variants) > 1:
        return _which_variant(replace(draft, items=(product.id,)), product, variants, task, bench)
    draft = replace(draft, items=(variants[0].id,), quantity=draft.quantity or 1)
    return _proposed(draft, task, bench)


def _is_settled(task: Task, product: Product) -> bool:
    """Whether the customer has just chosen this very variant from a list."""
    waiting = task.thread.waiting
    chosen = task.continued.draft.items if task.continued else ()
    return waiting is not None and waiting.detail is Detail.VARIANT and chosen == (product.id,) != waiting.draft.items


def _which_variant(draft: Draft, product: Product, variants: Sequence[Product], task: Task, bench: Bench) -> Findings:
    """The question for color or size: by the variants themselves if they are few, else one property at a time."""
    offers = [(each, each.offer_at(task.moment)) for each in variants]
    can_be_had = [each for each, offer in offers if offer.is_available or offer.can_be_ordered_later] or list(variants)
    if len(can_be_had) == 1:
        only = replace(draft, items=(can_be_had[0].id,), quantity=draft.quantity or 1)
        return _proposed(only, task, bench)
    sizes, colors = _distinct(each.size for each in can_be_had), _distinct(each.color for each in can_be_had)
    draft = replace(  # what was said of color or size is kept for the next message
        draft, size=sizes[0] if len(sizes) == 1 else draft.size, color=colors[0] if len(colors) == 1 else draft.color
    )
    if len(can_be_had) <= _MOST_LABELS:
        choices = tuple(Choice(each.id, label_of(each, bench.catalog)) for each in can_be_had)
        return ask(Detail.VARIANT, draft, choices, product.title)
    detail, values = (Detail.SIZE, sizes) if len(sizes) > 1 else (Detail.COLOR, colors)
    return ask(detail, draft, tuple(Choice(value, value) for value in values), product.title)


def _changed(draft: Draft, step: Cart, task: Task, bench: Bench) -> Findings:
    """Another number of something that is in the cart, or nothing of it."""
    lines = bench.actions.cart(task.owner) if task.owner else ()
    if draft.kind is Kind.SET_IN_CART and (again := _of_unconfirmed(draft, lines, task)):
        return _added(again, task, bench)
    if not lines:
        return refuse(Refusal(reason=Reason.NO_SUCH_ITEM, text="Your cart is empty."), draft, bench)
    choices = tuple(Choice(line.product_id, line.title, line.quantity) for line in lines)
    line = _meant(draft, step, lines, choices, task, bench)
    if line is None:
        return ask(Detail.PRODUCT, draft, choices[:_MOST_CHOICES])
    draft = replace(draft, items=(line.product_id,))
    if draft.kind is Kind.REMOVE_FROM_CART and 0 < draft.quantity < line.quantity:
        draft = replace(draft, kind=Kind.SET_IN_CART, quantity=line.quantity - draft.quantity)
    if draft.kind is Kind.SET_IN_CART and not draft.quantity:
        numbers = tuple(Choice(str(number), str(number)) for number in range(1, _MOST_CHOICES - 1))
        return ask(Detail.QUANTITY, draft, numbers, line.title)
    return _proposed(draft, task, bench)


def _proposed(draft: Draft, task: Task, bench: Bench) -> Findings:
    """The proposal; if more pieces are wanted than there are, that of those left, with the reason."""
    found = _asked_for(draft, task, bench)
    refusal, left = found.change.refusal if found.change else None, _left(draft, task, bench)
    if refusal is None or refusal.reason is not Reason.OUT_OF_STOCK or not 0 < left < draft.quantity:
        return found
    less = _asked_for(replace(draft, quantity=left), task, bench)
    if less.change is None or less.change.proposal is None:
        return found
    return replace(less, change=replace(less.change, refusal=refusal))


def _asked_for(draft: Draft, task: Task, bench: Bench) -> Findings:
    values: dict[str, object] = {"product_id": draft.items[0]}
    if draft.kind is not Kind.REMOVE_FROM_CART:
        values["quantity"] = draft.quantity
    return propose(draft, request_of(draft, values), task, bench)


def _left(draft: Draft, task: Task, bench: Bench) -> int:
    """How many pieces of the product can still go into the cart, 0 if the shop does not count them."""
    product = bench.catalog.products.get(draft.items[0])
    count = product.quantity if product is not None else None
    held = 0
    if task.owner and draft.kind is Kind.ADD_TO_CART:
        held = sum(line.quantity for line in bench.actions.cart(task.owner) if line.product_id == draft.items[0])
    return max((count or 0) - held, 0)


def _of_unconfirmed(draft: Draft, lines: Sequence[CartLine], task: Task) -> Draft | None:
    """The product that was just proposed for the cart, in the number that is named now: "make it 3"."""
    waiting = task.thread.waiting
    if waiting is None or waiting.draft.kind is not Kind.ADD_TO_CART or not waiting.draft.items:
        return None
    is_held = any(line.product_id in waiting.draft.items for line in lines)
    return None if is_held else replace(waiting.draft, quantity=draft.quantity or waiting.draft.quantity)


def _meant(
    draft: Draft, step: Cart, lines: Sequence[CartLine], choices: Sequence[Choice], task: Task, bench: Bench
) -> CartLine | None:
    """The line of the cart that is meant: named, spoken of last, or the only one."""
    if len(lines) == 1:
        return lines[0]
    found = draft.items or tuple(choice.id for choice in named(task.message, choices))
    if len(found) != 1:
        groups = {_group(bench, id) for id in step.of}
        found = tuple(line.product_id for line in lines if _group(bench, line.product_id) in groups)
    return next((line for line in lines if line.product_id == found[0]), None) if len(found) == 1 else None


def _group(bench: Bench, id: str) -> str:
    product = bench.catalog.products.get(id)
    return (product.item_group_id or id) if product else id


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
