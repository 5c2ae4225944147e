"""Items with a form of their own: e-mail addresses, card, account, order, tracking and phone numbers.

When in doubt a long number counts as personal: of prices, measures and dates, which are protected first, none is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.privacy.checksums import iban_end, is_card_number
from assistant.privacy.kind import Kind
from assistant.privacy.known import Known


@dataclass(frozen=True, slots=True)
class Found:
    """An item in a text: characters `start` to `end`."""

    start: int
    end: int
    kind: Kind


_PROTECTED = re.compile(
    r"""
      (?<![\w.-])\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?![\w]|[-/.]\d)               # 2026-11-20
    | (?<![\w.-])\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})(?![\w]|[-/.]\d)     # 20.11.2026
    | (?<!\w)\d{1,2}:\d\d(?::\d\d)?(?!\w)                                    # 10:30
    | [$€£¥₹]\s?\d[\d,.]*(?:\s\d{3})*                                        # $1,234.50
    | (?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])                       # 1,234,567
    | (?<![\w.])\d+[.,]\d{1,2}(?![\w.-])                                     # 1234.50
    | (?<![\w.-])(?:\d+\s?[-–]\s?)?\d+(?:[.,]\d+)?\s?(?:[x×]\s?\d+(?:[.,]\d+)?\s?){0,2}        # 1500000 mAh, 42 x 15 cm
      (?:mm|cm|km|m|kg|g|mg|lbs?|oz|ml|cl|l|mah|wh|kwh|w|v|hz|mhz|ghz|gb|mb|tb|lumens?|lm|px|dpi|rpm|%|°\s?[cf]?
        |usd|eur|gbp|dollars?|pounds?|euros?|pieces?|pcs|units?|points?|miles?|steps|reviews|ratings)(?!\w)
    | (?<!\w)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)               # UUID
    | (?<!\w)(?-i:(?=[0-9a-f]{5,}?[a-f])(?=[a-f]*\d)[0-9a-f]{16,64})(?!\w)   # digest
    | (?<![\w.-])(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d(?![\w-])               # 2019-2026
    """,
    re.X | re.I,
)

_EMAIL = re.compile(
    r"""
      [^\s@<>()\[\]{},;:"'|=/\\]+\s?@\s?[^\W_](?:[\w-]*\w)?(?:(?:\.|\s\.\s)\w(?:[\w-]*\w)?)*
    | [\w.+-]+\s?[(\[{]\s?at\s?[)\]}]\s?[\w-]+(?:\s?(?:\.|[(\[{]\s?dot\s?[)\]}]|\sdot\s)\s?[\w-]+)*
    | [\w.+-]+\sat\s[\w-]+(?:\sdot\s[\w-]+)+
    """,
    re.X | re.I,
)
_CARD = re.compile(
    r"(?<![\w.])(?:\d{4}([ .-]?)\d{4}\1\d{4}\1\d{1,7}|\d{4}([ .-]?)\d{6}\2\d{4,5}|\d{13,19}|\d(?:[ -]?\d){12,18})(?!\w)"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,32}(?!\w)", re.I)
_IBAN_SHAPE = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_IBAN_DIGITS = 8  # the fewest in any country; fewer is a run of words
_TRACKING = re.compile(
    r"""
      (?<!\w)1Z(?:\s?[0-9A-Z]){16}(?!\w)                    # UPS
    | (?<!\w)[A-Z]{2}\s?\d{3}\s?\d{3}\s?\d{3}\s?[A-Z]{2}(?!\w)  # Universal Postal Union S10
    | (?<!\w)(?:TBA|JJ?D|C|D)\d{11,20}(?!\w)                # Amazon, DHL, OnTrac
    | (?<!\w)[A-Z]{2,4}\d{8,18}(?!\w)
    | (?<![\w.])\d{4}(?:[ ]\d{4}){4,5}(?:[ ]\d{1,4})?(?!\w) # USPS
    | (?<![\w.])\d{12,34}(?!\w)
    """,
    re.X | re.I,
)
_CODE = r"(?=[\w-]*\d)[A-Za-z0-9](?:[A-Za-z0-9]|[-_/](?=[A-Za-z0-9]))*(?:[ ]\d{3,}(?!\w))*"
_LABEL = r"(?:\s*(?:numbers?|nos?\b\.?|nr\b\.?|num\b\.?|ids?\b|code|\#|№))?(?:\s+(?:is|was|are|being|of|called))?\s*[:=#(-]?\s*\#?\s?"
_TRACKING_CUE = re.compile(
    rf"\b(?:tracking|parcel|consignment|waybill|shipment|airbill|package){_LABEL}(?P<code>{_CODE})", re.I | re.X
)
_ORDER_CUE = re.compile(
    rf"(?:\b(?:orders?|purchase|invoice|booking|reference|ref|confirmation|case|ticket|return|rma|receipt|transaction|payment"
    rf"|account|customer|member(?:ship)?|loyalty)\b\.?{_LABEL}|(?<!\w)(?<!h\.)(?<!h\.\s)(?:\#|№|nr\.|no\.)\s?)(?P<code>{_CODE})",
    re.I | re.X,
)
_NUMBER_CUE = re.compile(rf"\b(?:number|id|code)\b{_LABEL}(?P<code>{_CODE})", re.I | re.X)
_MORE_CODES = re.compile(rf"\s*(?:,|and|&|or|/)\s*\#?\s?(?P<code>{_CODE})", re.I)
_ORDER = re.compile(
    r"""
      (?<!\w)\d{2,4}-\d{5,8}-\d{5,8}(?!\w)                  # Amazon
    | (?<!\w)(?!(?:EN|ISO|DIN|BS|ASTM|IEC|CE|IP|PA|UPF|SPF)[- ]?\d)[A-Z]{1,6}[-_]\d{4,}(?:-[A-Z0-9]{1,6})*(?!\w)
    | (?<![\w.@])[a-z]{1,4}-?\d{6,}(?![\w.@])
    | (?<!\w)(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z-]*\d){6})[A-Z0-9]+(?:-[A-Z0-9]+)*(?!\w)
    """,
    re.X,
)
_PHONE_CUE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|call|ring|text|whatsapp|sms|contact|reach|fax|dial|landline|at|on)\b", re.I
)
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+|00)?[(]?\d(?:[().\-–/ \u00a0]{0,3}\d){5,17}\)?(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?!\w)",
    re.I,
)
_NEAR = 40  # characters around a number in which a word may say that it is a phone number
_WORTH_A_LOOK = re.compile(r"[\d@]|\bat\b|[(\[{]at", re.I)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+")


def structured(text: str, known: Known) -> list[Found]:
    """Every item in `text`, in order and without overlap; what was found as one kind is no other."""
    if not _WORTH_A_LOOK.search(text):
        return []
    taken: list[tuple[int, int]] = [match.span() for match in _PROTECTED.finditer(text)]
    found: list[Found] = []
    # an e-mail address may hold what looks like a date, and a known code is a code whatever surrounds it
    steps = (
        (False, _emails(text)),
        (False, _known_codes(text, known)),
        (True, _by_form(text)),
        (True, _phones(text)),
        (True, _cued(text, _NUMBER_CUE, Kind.ORDER)),
    )
    spans: list[tuple[int, int]] = []
    for is_free, items in steps:
        spans, taken = (spans + taken, []) if is_free else (spans, taken)
        for item in items:
            is_clear = not any(start < item.end and item.start < end for start, end in spans)
            if is_clear and not known.is_own(text[item.start : item.end]):
                found.append(item)
                spans.append((item.start, item.end))
    return sorted(found, key=lambda item: item.start)


def _emails(text: str) -> Iterator[Found]:
    if "@" in text or re.search(r"\bat\b", text, re.I):
        yield from (Found(*match.span(), Kind.EMAIL) for match in _EMAIL.finditer(text))


def _known_codes(text: str, known: Known) -> Iterator[Found]:
    if known.code_pattern is not None:
        for match in known.code_pattern.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            is_tracking = re.search(r"\b(?:track|parcel|shipment)", before, re.I) or re.fullmatch(
                r"[A-Z]{2}\d{8,}", match[0]
            )
            yield Found(*match.span(), Kind.TRACKING if is_tracking else Kind.ORDER)


def _by_form(text: str) -> Iterator[Found]:
    """Accounts, cards, parcels and orders: the more a form says, the earlier it is tried."""
    for match in _IBAN.finditer(text):
        length = iban_end(match[0])
        if _digits(match[0][:length]) >= _IBAN_DIGITS:
            yield Found(match.start(), match.start() + length, Kind.IBAN)
    yield from (
        Found(*match.span(), Kind.IBAN) for match in _IBAN_SHAPE.finditer(text) if _digits(match[0]) >= _IBAN_DIGITS
    )
    for match in _CARD.finditer(text):
        if is_card_number(re.sub(r"\D", "", match[0])) or re.fullmatch(r"\d{4}([ .-])(?:\d{4}\1){2}\d{4}", match[0]):
            yield Found(*match.span(), Kind.CARD)
    yield from (Found(*match.span(), Kind.TRACKING) for match in _TRACKING.finditer(text) if _digits(match[0]) >= 8)
    yield from _cued(text, _TRACKING_CUE, Kind.TRACKING)
    yield from _cued(text, _ORDER_CUE, Kind.ORDER)
    yield from (Found(*match.span(), Kind.ORDER) for match in _ORDER.finditer(text))


def _cued(text: str, cue: re.Pattern[str], kind: Kind) -> Iterator[Found]:
    """Codes after a word that announces one, "order number is 20102 and 20103"."""
    for match in cue.finditer(text):
        code: re.Match[str] | None = match
        while code is not None and _is_code(code["code"], match[0]):
            yield Found(*code.span("code"), kind)
            code = _MORE_CODES.match(text, code.end("code"))


def _is_code(code: str, cue: str) -> bool:
    """Whether a word with a digit is long enough to be a number of an order: "order 2 tents" is none."""
    if "#" in cue or re.search(r"\b(?:number|no|nr|id|code)\b", cue, re.I):
        return _digits(code) >= 3
    return _digits(code) >= 4 and not re.fullmatch(r"(?:19|20)\d\d", code)


def _phones(text: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        digits = _digits(match[0])
        around = text[max(0, match.start() - _NEAR) : match.start()] + "|" + text[match.end() : match.end() + _NEAR]
        is_cued = _PHONE_CUE.search(around) is not None
        if _is_phone(match[0], digits, is_cued):
            yield Found(*match.span(), Kind.PHONE)


def _is_phone(number: str, digits: int, is_cued: bool) -> bool:
    if number.startswith(("+", "00", "(")) or is_cued or digits >= 9:
        return digits >= 7
    if _THOUSANDS.fullmatch(number):
        return False
    return digits >= 7 and (
        number.isdigit() or bool(re.fullmatch(r"\d{3}[-.]\d{4}|\d{4}[. -]\d{4}|\d{2,4}([-. ])\d{2,4}\1\d{2,4}", number))
    )


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)
