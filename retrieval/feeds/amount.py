"""Amount: money as feeds of many countries write it, "USD 1,049.50", "12,99 €", 9.99. Doubtful amounts are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from retrieval.catalog.money import Money
from retrieval.feeds.text import clean
from retrieval.feeds.values import read_number, shown

_SIGNS = {
    "US$": "USD", "$US": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "R$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB",
    "₴": "UAH", "ZŁ": "PLN", "KČ": "CZK", "₫": "VND", "₪": "ILS", "FR": "CHF", "SFR": "CHF", "RS": "INR", "FT": "HUF", "LEI": "RON",
    "ЛВ": "BGN", "РУБ": "RUB", "ГРН": "UAH", "RM": "MYR", "RP": "IDR", "₱": "PHP", "฿": "THB", "MX$": "MXN", "円": "JPY", "元": "CNY",
    "₦": "NGN", "R": "ZAR",
}  # fmt: skip
_CROWNS = frozenset({"SEK", "NOK", "DKK", "ISK"})
"""Currencies that are written "kr": it is the shop's own, or nobody knows which."""
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP"})
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_LARGEST = Decimal(10) ** 12

_AMOUNT = re.compile(
    r"(?P<before>[^\W\d_]{0,3}[^\w\s.,'’+−–-]?)\.?\s*"
    r"(?P<number>\d[\d.,'’\s]*?)"
    r"(?:[.,:][-–—]+)?\s*"  # "12.-", as Swiss shops write it, and "12:-", as Swedish ones do
    r"(?P<after>[^\w\s.,'’+−–-]?[^\W\d_]{0,3}[^\w\s.,'’+−–-]?)\.?"
)
_SIGN_AS_POINT = re.compile(r"^(\d+)\s?([€£$])\s?(\d\d)$")
"""As French and Portuguese shops write it, "12€99"."""
_NUMBER = re.compile(
    r"(?P<whole>\d+|\d{1,3}(?P<group>[.,'’ ])\d{2,3}(?:(?P=group)\d{2,3})*(?<=\d{3}))(?:(?P<point>[.,])(?P<part>\d+))?"
)
"""Digits in one block, or in groups of three (in India also of two), and a decimal part."""


def read_amount(value: object, currency: str) -> Money:
    """`value` as money, in `currency` where it names none.

    Raises ValueError for what is negative, a range, in an unknown currency, or could mean two amounts ("1.299").
    """
    if isinstance(value, Mapping):
        code = next(
            (value[name] for name in ("currency", "currency_code", "currencyCode") if value.get(name)), currency
        )
        amount = value.get("amount", value.get("value"))
        if isinstance(amount, Mapping) or not re.fullmatch("[A-Za-z]{3}", str(code)):
            raise ValueError(f"{shown(value)} is no amount of money")
        return read_amount(amount, str(code).upper())
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _money(value, _rounded(read_number(value)), currency)
    text = clean(value) if isinstance(value, str) else ""
    match = _AMOUNT.fullmatch(_SIGN_AS_POINT.sub(r"\1,\3 \2", text)) if len(text) <= 60 else None
    if match is None:
        negative = re.match(r"\D{0,4}[-−–]\s*\d", text)
        raise ValueError(f"{shown(value)} is {'negative' if negative else 'no amount of money'}")
    marks = [mark.upper() for mark in (match["before"], match["after"]) if mark]
    found = _currency(marks, currency)
    if found is None:
        raise ValueError(f"{shown(value)} is in an unknown currency")
    return _money(value, _decimal(match["number"], found), found)


def price_and_sale(price: object, old_price: object, currency: str) -> tuple[object, object | None]:
    """Which of two amounts is the price and which the sale price: an old price counts only above today's.

    Values that are no amounts come back as they are, for the reader of the row to report.
    """
    try:
        is_sale = read_amount(old_price, currency).amount > read_amount(price, currency).amount
    except ValueError:
        return price, None
    return (old_price, price) if is_sale else (price, None)


def _currency(marks: list[str], default: str) -> str | None:
    """What the marks around a number say: a code first, then a sign; None where one says nothing known."""
    codes = [mark for mark in marks if re.fullmatch("[A-Z]{3}", mark) and mark not in _SIGNS]
    if codes:
        return codes[0] if len(set(codes)) == 1 else None
    if not marks:
        return default
    if marks[0] == "$":
        return default if default in _DOLLARS else "USD"
    if marks[0] == "KR":
        return default if default in _CROWNS else None
    return _SIGNS.get(marks[0])


def _decimal(written: str, currency: str) -> Decimal:
    match = _NUMBER.fullmatch(re.sub(r"\s", " ", written).rstrip(" .,"))
    if match is None or (match["group"] and match["group"] == match["point"]):
        raise ValueError(f"{shown(written)} has points or commas in wrong places")
    whole, part = re.sub(r"\D", "", match["whole"]), match["part"] or ""
    if len(part) == 3 and not match["group"] and whole != "0" and currency not in _THREE_DECIMALS:
        if match["point"] == ".":
            raise ValueError(f"{shown(written)} may mean {whole}{part} or {whole}.{part[:2]}: write two decimals")
        return Decimal(whole + part)
    return Decimal(f"{whole}.{part}" if part else whole)


def _rounded(number: Decimal) -> Decimal:
    """Without the digits that binary fractions leave in JSON: 19.989999999999998 is 19.99."""
    if not 0 <= number < _LARGEST:
        return number
    exact = number.quantize(Decimal("0.001"), ROUND_HALF_UP)
    return number if exact == number else exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _money(value: object, amount: Decimal, currency: str) -> Money:
    if amount < 0:
        raise ValueError(f"{shown(value)} is negative")
    if amount >= _LARGEST:
        raise ValueError(f"{shown(value)} is no price that can be true")
    return Money(amount, currency)
