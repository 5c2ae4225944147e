"""Change text: a change in sentences. Every value in them is from the change itself."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.actions.change import CartLine, Change, Direction, ItemMove, MoneyMove
from assistant.actions.order_record import MoneyState, ReturnKind
from retrieval.catalog.money import Money
from retrieval.feeds.strangers import as_name


def what_sentences(change: Change) -> tuple[str, ...]:
    """The heading, and one sentence for each item, address or method that changes."""
    return (_heading(change), *_details(change))


def money_sentences(change: Change) -> tuple[str, ...]:
    """One sentence for each amount that moves: how much, where to, and when; and the new total."""
    told = [_money(move) for move in change.money]
    if change.fee is not None:
        told.append(f"A fee of {change.fee} is kept.")
    if change.total_after is not None:
        told.append(f"The order's total is then {change.total_after}.")
    if not change.money and change.cart is None and change.label is None:
        told.append("No money moves.")
    return tuple(told)


def notes(change: Change) -> tuple[str, ...]:
    """What follows from the change."""
    return ("Afterwards the order can no longer be changed or cancelled.",) if change.closes else ()


def done_sentence(change: Change) -> str:
    """What was done, in one sentence."""
    order = f"Order {change.order_id}"
    match change.kind:
        case "cancel":
            return f"{order} is cancelled."
        case "change_address":
            return f"{order} now goes to {change.address}."
        case "change_default_address":
            return f"The address of your account is now {change.address}."
        case "change_items":
            return f"The items of order {change.order_id} are changed: {_joined(change)}."
        case "change_payment":
            return f"{order} is now paid with {change.method_label}."
        case "return":
            return f"The return from order {change.order_id} is recorded: {_joined(change)}."
        case "exchange":
            return f"The exchange from order {change.order_id} is recorded: {_joined(change)}."
        case "return_label":
            return f"The label for the parcel from order {change.order_id} is ready; it goes to {_label_to(change)}."
        case _:
            return f"Your cart now has {_cart(change)}."


def _heading(change: Change) -> str:
    match change.kind:
        case "cancel":
            return f"Cancel order {change.order_id}"
        case "change_address":
            return f"Send order {change.order_id} to another address"
        case "change_default_address":
            return "Change the address of your account"
        case "change_items":
            return f"Change the items of order {change.order_id}"
        case "change_payment":
            return f"Pay for order {change.order_id} with {change.method_label}"
        case "return":
            return f"Return from order {change.order_id}"
        case "exchange":
            return f"Exchange from order {change.order_id}"
        case "return_label":
            return f"Make a return label for order {change.order_id}"
        case "add_to_cart":
            return f"Add {_goods(change)} to your cart"
        case "remove_from_cart":
            return f"Take {_goods(change)} out of your cart"
        case _:
            return f"Change your cart to {_held(change)}"


def _details(change: Change) -> Iterator[str]:
    for move in change.items if change.cart is None else ():
        yield f"{_item(move, change)}."
    if change.address is not None:
        yield f"New address: {change.address}."
        if change.address_before is not None:
            yield f"Until now: {change.address_before}."
    if change.reason:
        yield f"Reason: {change.reason}."
    if change.label is not None:
        yield f"To: {change.label.to}."
        if change.label.sender:
            yield f"From: {change.label.sender}."
    if change.cart is not None:
        yield f"Your cart then has {_cart(change)}."


def _goods(change: Change) -> str:
    """The pieces that go into the cart or out of it."""
    moved = [(move.quantity, goods) for move in change.items if (goods := move.after or move.before)]
    return (
        ", ".join(f"{quantity} × {as_name(goods.title)} ({goods.unit_price})" for quantity, goods in moved)
        or "something"
    )


def _held(change: Change) -> str:
    """The lines of the cart whose number changes, as they are then."""
    ids = {goods.product_id for move in change.items if (goods := move.after or move.before)}
    held = [line for line in change.cart or () if line.product_id in ids]
    return ", ".join(f"{line.quantity} × {as_name(line.title)} ({line.unit_price})" for line in held)


def _item(move: ItemMove, change: Change) -> str:
    count = f"{move.quantity} × " if move.quantity > 1 else ""
    if move.before is None:
        return f"{count}{as_name(move.after.title)} ({move.after.unit_price}) is added" if move.after else ""
    old = f"{count}{as_name(move.before.title)} ({move.before.unit_price})"
    if move.after is not None:
        return f"{old} becomes {as_name(move.after.title)} ({move.after.unit_price})"
    return f"{old} comes back" if change.coming_back is ReturnKind.RETURN else f"{old} is taken out"


def _joined(change: Change) -> str:
    return "; ".join(_item(move, change) for move in change.items)


def _money(move: MoneyMove) -> str:
    if move.direction is Direction.REFUND:
        return f"{move.amount} goes back to {move.label}{_when(move)}."
    return f"{move.amount} is charged to {move.label}{_when(move)}."


def _when(move: MoneyMove) -> str:
    """When it moves, as the end of a sentence."""
    if move.state is MoneyState.DONE:
        return " at once"
    back = " once the goods are back" if move.state is MoneyState.AFTER_RETURN else ""
    fewest, most = move.days
    if not most:
        return back
    span = f"within {most}" if not fewest else f"in {most}" if fewest == most else f"in {fewest} to {most}"
    return f"{back}, {span} business days" if back else f" {span} business days"


def _label_to(change: Change) -> str:
    return change.label.to if change.label else ""


def _cart(change: Change) -> str:
    return cart_text(change.cart or ())


def cart_text(lines: tuple[CartLine, ...]) -> str:
    """What is in a cart, with the price of each and of all."""
    if not lines:
        return "nothing in it"
    told = ", ".join(f"{line.quantity} × {as_name(line.title)} ({line.unit_price})" for line in lines)
    return f"{told}; together {_total(lines)}"


def _total(lines: tuple[CartLine, ...]) -> str:
    totals: dict[str, Money] = {}
    for line in lines:
        currency = line.unit_price.currency
        before = totals[currency].amount if currency in totals else 0
        totals[currency] = Money(before + line.amount, currency)
    return " and ".join(str(total) for total in totals.values())
