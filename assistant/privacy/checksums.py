"""Check digits of card and bank account numbers."""

from __future__ import annotations

_CARD_DIGITS = range(13, 20)
_SHORTEST_IBAN = 15


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits fit the formula of Luhn (ISO/IEC 7812-1, annex B)."""
    if len(digits) not in _CARD_DIGITS:
        return False
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def iban_end(text: str) -> int:
    """How many characters at the start of `text`, blanks included, are an IBAN by its check digits; 0 when none are.

    ISO 13616: the first four characters go to the end, letters count from A = 10, and the number modulo 97 is 1.
    """
    best, held = 0, ""
    for place, letter in enumerate(text):
        if letter.isalnum() and letter.isascii():
            held += letter.upper()
            is_end = place + 1 == len(text) or not text[place + 1].isalnum()
            if is_end and len(held) >= _SHORTEST_IBAN and _remainder(held) == 1:
                best = place + 1
    return best


def _remainder(account: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in account[4:] + account[:4])) % 97
