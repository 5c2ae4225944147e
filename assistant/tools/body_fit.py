"""Body fit: whether a person of the height or weight that a message names is within what a record states.

"Rider height: 168 to 182 cm" is a no to somebody of 5 ft 3, and "Max load: 120 kg" a yes to 230 lbs. Customers give their own units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from assistant.reading.lines import Line, LineKind
from assistant.reading.verdict import Verdict
from retrieval.catalog.measure import Measure
from retrieval.catalog.product import Product

_HEIGHT, _WEIGHT = "length", "mass"
_PERSON = frozenset({"rider", "user", "player", "child", "body", "paddler", "wearer", "person", "fits"})
_HOLDS = re.compile(r"\b(?:max(?:imum)? (?:total )?(?:load|weight)|carries up to|weight limit)\b")
_CUE = r"(?:\b(?:i'?m|i am|we'?re|he'?s|he is|she'?s|she is|they'?re|is|are|height|weighs?|am|about|around|only|nearly|just)\W+(?:\w+\W+){0,2}?)"
"""What stands before a number of a person: "he's about 6ft 1"."""
_FEET = r"(?P<feet>[1-7])\s?(?:ft|foot|feet|['’])(?:\s?(?P<inches>\d{1,2})(?:\s?(?:in(?:ch(?:es)?)?\b|[\"”]))?)?"
_AMOUNT = r"(?P<number>\d{1,3}(?:[.,]\d{1,2})?)\s?(?P<unit>cm|m|in|inch|inches|kg|kgs|kilos?|lbs?|pounds?|stone|st)\b"
_BODY = re.compile(rf"(?P<cue>{_CUE})?(?:{_FEET}|{_AMOUNT})(?P<tall>\s*(?:tall|in height|in weight))?")
_BOUND = re.compile(rf"(?:{_FEET}|{_AMOUNT})")
_RANGE = re.compile(r"(?P<low>\d[\d.,]*)\s?(?:to|-|–)\s?(?P<high>\d[\d.,]*)\s?(?P<unit>[a-z]+)")
_BODY_SIZE = re.compile(r"\d{2,3}(?:\s?[-/–]\s?(?P<up_to>\d{2,3}))?(?:\s?cm)?", re.IGNORECASE)
"""A size of children's clothes: the height of the child in centimeters, "116" or "110/116"."""
_CHILDREN = range(44, 189)
_FOOT, _INCH, _STONE = Decimal("304.8"), Decimal("25.4"), Decimal("6350.29318")


def body_verdict(said: str, line: Line) -> Verdict | None:
    """Whether an attribute line says yes or no to the height or weight of a person in `said`; None if either names none."""
    if line.kind is not LineKind.ATTRIBUTE:
        return None
    name, _, value = line.text.casefold().partition(":")
    dimension = _limited(name)
    sizes = [size for kind, size in _bodies(said) if kind == dimension]
    if not dimension or not sizes:
        return None
    low, high = _bounds(value.strip(), is_room=name == "standing height")
    if low is None and high is None:
        return None
    fits = all((low is None or size >= low) and (high is None or size <= high) for size in sizes)
    return Verdict.SUPPORTS if fits else Verdict.CONTRADICTS


def fitting_size(said: str, variants: Sequence[Product]) -> str:
    """The size of children's clothes for the height that `said` tells, "128" for 120 cm where 116 is the next below.

    "" if the message gives no height, if the sizes are not heights, or if all of them are too small.
    """
    heights = [size for kind, size in _bodies(said) if kind == _HEIGHT]
    sizes = {variant.size: _BODY_SIZE.fullmatch(variant.size) for variant in variants if variant.age_group}
    if len(heights) != 1 or len(sizes) < 2:
        return ""
    up_to = {size: int(found["up_to"] or re.findall(r"\d+", size)[0]) for size, found in sizes.items() if found}
    if len(up_to) < len(sizes) or any(most not in _CHILDREN for most in up_to.values()):
        return ""
    large_enough = [size for size, most in up_to.items() if most * 10 >= heights[0]]
    return min(large_enough, key=lambda size: up_to[size], default="")


def _limited(name: str) -> str:
    """What of a person the attribute called `name` limits, or ""."""
    words = set(name.split())
    if "height" in words and (words & _PERSON or name == "standing height"):
        return _HEIGHT
    return _WEIGHT if _HOLDS.search(name) or ("weight" in words and words & _PERSON) else ""


def _bodies(said: str) -> Iterator[tuple[str, Decimal]]:
    """Heights and weights of people in a message, in millimeters and grams."""
    for found in _BODY.finditer(said.casefold().replace("’", "'")):
        if found["cue"] or found["tall"]:
            yield _size(found)


def _size(found: re.Match[str]) -> tuple[str, Decimal]:
    if found["feet"]:
        return _HEIGHT, int(found["feet"]) * _FOOT + int(found["inches"] or 0) * _INCH
    number, unit = Decimal(found["number"].replace(",", ".")), found["unit"]
    if unit in ("stone", "st"):
        return _WEIGHT, number * _STONE
    measure = Measure(number, unit)
    return measure.dimension, measure.size


def _bounds(value: str, is_room: bool) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that a value allows: "up to 150 cm", "168 to 182 cm", "5 ft to 6 ft 5 in", "over 57 in", "120 kg"."""
    if plain := _RANGE.match(value):
        low, high = (Measure(Decimal(plain[side].replace(",", ".")), plain["unit"]) for side in ("low", "high"))
        return low.size, high.size
    sizes = [_size(found)[1] for found in _BOUND.finditer(value)]
    if not sizes:
        return None, None
    if len(sizes) > 1:
        return sizes[0], sizes[1]
    is_least = value.startswith(("over", "from", "at least", "above"))
    return (sizes[0], None) if is_least and not is_room else (None, sizes[0])
