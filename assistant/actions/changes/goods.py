"""Goods: which lines of an order a request means, and which products of the catalog may take their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.actions.change import Goods, ItemMove
from assistant.actions.changes.refused import Refused
from assistant.actions.order import OrderLine
from assistant.actions.order_record import OrderRecord
from assistant.actions.refusal import Reason
from assistant.actions.requests import Pieces, Swap
from assistant.actions.situation import Situation
from retrieval.catalog.product import Product
from retrieval.feeds.strangers import as_name, with_article


@dataclass(frozen=True, slots=True)
class Taken:
    """`quantity` pieces of a line, with its number from 1."""

    number: int
    line: OrderLine
    quantity: int

    @property
    def goods(self) -> Goods:
        """What is taken."""
        return Goods(product_id=self.line.product_id, title=self.line.title, unit_price=self.line.unit_price)


class Pile:
    """The pieces of an order that are still there to take: those that come back already are not."""

    def __init__(self, record: OrderRecord) -> None:
        self._record = record
        self._left = {
            number: line.quantity - record.returned.get(number, 0) for number, line in enumerate(record.order.lines, 1)
        }

    @property
    def is_empty(self) -> bool:
        """True if every piece was taken."""
        return not any(self._left.values())

    def take(self, wanted: Pieces) -> Iterator[Taken]:
        """Pieces of the product, line by line. Raises Refused if the order has fewer."""
        missing = wanted.quantity
        for number, line in enumerate(self._record.order.lines, 1):
            count = min(missing, self._left[number]) if line.product_id == wanted.product_id else 0
            if count > 0:
                self._left[number] -= count
                missing -= count
                yield Taken(number, line, count)
        if missing:
            text = f"Order {self._record.order.id} does not have {wanted.quantity} of {wanted.product_id} to change."
            raise Refused(Reason.NO_SUCH_ITEM, text)


def swapped(swaps: Iterable[Swap], pile: Pile, situation: Situation, only_options: bool) -> list[ItemMove]:
    """One move for each line that `swaps` mean. Raises Refused for what cannot take their place."""
    moves = []
    for swap in swaps:
        for taken in pile.take(swap):
            after = _replacement(taken, swap, situation, only_options) if swap.new_product_id else None
            moves.append(ItemMove(line=taken.number, quantity=taken.quantity, before=taken.goods, after=after))
    _check_stock(moves, situation)
    return moves


def added(pieces: Sequence[Pieces], currency: str, situation: Situation) -> list[ItemMove]:
    """Moves that add products to an order. Raises Refused for what is not sold."""
    moves = [
        ItemMove(line=0, quantity=each.quantity, after=_goods(_sold(each.product_id, currency, situation), situation))
        for each in pieces
    ]
    _check_stock(moves, situation)
    return moves


def _replacement(taken: Taken, swap: Swap, situation: Situation, only_options: bool) -> Goods:
    new = _sold(swap.new_product_id, taken.line.unit_price.currency, situation)
    old = situation.product(taken.line.product_id)
    if only_options and not _are_variants(old, new):
        text = f"{as_name(new.title)} is another product than {as_name(taken.line.title)}; only another variant of the same can be taken."
        raise Refused(Reason.OTHER_PRODUCT, text)
    goods = _goods(new, situation)
    told = ", ".join(_differing(old, new)) if old is not None and _are_variants(old, new) else ""
    return goods.model_copy(update={"title": f"{goods.title}, {told}"}) if told else goods


def _differing(old: Product, new: Product) -> Iterator[str]:
    """The options of a variant besides color and size that the old one does not have."""
    for name, value in {"material": new.material, "brand": new.brand, **new.facts}.items():
        before = getattr(old, name, "") if name in ("material", "brand") else old.attributes.get(name, "")
        if value and value != before:
            yield f"{name.replace('_', ' ')}: {value}" if value.casefold() in ("yes", "no", "none") else value


def _are_variants(old: Product | None, new: Product) -> bool:
    if old is None:
        return False
    return old.id == new.id or (bool(old.item_group_id) and old.item_group_id == new.item_group_id)


def _sold(product_id: str, currency: str, situation: Situation) -> Product:
    found = situation.product(product_id)
    if found is None or found.price.currency != currency:
        raise Refused(Reason.NO_SUCH_PRODUCT, f"The shop has no product {product_id}.")
    if not found.offer_at(situation.now).is_available:
        raise Refused(Reason.OUT_OF_STOCK, f"{as_name(variant_title(found))} is not in stock.")
    return found


def _goods(product: Product, situation: Situation) -> Goods:
    return Goods(product_id=product.id, title=variant_title(product), unit_price=product.offer_at(situation.now).price)


def variant_title(product: Product) -> str:
    """The title with color and size, where it does not say them itself."""
    return ", ".join((product.title, *_untold_options(product)))


def stock_left(product: Product) -> str:
    """How many pieces of a product the shop has: "We only have 1 Rain Jacket in navy, M left."."""
    options = ", ".join(_untold_options(product))
    of_variant = f" in {options}" if options else ""
    if not product.quantity:
        return f"{as_name(variant_title(product))} is not in stock."
    count = f"{product.quantity} of the" if product.quantity > 1 else "1"
    return f"We only have {count} {as_name(product.title)}{of_variant} left."


def sold_out(product: Product) -> str:
    """That a variant is sold out: "The Terrace Pot in Slate is sold out."."""
    options = ", ".join(_untold_options(product))
    name = with_article(as_name(product.title))
    return f"{name[:1].upper()}{name[1:]}{f' in {options}' if options else ''} is sold out."


def _untold_options(product: Product) -> tuple[str, ...]:
    """Color and size, where the title does not say them."""
    values = (value for value in (product.color, product.size) if value)
    return tuple(
        value for value in values if not re.search(rf"(?<!\w){re.escape(value)}(?!\w)", product.title, re.IGNORECASE)
    )


def _check_stock(moves: Iterable[ItemMove], situation: Situation) -> None:
    """Raises Refused if more pieces of a product are wanted than the shop has, where it counts them."""
    wanted: dict[str, int] = {}
    for move in moves:
        if move.after is not None:
            wanted[move.after.product_id] = wanted.get(move.after.product_id, 0) + move.quantity
    for product_id, quantity in wanted.items():
        product = situation.product(product_id)
        if product is not None and product.quantity is not None and product.quantity < quantity:
            raise Refused(Reason.OUT_OF_STOCK, stock_left(product))
