"""Payment form: which of a customer's saved payment methods a message names: "my gift card", "the visa", "the one ending in 4242"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.actions.payment_method import PaymentKind, PaymentMethod
from assistant.planning.grammar.text import clean

_KINDS = {
    PaymentKind.GIFT_CARD: re.compile(r"\b(?:gift ?-?cards?|(?:store|shop|website) credit|voucher|gc)\b"),
    PaymentKind.PAYPAL: re.compile(r"\bpay ?pal\b"),
    PaymentKind.INVOICE: re.compile(r"\b(?:invoice|on account)\b"),
    PaymentKind.CARD: re.compile(r"\b(?:(?:credit|debit|bank) ?-?cards?|my card|the card)\b"),
}
_BRANDS = re.compile(r"\b(?:visa|master ?card|amex|american express|discover|maestro|diners)\b")
_NOT = r"(?:\b(?:not|instead of|rather than|than|no longer)(?: (?:on|to|with|my|the|a|use|using))* )"


def methods_said(message: str, methods: Sequence[PaymentMethod]) -> tuple[PaymentMethod, ...]:
    """The methods that a message names, by digits before brand before kind; () if it names none. "Not my visa" names none."""
    said = re.sub(rf"{_NOT}[\w-]+(?: card)?", " ", clean(message).casefold())
    by_digits = [each for each in methods if (end := _digits(each)) and re.search(rf"(?<!\d){end}(?!\d)", said)]
    if by_digits:
        return tuple(by_digits)
    brands = {_plain(found[0]) for found in _BRANDS.finditer(said)}
    by_brand = [each for each in methods if any(brand in _plain(each.label) for brand in brands)]
    by_kind = [
        each
        for each in methods
        if each.kind in _KINDS
        and _KINDS[each.kind].search(said)
        and not (each.kind is PaymentKind.CARD and (brands or _KINDS[PaymentKind.GIFT_CARD].search(said)))
    ]
    return tuple(dict.fromkeys((*by_brand, *by_kind)))


def _digits(method: PaymentMethod) -> str:
    found = re.search(r"\d{3,}$", method.label)
    return found[0] if found else ""


def _plain(words: str) -> str:
    return words.casefold().replace(" ", "")
