from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.catalog.money import Money
from retrieval.feeds.amount import price_and_sale, read_amount

READ = {
    "15.00 USD": ("15.00", "USD"),
    "USD 1,049.50": ("1049.50", "USD"),
    "$15": ("15", "USD"),
    "12.50$": ("12.50", "USD"),
    "1.299,00 EUR": ("1299.00", "EUR"),
    "12,99 €": ("12.99", "EUR"),
    "€6,50": ("6.50", "EUR"),
    "15.00 eur": ("15.00", "EUR"),
    "1'299.00 CHF": ("1299.00", "CHF"),
    "CHF 12.-": ("12", "CHF"),
    "1 299,00 €": ("1299.00", "EUR"),
    "9,99": ("9.99", "GBP"),
    "1\u202f299,00\u00a0€": ("1299.00", "EUR"),
    "R$ 129,90": ("129.90", "BRL"),
    "CA$5": ("5", "CAD"),
    "129 zł": ("129", "PLN"),
    "$15 USD": ("15", "USD"),
    "1,299": ("1299", "GBP"),
    "1.299.000": ("1299000", "GBP"),
    "1,00,000.00 INR": ("100000.00", "INR"),
    "0": ("0", "GBP"),
    "0.125": ("0.125", "GBP"),
    "1.299 KWD": ("1.299", "KWD"),
    "¥500": ("500", "JPY"),
    "12.9": ("12.9", "GBP"),
    "12€99": ("12.99", "EUR"),
    "Fr. 24.50": ("24.50", "CHF"),
    "Rs. 1,29,900": ("129900", "INR"),
    "4 990 Ft": ("4990", "HUF"),
    "89,90 lei": ("89.90", "RON"),
    "R 129.99": ("129.99", "ZAR"),
}
REFUSED: tuple[object, ...] = (
    "",
    " ",
    "call us",
    "about forty dollars",
    "-5",
    "−5",
    "$-5",
    "-2.00 USD",
    "12 - 15",
    "12.00 USD 15.00 USD",
    "1.299",
    "5 %",
    "129 kr",
    "12.99.99,1",
    "1 2 3",
    "1,299,00",
    "USD",
    "12 EUR USD",
    "1e3",
    "NaN",
    "Infinity",
    "0x10",
    "12..5",
    "<b>5</b>",
    "9" * 80,
    "9999999999999.00",
    "15.00 USD and more",
    None,
    True,
    [],
    {"amount": {}, "currency": "USD"},
    {"amount": "5", "currency": "gold"},
)


@pytest.mark.parametrize("written", READ)
def test_amounts_as_countries_write_them(written: str) -> None:
    amount, currency = READ[written]
    assert read_amount(written, "GBP") == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("written", "amount"), [("129 kr", "129"), ("kr. 1.299,00", "1299.00"), ("129:-", "129"), ("49,50 kr.", "49.50")]
)
def test_crowns_are_the_shops_own(written: str, amount: str) -> None:
    for currency in ("SEK", "DKK", "NOK"):
        assert read_amount(written, currency) == Money(Decimal(amount), currency)


@pytest.mark.parametrize("written", REFUSED)
def test_what_is_doubtful_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_amount(written, "GBP")


def test_a_dollar_sign_is_the_shops_own_dollar() -> None:
    assert read_amount("$5", "CAD") == Money(Decimal(5), "CAD")
    assert read_amount("US$5", "CAD") == Money(Decimal(5), "USD")


@pytest.mark.parametrize(
    ("number", "amount"), [(9, "9"), (Decimal("9.99"), "9.99"), (Decimal("19.989999999999998"), "19.99")]
)
def test_numbers_of_json(number: object, amount: str) -> None:
    assert read_amount(number, "EUR") == Money(Decimal(amount), "EUR")


def test_an_object_with_amount_and_currency() -> None:
    assert read_amount({"amount": "9.90", "currency_code": "eur"}, "USD") == Money(Decimal("9.90"), "EUR")


@given(st.decimals(0, 10**9, places=2, allow_nan=False), st.sampled_from(["USD", "EUR", "CHF"]))
def test_our_own_form_is_read_back_exactly(amount: Decimal, currency: str) -> None:
    assert read_amount(f"{amount:f} {currency}", "GBP") == Money(amount, currency)
    assert read_amount(f"{amount:,.2f} {currency}", "GBP") == Money(amount, currency)
    german = f"{amount:,.2f}".translate(str.maketrans(".,", ",."))
    assert read_amount(f"{german} {currency}", "GBP") == Money(amount, currency)


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        read = read_amount(text, "USD")
    except ValueError:
        return
    assert read.amount >= 0


def test_an_old_price_makes_a_sale_only_when_it_is_higher() -> None:
    assert price_and_sale("79.00", "98.00", "USD") == ("98.00", "79.00")
    assert price_and_sale("39.00", "30.00", "USD") == ("39.00", None)
    assert price_and_sale("39.00", "", "USD") == ("39.00", None)
    assert price_and_sale("call us", "98.00", "USD") == ("call us", None)
