"""Measure: a number with a unit, comparable with others of its dimension ("310 g" with "1.1 kg")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_DIMENSIONS: dict[str, dict[str, str]] = {
    # dimension: spellings of a unit → its size in the dimension's base unit
    "mass": {
        "g gr gram grams gramme grammes": "1", "kg kgs kilo kilos kilogram kilograms": "1000", "oz ounce ounces": "28.349523",
        "lb lbs pound pounds": "453.59237",
    },
    "volume": {
        "ml milliliter milliliters millilitre millilitres": "1", "cl": "10",
        "l ltr liter liters litre litres": "1000", "gal gallon gallons": "3785.41", "pint pints": "473.18",
    },
    "length": {
        "mm millimeter millimeters millimetre millimetres": "1", "cm centimeter centimeters centimetre centimetres": "10",
        "m meter meters metre metres": "1000", "in inch inches": "25.4", "ft foot feet": "304.8",
    },
    "data": {"mb megabyte megabytes": "1", "gb gig gigs gigabyte gigabytes": "1000", "tb terabyte terabytes": "1000000"},
    "duration": {
        "sec secs second seconds": "1", "min mins minute minutes": "60", "h hr hrs hour hours": "3600",
        "day days": "86400", "week weeks": "604800", "month months": "2592000", "year years yr yrs": "31536000",
    },
    "power": {"w watt watts": "1", "kw kilowatt kilowatts": "1000"},
    "people": {"person persons people adult adults man men berth": "1"},
    "light": {"lm lumen lumens": "1"},
    "charge": {"mah": "1"},
    "frequency": {"hz hertz": "1", "khz": "1000", "mhz": "1000000", "ghz": "1000000000"},
    "resolution": {"mp megapixel megapixels": "1"},
}  # fmt: skip
_UNITS = {
    spelling: (dimension, Decimal(size))
    for dimension, units in _DIMENSIONS.items()
    for spellings, size in units.items()
    for spelling in spellings.split()
}
_LEADING = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*([^\W\d]+|°[CF]|%)?(?![\w-])")


@dataclass(frozen=True, slots=True)
class Measure:
    """`number` of `unit`, as written; `dimension` is "" for a plain number and the unit itself for an unknown one."""

    number: Decimal
    unit: str = ""

    @classmethod
    def parse(cls, text: str) -> Measure | None:
        """The measure at the start of `text` ("1.08 kg per pair", "24,5 cm", "16"), or None when it starts with none."""
        found = _LEADING.match(text)
        if found is None:
            return None
        return cls(Decimal(found.group(1).replace(",", ".")), (found.group(2) or "").casefold())

    @property
    def dimension(self) -> str:
        """What is measured: measures of one dimension can be compared."""
        return _UNITS[self.unit][0] if self.unit in _UNITS else self.unit.removesuffix("s")

    @property
    def size(self) -> Decimal:
        """The number in the base unit of its dimension."""
        return self.number * (_UNITS[self.unit][1] if self.unit in _UNITS else 1)


def is_unit(word: str) -> bool:
    """Whether `word` names a known unit."""
    return word.casefold() in _UNITS
