"""Order numbers, in whatever style the shop writes them: "#10234", "A-20415", "ORD-7781", "112-3456789-1234567"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from assistant.planning.grammar.text import Span, Text, stem

_TOKEN = re.compile(
    r"(?<![\w@./$£€¥₹+-])#?\s?((?:[a-z]{1,6}[-_/#]?)?\d[\da-z]*(?:[-_/][\da-z]+){0,4})(?![\w@]|"
    r"\.\d)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:\b(?:order|parcel|package|shipment|delivery|purchase|invoice|refund|tracking|reference|ref|confirmation|"
    r"booking)\b"
    r"(?:\s*(?:number|no|nr|num|id|code|ref))?\.?\s*(?:is|was|:|=|of|called|,)*\s*#?\s*|#\s*|\bnumber\s*(?:is|"
    r":)?\s*)$",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"\b(?:phone|call|mobile|zip|postcode|postal code|isbn|ean|gtin|pin|street|room|year|in|"
    r"since|by|size|top)(?:\s+number)?(?:\s*(?:is|was|:))?\s*$",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"\s*(?:[$£€¥₹%°]|(?:dollars?|bucks?|euros?|pounds?|quid|usd|eur|gbp|kg|g|mm|cm|m|l|ml|"
    r"w|mah|gb|tb|hz|lumens?|inch|people|pieces)\b)",
    re.IGNORECASE,
)
_IS_LETTERED = re.compile(r"[A-Za-z]{1,5}[-_/]\d{3}")
"""The shop's own letters say what the number is, whatever stands before it: "what did I order in FF-20349"."""
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class OrderNumber:
    """An order number as written, without "#", and where it stands."""

    id: str
    span: Span


def order_number(
    text: Text, product_words: Collection[str] = (), *, announced_only: bool = False
) -> OrderNumber | None:
    """The order number in `text`, or None. `product_words` are words of titles, whose model numbers are none.

    `announced_only` takes a number only where "#", letters or a word such as "order" say what it is.
    """
    for match in _TOKEN.finditer(text.cased):
        written = match.group(1)
        digits = sum(char.isdigit() for char in written)
        announced = bool(_BEFORE.search(text.cased[: match.start(1)])) or match.group().startswith("#")
        if digits < (1 if announced and match.group().startswith("#") and digits > 2 else 3 if announced else 4):
            continue
        if announced_only and not (announced or written[0].isalpha()):
            continue
        if _UNIT_AFTER.match(text.cased, match.end()):
            continue
        if not _IS_LETTERED.match(written) and _NOT_BEFORE.search(text.cased[: match.start()]):
            continue
        if not announced and (_YEAR.fullmatch(written) or not _is_numberlike(written)):
            continue
        if not announced and any(part and stem(part) in product_words for part in re.split(r"[-_/]", written)):
            continue
        return OrderNumber(written, match.span())
    return None


def _is_numberlike(written: str) -> bool:
    """At least half digits, so that "mp3-player" or "3-season" are none."""
    letters = sum(char.isalpha() for char in written)
    return letters <= 6 and sum(char.isdigit() for char in written) >= letters
