"""The cart: adding, changing how many, taking out."""

from __future__ import annotations

from datetime import datetime

from assistant.actions.change import CartLine, Change, Goods, ItemMove
from assistant.actions.changes.goods import stock_left, variant_title
from assistant.actions.changes.refused import Refused
from assistant.actions.refusal import Reason
from assistant.actions.requests import AddToCart, CartRequest, RemoveFromCart
from assistant.actions.situation import Situation
from retrieval.catalog.product import Product
from retrieval.feeds.strangers import as_name


def cart_change(request: CartRequest, situation: Situation) -> Change:
    """What is added or taken out, and the cart as it is then. Raises Refused for what is not sold, or more than may be bought."""
    held = {line.product_id: line for line in situation.cart}
    before = held.get(request.product_id)
    if isinstance(request, RemoveFromCart):
        if before is None:
            raise Refused(Reason.NO_SUCH_ITEM, "That is not in your cart.")
        held.pop(request.product_id)
    else:
        quantity = request.quantity + (before.quantity if before and isinstance(request, AddToCart) else 0)
        if before and before.quantity == quantity:
            raise Refused(
                Reason.NOTHING_CHANGES, f"There are {quantity} of {as_name(before.title)} in your cart already."
            )
        held[request.product_id] = _line(request.product_id, quantity, situation)
    return Change(kind=request.kind, items=(_move(before, held.get(request.product_id)),), cart=tuple(held.values()))


def _move(before: CartLine | None, after: CartLine | None) -> ItemMove:
    """The pieces by which a line of the cart grows or shrinks."""
    count = (after.quantity if after else 0) - (before.quantity if before else 0)
    line = after or before
    if line is None:
        raise AssertionError("a request changes one line")
    goods = Goods(product_id=line.product_id, title=line.title, unit_price=line.unit_price)
    if count > 0:
        return ItemMove(line=0, quantity=count, after=goods)
    return ItemMove(line=0, quantity=-count, before=goods)


def _line(product_id: str, quantity: int, situation: Situation) -> CartLine:
    product = situation.product(product_id)
    if product is None:
        raise Refused(Reason.NO_SUCH_PRODUCT, f"The shop has no product {product_id}.")
    offer, most = product.offer_at(situation.now), situation.policy.rules.cart.most
    if not (offer.is_available or offer.can_be_ordered_later):
        raise Refused(Reason.OUT_OF_STOCK, f"{as_name(variant_title(product))} is not in stock.")
    if quantity > most:
        raise Refused(Reason.TOO_MANY, f"Of one product, at most {most} can be in the cart.")
    if offer.is_available and product.quantity is not None and quantity > product.quantity:
        raise Refused(Reason.OUT_OF_STOCK, stock_left(product))
    return cart_line(product, quantity, situation.now)


def cart_line(product: Product, quantity: int, now: datetime) -> CartLine:
    """`quantity` pieces of `product` at the price of `now`."""
    price = product.offer_at(now).price
    return CartLine(product_id=product.id, title=variant_title(product), quantity=quantity, unit_price=price)
