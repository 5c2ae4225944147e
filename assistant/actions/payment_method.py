"""PaymentMethod: how a customer pays, as a label that is safe to show. Card and account numbers are never stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.privacy.checksums import iban_end, is_card_number
from retrieval.catalog.money import Money

_LONGEST_NUMBER = 6
"""Digits in a row that a label may have: the last four of a card, or a year; an account number has more."""


class PaymentKind(StrEnum):
    """Kinds of payment that differ in how money comes back."""

    CARD = "card"
    PAYPAL = "paypal"
    GIFT_CARD = "gift_card"
    INVOICE = "invoice"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """One way of paying: `label` is "Visa ending in 4242". Only a gift card has a `balance`.

    Raises ValueError if the label or the id holds a number that could be that of a card or an account.
    """

    id: str
    kind: PaymentKind
    label: str
    balance: Money | None = None

    def __post_init__(self) -> None:
        if any(len(re.sub(r"\D", "", run)) > _LONGEST_NUMBER for run in re.findall(r"\d(?:[\d .-]*\d)?", self.label)):
            raise ValueError(
                "its label has a long number; labels name at most the last digits, as in Visa ending in 4242"
            )
        is_iban = bool(re.match(r"[A-Za-z]{2}\d\d", self.id)) and iban_end(self.id) == len(self.id)
        if is_iban or is_card_number(re.sub(r"\D", "", self.id)):
            raise ValueError("its id is the number of a card or an account; give it an id that means nothing elsewhere")
        if (self.balance is not None) != (self.kind is PaymentKind.GIFT_CARD):
            raise ValueError("a gift card has a balance, and nothing else has one")
