"""Amounts: money that a reply says, worked out again from the records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, product

from finetune.verification.numerals import worded
from finetune.verification.turn_records import TurnRecords
from retrieval.catalog.product import Product

MONEY = re.compile(
    r"(?:CA\$|A\$|[$€£¥₹])\s?(\d[\d,]*(?:\.\d+)?)"
    r"|(?<![\d.,])(\d[\d,]*(?:\.\d+)?) ?(?:USD|EUR|GBP|CHF|CAD|AUD|JPY|INR|dollars?|euros?|pounds?)\b",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:was|were|from|instead of|in place of|before|regular|regularly|normally|usually|used to|originally|old price|list price|full|not)\b"
    r"(?:[^.!?]|\.(?=\d)){0,40}$",
    re.IGNORECASE,
)
_OLD_AFTER = re.compile(r"^\S*\s+(?:before|until now|originally|usually|normally)\b", re.IGNORECASE)
_SAVING = re.compile(
    r"\b(?:sav\w*|off|less|reduc\w*|cheaper|down|lower|cut|knocked|keep|discount\w*|differen\w*)\b", re.IGNORECASE
)
_LOWEST = re.compile(r"\bfrom $", re.IGNORECASE)
_AROUND = 45
"""Letters before and after an amount in which "you save" or "off" makes it a saving."""
_CUES = (
    (
        re.compile(
            r"\bleav\w+ (?:you )?(?:with )?#|#(?: is| are)? (?:left|to spare|remain\w*|stays?|of your|of the|to the good)\b",
            re.IGNORECASE,
        ),
        ("left of budget",),
    ),
    (
        re.compile(r"# (?:more|less|cheaper|dearer|apart|missing|short|away)\b", re.IGNORECASE),
        ("to free shipping", "difference"),
    ),
    (
        re.compile(
            r"\b(?:together|comes? to|makes?|in all|in total|total|altogether|for (?:the )?(?:pair|two|three|both|all))\b[^.;,]*#"
            r"|#,?\s(?:together|in all|in total|altogether|for (?:the )?(?:pair|two|three|both|all))\b",
            re.IGNORECASE,
        ),
        ("total", "total with shipping"),
    ),
)
"""Words near a sum that say of which kind it is; the sum itself is the sign #."""
_PRICE_PLACE = re.compile(r"[\ue000-\uf8ff](?: in [\w./ ]{1,20})?(?:,| at| is| costs| for| \()\s*$")
"""Right after a name an amount is a price."""
_NEAR_SUM = 28
_MOST_PRODUCTS = 4
"""Products of the turn whose baskets are tried."""
_MOST_OF_SEVERAL, _MOST_PIECES = 6, 200
"""Pieces that a customer may name, of each of several products and of one, without the number being taken for a price."""


def amounts(text: str) -> frozenset[Decimal]:
    """Every amount of money in `text`."""
    return frozenset(amount(found) for found in MONEY.finditer(text))


def amount(found: re.Match[str]) -> Decimal:
    """The amount that a match of `MONEY` says."""
    return Decimal((found[1] or found[2]).replace(",", ""))


def is_price(value: Decimal, products: Iterable[Product], records: TurnRecords, before: str, after: str) -> bool:
    """True if one of `products` costs `value`, or did, or saves it, or comes "from" it, as the words around it say."""
    for each in products:
        now, once = records.price(each), each.price.amount
        is_old = bool(_OLD.search(before) or _OLD_AFTER.search(after))
        if value == now or (value == once and is_old):
            return True
        if value == once - now and _SAVING.search(before[-_AROUND:] + after[:_AROUND]):
            return True
        if _LOWEST.search(before) and value == _lowest(each, records):
            return True
    return False


def _lowest(product: Product, records: TurnRecords) -> Decimal:
    """The lowest price of the variants of a product that can be had, of all if none can."""
    offers = [records.offer(each) for each in records.variants([product])]
    had = [offer for offer in offers if offer.is_available or offer.can_be_ordered_later] or offers
    return min(offer.price.amount for offer in had)


class Sums:
    """Everything that the sums of a turn may come to, by their kind.

    Baskets hold its products and at most two that came up before, in quantities that the customer or the reply names.
    """

    def __init__(self, records: TurnRecords) -> None:
        self._kinds = records.turn.sums
        self._values = {kind: frozenset(_values(kind, records)) for kind in self._kinds}

    def holds(self, value: Decimal, before: str, after: str) -> bool | None:
        """True or false if the words around say that `value` is a sum, and of which kind; None if they do not."""
        if not self._kinds:
            return None
        around = before[-_NEAR_SUM:] + "#" + after[:_NEAR_SUM]
        for cue, kinds in _CUES:
            if cue.search(around) and (named := set(kinds) & set(self._kinds)):
                return any(value in self._values[kind] for kind in named)
        if _PRICE_PLACE.search(before):
            return None
        return any(value in values for values in self._values.values()) or None


def _values(kind: str, records: TurnRecords) -> Iterable[Decimal]:
    card, totals = records.shop.card, _totals(records)
    if kind == "total":
        return totals - {records.price(each) for each in records.products} or totals
    if kind == "difference":
        prices = [records.price(each) for each in records.products]
        return {abs(first - second) for first, second in combinations(prices, 2)}
    if kind == "left of budget":
        budgets = {Decimal(number) for number in records.heard_numbers if re.fullmatch(r"\d+(?:\.\d+)?", number)}
        if records.turn.limits.budget is not None:
            budgets.add(records.turn.limits.budget)
        return {budget - spent for budget in budgets for spent in totals if budget >= spent}
    free = card.free_from
    if kind == "total with shipping":
        return {total if free is not None and total >= free else total + card.ship_fee for total in totals}
    if kind == "to free shipping" and free is not None:
        return {max(free - total, Decimal(0)) for total in totals}
    return ()


def _totals(records: TurnRecords) -> frozenset[Decimal]:
    said = records.heard_numbers | {number for _, _, number in worded(records.turn.reply)}
    named = {int(number) for number in said if number.isdigit() and 0 < int(number) <= _MOST_PIECES}
    few = sorted({1, 2} | {count for count in named if count <= _MOST_OF_SEVERAL})
    prices = [records.price(each) for each in records.products][:_MOST_PRODUCTS]
    spent = {_spent(prices, basket) for basket in product(*([0, *few] for _ in prices))}
    before = [records.price(each) for each in records.earlier if each not in records.products]
    added = {Decimal(0), *before, *(first + second for first, second in combinations(before, 2))}
    alone = {price * count for price in [*prices, *before] for count in named}
    return frozenset({one + other for one in spent for other in added} | alone) - {Decimal(0)}


def _spent(prices: Sequence[Decimal], basket: Sequence[int]) -> Decimal:
    return sum((price * count for price, count in zip(prices, basket, strict=True)), Decimal(0))


def order_amounts(records: TurnRecords, ids: Sequence[str] | None) -> Iterator[Decimal]:
    """The totals, fees and prices of the orders with these ids; of all orders of the turn if `ids` is None."""
    for order in records.orders:
        if ids is None or order.id in ids:
            yield order.total.amount
            if order.shipping is not None:
                yield order.shipping.amount
            for line in order.lines:
                yield line.unit_price.amount
                yield line.unit_price.amount * line.quantity
