"""Quantity: how many of a product are wanted ("two of them", "add 3")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.understanding.grammar.text import Span, Text

_QUANTITY = re.compile(
    r"\b(?P<count>[1-9]\d?)\s*(?:x\b|of (?:them|these|those|it|that|this|the)\b|pieces?\b|"
    r"pcs\b|items?\b|units?\b|more of\b|pairs?\b)|\b(?:add|take|buy|want|need|order|get|put|reserve|"
    r"have|like)\s+(?:me )?(?P<verb>[1-9]\d?)\b(?!\s*(?:%|-|stars?\b))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of pieces and where it was read."""

    count: int
    span: Span


def quantity(text: Text) -> Quantity | None:
    """The number of pieces in `text`, or None."""
    match = _QUANTITY.search(text.lower)
    return Quantity(int(match["count"] or match["verb"]), match.span()) if match else None
