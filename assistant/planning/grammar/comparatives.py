"""Comparatives: "cheaper", "something lighter", "a bigger one", measured against the products shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.planning.grammar.measures import MeasuredAttribute
from assistant.planning.grammar.text import Span, Text
from retrieval.catalog.filter import Condition, Operator, measure_of
from retrieval.catalog.measure import Measure
from retrieval.catalog.product import Product

_SIZES = ("capacity", "volume", "size", "screen", "diameter", "width", "length", "height")
_WORDS: Mapping[str, tuple[Operator, tuple[str, ...]]] = {
    "cheaper": (Operator.AT_MOST, ("price",)),
    "less expensive": (Operator.AT_MOST, ("price",)),
    "less pricey": (Operator.AT_MOST, ("price",)),
    "lower priced": (Operator.AT_MOST, ("price",)),
    "lower price": (Operator.AT_MOST, ("price",)),
    "too expensive": (Operator.AT_MOST, ("price",)),
    "too pricey": (Operator.AT_MOST, ("price",)),
    "too much money": (Operator.AT_MOST, ("price",)),
    "too dear": (Operator.AT_MOST, ("price",)),
    "more affordable": (Operator.AT_MOST, ("price",)),
    "more expensive": (Operator.AT_LEAST, ("price",)),
    "pricier": (Operator.AT_LEAST, ("price",)),
    "higher end": (Operator.AT_LEAST, ("price",)),
    "more premium": (Operator.AT_LEAST, ("price",)),
    "better rated": (Operator.AT_LEAST, ("rating",)),
    "better reviewed": (Operator.AT_LEAST, ("rating",)),
    "better reviews": (Operator.AT_LEAST, ("rating",)),
    "lighter": (Operator.AT_MOST, ("weight",)),
    "heavier": (Operator.AT_LEAST, ("weight",)),
    "too heavy": (Operator.AT_MOST, ("weight",)),
    "bigger": (Operator.AT_LEAST, _SIZES),
    "larger": (Operator.AT_LEAST, _SIZES),
    "roomier": (Operator.AT_LEAST, ("capacity", "volume")),
    "too small": (Operator.AT_LEAST, _SIZES),
    "smaller": (Operator.AT_MOST, _SIZES),
    "too big": (Operator.AT_MOST, _SIZES),
    "too large": (Operator.AT_MOST, _SIZES),
    "longer": (Operator.AT_LEAST, ("length", "pages")),
    "shorter": (Operator.AT_MOST, ("length", "pages")),
    "taller": (Operator.AT_LEAST, ("height",)),
    "thicker": (Operator.AT_LEAST, ("thickness",)),
    "thinner": (Operator.AT_MOST, ("thickness",)),
    "brighter": (Operator.AT_LEAST, ("brightness",)),
    "warmer": (Operator.AT_MOST, ("temperature",)),
    "more powerful": (Operator.AT_LEAST, ("power",)),
}
_PATTERN = re.compile(rf"(?<!\w)({'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})(?!\w)")
_THAN_NUMBER = re.compile(r"\s+than\s+[$£€]?\d")


@dataclass(frozen=True, slots=True)
class Comparative:
    """One comparison: which way, and the names of the fields it may be about."""

    operator: Operator
    fields: tuple[str, ...]
    span: Span


def comparative(text: Text) -> Comparative | None:
    """The comparison in `text`, or None; "lighter than 2 kg" names its own bound and is none."""
    for match in _PATTERN.finditer(text.lower):
        if not _THAN_NUMBER.match(text.lower, match.end()):
            operator, fields = _WORDS[match.group(1)]
            return Comparative(operator, fields, match.span())
    return None


def bound(
    found: Comparative,
    baseline: Sequence[Product],
    attributes: Mapping[str, tuple[MeasuredAttribute, ...]],
    can_be_met: Callable[[Condition], bool],
) -> Condition | None:
    """The comparison as a bound: beyond all of `baseline` where a product can be, else beyond the nearest of them."""
    for field in _fields(found, baseline, attributes):
        measures = [
            measure for product in baseline if (measure := measure_of(product, product.listed_offer, field)) is not None
        ]
        if not measures:
            continue
        ordered = sorted(measures, key=lambda measure: measure.size, reverse=found.operator is Operator.AT_LEAST)
        for measure in (ordered[0], ordered[-1]):
            condition = _beyond(field, found.operator, measure)
            if can_be_met(condition):
                return condition
        return _beyond(field, found.operator, ordered[0])
    return None


def _fields(
    found: Comparative, baseline: Sequence[Product], attributes: Mapping[str, tuple[MeasuredAttribute, ...]]
) -> list[str]:
    if found.fields[0] in ("price", "rating"):
        return [found.fields[0]]
    names = [attribute.name for group in attributes.values() for attribute in group]
    fitting = [name for wanted in found.fields for name in names if wanted in name.split("_")]
    return [name for name in fitting if any(name in product.attributes for product in baseline)]


def _beyond(field: str, operator: Operator, measure: Measure) -> Condition:
    """Strictly less or more than `measure`, by the smallest step of its own spelling."""
    exponent = measure.number.as_tuple().exponent
    step = Decimal(1).scaleb(min(int(exponent), 0) if isinstance(exponent, int) else 0)
    step = min(step, Decimal("0.01")) if field == "price" else step
    number = measure.number - step if operator is Operator.AT_MOST else measure.number + step
    return Condition(field, operator, number=number, unit=measure.unit)
