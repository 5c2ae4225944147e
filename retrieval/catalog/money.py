"""Money: a decimal amount in one currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CAD": "CA$", "AUD": "A$"}
_NO_CENTS = frozenset({"JPY", "KRW", "VND", "CLP"})


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in `currency` (ISO 4217, three capitals)."""

    amount: Decimal
    currency: str = "USD"

    @classmethod
    def parse(cls, text: str, default_currency: str = "USD") -> Money:
        """Reads "15.00 USD", "USD 15", "$15", "1.299,00 EUR" or "15".

        Raises ValueError when no single non-negative amount can be read.
        """
        currency = default_currency
        code = re.search(r"\b[A-Z]{3}\b", text)
        if code:
            currency = code.group()
        else:
            for name, symbol in sorted(_SYMBOLS.items(), key=lambda item: -len(item[1])):
                if symbol in text:
                    currency = name
                    break
        numbers = re.findall(r"-?\d[\d.,\s]*", text)
        if len(numbers) != 1:
            raise ValueError(f"not an amount of money: {text!r}")
        digits = re.sub(r"\s", "", numbers[0]).rstrip(".,")
        if re.search(r",\d{1,2}$", digits):
            digits = digits.replace(".", "").replace(",", ".")
        digits = digits.replace(",", "")
        try:
            amount = Decimal(digits)
        except InvalidOperation as error:
            raise ValueError(f"not an amount of money: {text!r}") from error
        if amount < 0:
            raise ValueError(f"an amount of money is never negative: {text!r}")
        return cls(amount, currency)

    def __str__(self) -> str:
        """As a shop writes it: "$1,299.00", "€15.00", "15.00 CHF"."""
        places = 0 if self.currency in _NO_CENTS else 2
        number = f"{self.amount:,.{places}f}"
        symbol = _SYMBOLS.get(self.currency)
        return f"{symbol}{number}" if symbol else f"{number} {self.currency}"

    def __sub__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot subtract {other.currency} from {self.currency}")
        return Money(self.amount - other.amount, self.currency)
