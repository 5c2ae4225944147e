"""Temperature: how cold it gets, as a message says it: "minus 5 celsius", "-5 C", "around freezing", "20 degrees F"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assistant.planning.grammar.measures import MeasuredAttribute
from assistant.planning.grammar.text import Span, Text
from retrieval.catalog.filter import Condition, Operator

DIMENSION = "°c"
"""The unit in which records give temperatures of use."""
_DEGREES = re.compile(
    r"(?P<minus>(?:minus|negative|below)\s+|-\s?)?(?<![\w.])(?P<number>\d{1,2})\s*"
    r"(?:(?:°|degrees?|degs?|º)\s*(?P<scale>c\b|celsius|f\b|fahrenheit)?|(?P<bare>c|celsius|fahrenheit|f)\b)"
    r"|(?:\bminus\s+|(?<=\s)-)(?P<below>\d{1,2})\b(?!\s*(?:%|percent|dollars?|bucks?|[$€£]))"
    r"|\b(?P<deep>sub[- ]?zero|below (?:zero|freezing))\b|\b(?P<frost>freezing|frost|zero degrees)\b",
    re.IGNORECASE,
)
_NAMES = ("comfort", "limit", "lower", "min", "rating")
"""Parts of names of attributes that say down to which temperature a thing serves, the most careful first."""
_DEEP = Decimal(-5)
"""What "below freezing" stands for, in °C."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """`degrees` Celsius that a thing must serve at, and where the message says so."""

    degrees: Decimal
    span: Span

    def condition(self, attributes: Iterable[MeasuredAttribute]) -> Condition | None:
        """The demand on the attribute that says how cold it may get, or None where records have none."""
        named = [each for part in _NAMES for each in attributes if part in each.name.split("_")]
        return Condition(named[0].name, Operator.AT_MOST, number=self.degrees, unit=DIMENSION) if named else None


def temperature(text: Text) -> Temperature | None:
    """The temperature that `text` names, the coldest of several; None if it names none."""
    found = [Temperature(_celsius(match), match.span()) for match in _DEGREES.finditer(text.lower)]
    return min(found, key=lambda each: each.degrees, default=None)


def _celsius(found: re.Match[str]) -> Decimal:
    if found["deep"]:
        return _DEEP
    if found["frost"]:
        return Decimal(0)
    if found["below"]:
        return -Decimal(found["below"])
    number = Decimal(found["number"]) * (-1 if found["minus"] else 1)
    is_fahrenheit = (found["scale"] or found["bare"] or "").startswith("f")
    return ((number - 32) * 5 / 9).quantize(Decimal(1)) if is_fahrenheit else number
