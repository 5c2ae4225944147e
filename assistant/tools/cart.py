"""cart: what is in the cart of a customer or visitor, and changes of it, which are proposed like those of orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.actions.change import CartLine
from assistant.actions.changes.goods import sold_out, variant_title
from assistant.actions.reads import checkout_link
from assistant.actions.refusal import Reason, Refusal
from assistant.dialogue.waiting import Choice, Detail, Draft, Kind, Later
from assistant.evidence.change_result import ChangeResult, Link, State
from assistant.evidence.wording import by_size
from assistant.planning.answer_form import Answer
from assistant.planning.cart_form import NamedGoods, goes_on_adding, named_goods, takes_shown
from assistant.planning.change_form import sets_quantity
from assistant.planning.choice_form import named, placed
from assistant.planning.detail_form import count_in
from assistant.planning.option_form import options_said
from assistant.planning.plan import Cart
from assistant.tools.changing import ask, propose, refuse, request_of, settle
from assistant.tools.tool import Bench, Findings, Task
from assistant.tools.variants import label_of, meant_products, narrowed, said_options
from retrieval.catalog.product import Product

_MOST_CHOICES, _MOST_LABELS = 6, 6


def cart(step: Cart, task: Task, bench: Bench) -> Findings:
    """The cart, a question for what is missing, a proposal, or what a yes or a pressed button did.

    Where nothing may be proposed, the products that are meant, so that their cards show the button.
    """
    if task.owner is None:
        return Findings(products=tuple(product.id for product in meant_products(step.of, task, bench)))
    if task.continued is not None and task.continued.answer is not Answer.NEITHER:
        return _settled(task, bench)
    if task.continued is not None and task.continued.draft.kind.is_cart:
        draft = task.continued.draft
        if draft.kind is Kind.ADD_TO_CART:
            return _with_later(_added(draft, task, bench), draft, (), task, bench)
        return _changed(draft, step, task, bench)
    if step.what in ("view", "checkout"):
        return _viewed(task, bench)
    if step.what == "add" and not (sets_quantity(task.message) and count_in(task.message)):
        draft, others = _first(step, task, bench)
        return _with_later(_added(draft, task, bench), draft, others, task, bench)
    kind = Kind.REMOVE_FROM_CART if step.what == "remove" else Kind.SET_IN_CART
    return _changed(Draft(kind, quantity=count_in(task.message)), step, task, bench)


def _viewed(task: Task, bench: Bench) -> Findings:
    lines = bench.actions.cart(task.owner) if task.owner else ()
    url = checkout_link(lines, bench.actions.cart_policy)
    links = (Link("checkout", url),) if url else ()
    return Findings(change=ChangeResult(State.CART, cart=lines, links=links))


def _settled(task: Task, bench: Bench) -> Findings:
    """What a yes or no did, with what is left to add."""
    found, waiting, continued = settle(task, bench), task.thread.waiting, task.continued
    is_of_waiting = waiting is not None and continued is not None and waiting.proposal == continued.proposal
    if waiting is None or not is_of_waiting or found.change is None:
        return found
    return replace(found, change=replace(found.change, later=waiting.later))


def _first(step: Cart, task: Task, bench: Bench) -> tuple[Draft, tuple[Later, ...]]:
    """What a message wants added first, and what else it names.

    What it takes of the products in view before it names others comes first: "add it and the strap". Else the products that it names
    count before those at the places that it names, and these before those that the plan is about.
    """
    thread, waiting, products = task.thread, task.thread.waiting, bench.catalog.products
    grammar = bench.constraints.grammar
    goods = named_goods(task.message, grammar, (*thread.shown, thread.page))
    if goods:
        groups = {_group(bench, id) for each in goods for id in each.ids}
        taken = takes_shown(task.message, grammar)
        in_view = tuple(id for id in step.of if id in products and _group(bench, id) not in groups) if taken else ()
        first, *others = (NamedGoods(in_view, count_in(taken)), *goods) if in_view else goods
        draft = Draft(Kind.ADD_TO_CART, items=first.ids, quantity=first.count)
        return draft, tuple(Later(_name_of(each.ids, bench), each.count) for each in others)
    ids = placed(task.message, thread.shown) or tuple(id for id in step.of if id in products)
    if not ids and waiting is not None and waiting.draft.kind is Kind.ADD_TO_CART:
        ids = waiting.draft.items
    return Draft(Kind.ADD_TO_CART, items=ids, quantity=count_in(task.message) or step.quantity or 0), ()


def _name_of(ids: Sequence[str], bench: Bench) -> str:
    """What these products are called: by their title if it is the same, else by their kind."""
    products = [bench.catalog.products[id] for id in ids]
    names = {each.title for each in products}, {"".join(each.category_path[-1:]) for each in products}
    return next((min(each) for each in names if len(each) == 1 and min(each)), products[0].title)


def _added(draft: Draft, task: Task, bench: Bench) -> Findings:
    products = bench.catalog.products
    items = tuple({_group(bench, id): id for id in reversed(draft.items) if id in products}.values())[::-1]
    if len(items) != 1:
        shown = items or tuple(id for id in task.thread.shown if id in products)
        return ask(
            Detail.PRODUCT, replace(draft, items=()), _product_choices([products[id] for id in shown[:_MOST_CHOICES]])
        )
    product = products[items[0]]
    if task.continued is not None and (task.continued.is_pressed or _is_settled(task, product)):
        variants = [product]
    else:
        draft = _with_said_options(draft, product, task, bench)
        variants = narrowed(product, draft.color, draft.size, task, bench)
    if len(variants) > 1:
        return _which_variant(replace(draft, items=(product.id,)), product, variants, task, bench)
    if others := _instead_of_sold_out(variants[0], task, bench):
        return _sold_out(replace(draft, items=(product.id,)), variants[0], others, task, bench)
    draft = replace(draft, items=(variants[0].id,), quantity=draft.quantity or 1)
    return _proposed(draft, task, bench)


def _with_said_options(draft: Draft, product: Product, task: Task, bench: Bench) -> Draft:
    """The draft with the color and the size of the product that the message says in the record's words: "the slate pot"."""
    variants = bench.catalog.variants(product)
    values = {field: {str(getattr(each, field)) for each in variants} - {""} for field in ("color", "size")}
    said = options_said(task.message, values)
    color, size = ([each.value for each in said if field in each.fields] for field in ("color", "size"))
    return replace(
        draft,
        color=draft.color or (color[0] if len(color) == 1 else ""),
        size=draft.size or (size[0] if len(size) == 1 else ""),
    )


def _with_later(found: Findings, draft: Draft, others: Sequence[Later], task: Task, bench: Bench) -> Findings:
    """What came of the first thing that a message wants added, and what is left to add: other things that it names, or earlier ones.

    Earlier ones are kept while the same product is spoken of, or the message goes on adding.
    """
    change, waiting, products = found.change, task.thread.waiting, bench.catalog.products
    if change is None:
        return found
    meant = {_group(bench, id) for id in (change.waiting.draft if change.waiting else draft).items if id in products}
    earlier: list[Later] = []
    if waiting is not None and waiting.draft.kind is Kind.ADD_TO_CART:
        open_ids = [id for id in waiting.draft.items if id in products]
        is_other = meant.isdisjoint(_group(bench, id) for id in open_ids)
        goes_on = goes_on_adding(task.message)
        if goes_on and meant and open_ids and is_other:
            earlier.append(Later(_name_of(open_ids, bench), waiting.draft.quantity))
        if goes_on or task.continued is not None or not is_other:
            earlier.extend(waiting.later)
    named = {products[id].title for id in draft.items if len(draft.items) == 1 and id in products}
    later = tuple({each.name: each for each in (*earlier[::-1], *others[::-1]) if each.name not in named}.values())[
        ::-1
    ]
    if not later:
        return found
    left = replace(change.waiting, later=later) if change.waiting else None
    return replace(found, change=replace(change, later=later, waiting=left))


def _product_choices(products: Sequence[Product]) -> tuple[Choice, ...]:
    """One choice for each product, named by its title; products with the same title also show color and size, or else the price."""
    texts = [each.title for each in products]
    for told in (variant_title, lambda each: f"{variant_title(each)}, {each.current_price}"):
        counts = Counter(texts)
        texts = [told(each) if counts[text] > 1 else text for each, text in zip(products, texts, strict=True)]
    return tuple(
        Choice(each.id, text, also=f"{each.color} {each.size}") for each, text in zip(products, texts, strict=True)
    )


def _instead_of_sold_out(product: Product, task: Task, bench: Bench) -> tuple[Product, ...]:
    """The variants that can be had where the one that is meant is sold out; () if it is not."""
    can_be_had = [each for each in bench.catalog.variants(product) if _can_be_had(each, task)]
    return () if product in can_be_had else tuple(can_be_had)


def _can_be_had(product: Product, task: Task) -> bool:
    offer = product.offer_at(task.moment)
    return offer.is_available or offer.can_be_ordered_later


def _sold_out(draft: Draft, product: Product, others: Sequence[Product], task: Task, bench: Bench) -> Findings:
    """That the variant that is meant is sold out, and the question for one of the `others`, those in the said color or size first."""
    said = said_options(task.message, bench.catalog.variants(product), bench)
    is_color, is_size = bool(said.color or draft.color), bool(said.size or draft.size)
    alike = [
        each for each in others if (is_color and each.color == product.color) or (is_size and each.size == product.size)
    ]
    asked = _ask_variant(replace(draft, color="", size=""), product, alike or others, bench)
    why = Refusal(reason=Reason.OUT_OF_STOCK, text=sold_out(product))
    return replace(asked, change=replace(asked.change, refusal=why) if asked.change else None)


def _is_settled(task: Task, product: Product) -> bool:
    """Whether the customer has just chosen this very variant from a list."""
    waiting = task.thread.waiting
    if task.continued is None or waiting is None or waiting.detail is not Detail.VARIANT:
        return False
    return product.id in {choice.id for choice in waiting.choices}


def _which_variant(draft: Draft, product: Product, variants: Sequence[Product], task: Task, bench: Bench) -> Findings:
    """The question for color or size: by the variants themselves if they are few, else one property at a time."""
    can_be_had = [each for each in variants if _can_be_had(each, task)] or list(variants)
    if len(can_be_had) == 1:
        only = replace(draft, items=(can_be_had[0].id,), quantity=draft.quantity or 1)
        return _proposed(only, task, bench)
    return _ask_variant(draft, product, can_be_had, bench)


def _ask_variant(draft: Draft, product: Product, can_be_had: Sequence[Product], bench: Bench) -> Findings:
    """The question for one of these variants if they are few, else for their size or color."""
    sizes, colors = by_size(_distinct(each.size for each in can_be_had)), _distinct(each.color for each in can_be_had)
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
        return _with_later(_added(again, task, bench), again, (), task, bench)
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
