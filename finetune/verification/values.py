"""Values: amounts, ratings, counts, dates, codes and every other number of a sentence, each held against whom it is said of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from assistant.actions.order import Order
from assistant.reading.lines import Line, LineKind
from finetune.verification.amounts import MONEY, Sums, amount, amounts, is_price, order_amounts
from finetune.verification.finished_turn import FaultKind
from finetune.verification.numerals import NUMBER, numbers, plain, worded_measures
from finetune.verification.subjects import Subjects
from finetune.verification.turn_records import TurnRecords
from retrieval.catalog.product import Product

Said = tuple[FaultKind, str]
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_RATING = re.compile(r"(\d(?:\.\d)?)(?: out of 5\b|/5\b)")
_COUNT = re.compile(r"(\d[\d,]*) (?:ratings?|reviews?)\b")
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})\b(?:, (\d{{4}}))?")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d{2})[A-Z]{1,8}-?\d[A-Z0-9-]*\b|\b\d{7,}\b")
_ADDRESS = re.compile(r"\S+@\S+\w|https?://\S+|\bwww\.\S+|\+\d[\d ()-]{6,}\d")
_ROLES = {
    "expected": re.compile(
        r"\b(?:expected|due|arrives?|arriving|should be (?:there|with you)|estimated)\b[^.;]{0,30}$", re.IGNORECASE
    ),
    "delivered": re.compile(r"\b(?:delivered|came|arrived)\b[^.;]{0,12}$", re.IGNORECASE),
    "placed": re.compile(r"\b(?:placed|ordered)\b[^.;]{0,12}$", re.IGNORECASE),
    "refunded": re.compile(r"\brefund(?:ed)?\b[^.;]{0,20}$", re.IGNORECASE),
}
"""What right before a date says which day of an order it is."""


class ValueClaims:
    """Finds the values of a sentence that no record of the turn bears."""

    def __init__(self, records: TurnRecords, subjects: Subjects) -> None:
        self._records = records
        self._subjects = subjects
        self._sums = Sums(records)

    def faults(self, number: int, sentence: str) -> Iterator[Said]:
        """What is wrong in sentence `number` of the reply."""
        text = sentence
        checks: tuple[tuple[FaultKind, re.Pattern[str], Callable[[int, str, re.Match[str], int, int], bool]], ...] = (
            (FaultKind.CODE, _ADDRESS, self._is_address),
            (FaultKind.AMOUNT, MONEY, self._is_amount),
            (FaultKind.RATING, _RATING, self._is_rating),
            (FaultKind.RATING, _COUNT, self._is_count),
            (FaultKind.DATE, _DATE, self._is_date),
            (FaultKind.CODE, _CODE, self._is_code),
            (FaultKind.NUMBER, NUMBER, self._is_number),
        )
        for kind, pattern, holds in checks:
            found = list(pattern.finditer(text))
            for place, each in enumerate(found):
                if not holds(number, text, each, place, len(found)):
                    yield kind, each[0]
            text = pattern.sub(lambda each: " " * len(each[0]), text)
        for start, said, value in worded_measures(text):
            if not self._is_known(number, value, start, start + len(said), -1, 0):
                yield FaultKind.NUMBER, said

    def _said_of(self, number: int, found: re.Match[str], place: int, count: int) -> list[Sequence[Product]]:
        groups: list[Sequence[Product]] = [*self._subjects.of(number, found.start(), found.end(), place, count)]
        return groups or [self._records.products]

    def _is_amount(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        value, groups = amount(found), self._said_of(number, found, place, count)
        before, after = text[: found.start()], text[found.end() :]
        is_sum = self._sums.holds(value, before, after)
        if is_sum is not None:
            return is_sum
        if any(is_price(value, products, self._records, before, after) for products in groups):
            return True
        if value in set(order_amounts(self._records, self._orders_before(before))):
            return True
        if found[2] and plain(found[2]) in self._records.heard_numbers:
            return True
        return any(value in amounts(line.text) for products in groups for line in self._records.lines_of(products))

    def _is_rating(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        groups = self._said_of(number, found, place, count)
        return any(p.rating is not None and f"{p.rating:.1f}" == found[1] for products in groups for p in products)

    def _is_count(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        groups = self._said_of(number, found, place, count)
        if any(p.rating_count == int(found[1].replace(",", "")) for products in groups for p in products):
            return True
        return plain(found[1]) in self._records.heard_numbers

    def _is_date(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        if found[0].casefold() in self._records.lines_text or found[0].casefold() in self._records.heard:
            return True
        if any(_is_day(found, day, self._records) for day in self._sent_from()):
            return True
        before = text[: found.start()]
        role = next((name for name, pattern in _ROLES.items() if pattern.search(before)), "")
        of = self._orders_before(before)
        for order in self._records.orders:
            days = self._records.dates(order)
            known = {role: days[role]} if role in days else days
            if (of is None or order.id in of) and any(_is_day(found, day, self._records) for day in known.values()):
                return True
        return False

    def _sent_from(self) -> Iterator[date]:
        """The days from which what can be ordered ahead is sent."""
        for product in self._records.variants(self._records.products):
            if (moment := self._records.offer(product).ships_from) is not None:
                yield moment.date()

    def _orders_before(self, before: str) -> list[str] | None:
        """The order named last before a value, or None if none is; then every order of the turn counts."""
        named = [order.id for order in self._records.orders if order.id in before]
        last = max(named, key=before.rfind, default="")
        return [last] if last else None

    def _is_code(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        said = found[0].casefold()
        known = {code.casefold() for order in self._records.orders for code in (order.id, order.tracking)}
        return (
            said in known
            or said in self._records.heard
            or said in self._records.lines_text
            or self._is_known(number, plain(said), found.start(), found.end(), place, count)
        )

    def _is_address(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        said = found[0].casefold().rstrip(".")
        return said in self._records.lines_text or said in self._records.heard

    def _is_number(self, number: int, text: str, found: re.Match[str], place: int, count: int) -> bool:
        return self._is_known(number, plain(found[0]), found.start(), found.end(), place, count)

    def _is_known(self, number: int, value: str, start: int, end: int, place: int, count: int) -> bool:
        """True if a line or field of whom the number is said of has it, an order, or the customer."""
        if value in self._records.heard_numbers or value in self._order_numbers():
            return True
        groups: list[Sequence[Product] | None] = [*self._subjects.of(number, start, end, place, count)]
        for products in groups or [None]:
            lines = self._records.lines_of(products)
            own = self._records.products if products is None else products
            if value in numbers(" ".join([*map(_text, lines), *map(_fields, own)])):
                return True
        return False

    def _order_numbers(self) -> frozenset[str]:
        """Pieces in the orders of this turn, and days left to return one."""
        records = self._records
        found = {str(line.quantity) for order in records.orders for line in order.lines if line.quantity > 1}
        if "return days left" in records.turn.sums:
            today = records.shop.card.today
            ends = [records.dates(order).get("window") for order in _orders_that_count(records)]
            found |= {str((end - today).days) for end in ends if end and end >= today}
        return frozenset(found)


def _orders_that_count(records: TurnRecords) -> Sequence[Order]:
    """The orders of the turn; without any, all of the customer's."""
    mine = [order for order in records.shop.orders.values() if order.customer_id == records.turn.customer]
    return records.orders or mine


def _text(line: Line) -> str:
    """The words of a line, without the stars of a review, which are not what its customer says."""
    return line.text.partition(": ")[2] if line.kind is LineKind.REVIEW else line.text


def _fields(product: Product) -> str:
    quantity = "" if product.quantity is None else str(product.quantity)
    return " ".join([product.title, product.size, product.color, product.material, quantity])


def _is_day(found: re.Match[str], day: date, records: TurnRecords) -> bool:
    month, number, year = _MONTHS.index(found[1]) + 1, int(found[2]), found[3]
    said = int(year) if year else records.shop.card.today.year
    return (day.month, day.day, day.year) == (month, number, said)
