"""Amounts: "under 50", "between 40 and 60", "$20-$30", "around 2 kg", "at least 4 stars" as conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assistant.grammar.english import FUNCTION_WORDS
from assistant.grammar.measures import MeasuredAttribute
from assistant.grammar.numbers import NUMBER, to_decimal
from assistant.grammar.text import Span, Text, stems
from assistant.grammar.words import words
from retrieval.filter import Condition, Operator
from retrieval.measure import Measure

_SYMBOL = r"[$£€¥₹]|usd|eur|gbp|cad|aud|us\$"
_MONEY_WORD = r"dollars?|bucks?|quid|pounds?|euros?|usd|eur|gbp|cad|aud|cents|rupees|yen|francs|chf|[$£€¥₹]"
_STARS = r"stars?|star rating|/5|out of 5"


def _operand(name: str) -> str:
    """A number with an optional currency before and an optional unit after it."""
    return (
        rf"(?:(?P<{name}_symbol>{_SYMBOL})\s?)?(?<![\w.#])(?<![a-z]-)(?P<{name}>{NUMBER})(?![\w.]*\d)\s*-?\s*"
        rf"(?:(?P<{name}_money>{_MONEY_WORD})(?!\w)|(?P<{name}_stars>{_STARS})(?!\w)|(?P<{name}_unit>°c|%|"
        rf"[a-z]+)(?![\w']))?"
    )


_BELOW = (
    r"under|below|beneath|less than|lower than|cheaper than|smaller than|lighter than|shorter than|no more than|"
    r"not more than|no higher than|not over|not above|no over|(?:nothing|none|not|anything not) (?:over|above|"
    r"more than|more expensive than|higher than|exceeding)|"
    r"not exceeding|at most|max(?:imum)?(?: of| price| budget)?(?: is)?|maximally|"
    r"up to|upto|within|as much as|<=?|"
    r"(?:my |a |our |the )?(?:budget|limit|price range)(?: is| of| being|'s)?(?: about| around| roughly| up to| "
    r"max)?:?"
)
_ABOVE = (
    r"over|above|more than|greater than|higher than|heavier than|bigger than|larger than|longer than|at least|"
    r"min(?:imum)?(?: of)?|"
    r"(?:nothing|none|not) (?:under|below|less than|cheaper than)|no less than|not less than|not under|not below|"
    r"no cheaper than|starting (?:at|from)|upwards of|north of|>=?|rated|rating of"
)
_AROUND = (
    r"around|about|roughly|approximately|approx\.?|circa|ca\.?|close to|near(?:ly)?|somewhere around|in the region of|~"
)
_SPENDING = (
    r"i (?:have|only have|'ve got|can spend|want to spend|would spend|'d spend)|i've(?: only)? got|spend(?:ing)?|for"
)
_AFTER_BELOW = (
    r"or (?:less|under|below|cheaper|lower|lighter|fewer|smaller)|and (?:under|below|less)|"
    r"max(?:imum)?|tops|at (?:the )?most|maximal"
)
_AFTER_ABOVE = (
    r"\+|or (?:more|above|over|higher|up|better|longer|bigger|larger)|and (?:up|above|over|more|"
    r"higher)|upwards?|minimum|plus|at least"
)
_AFTER_AROUND = r"or so|ish|-ish|or thereabouts|give or take"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("between", rf"\b(?:between|btw|betwen|from|in the range of|anywhere from)\s+{_operand('low')}\s*(?:and|"
            rf"to|-|till|until|up to|&)\s*{_operand('high')}"),
        ("between", rf"\b(?:over|above|more than|at least)\s+{_operand('low')}\s*(?:and|but|,)?\s*(?:under|below|"
            rf"less than|at most|no more than|up to)\s+{_operand('high')}"),
        ("range", rf"(?<![\w-]){_operand('low')}\s*(?:-|to)\s*{_operand('high')}"),
        ("below", rf"(?<!\w)(?:{_BELOW})\s*(?:the )?(?:price of |an? )?{_operand('high')}"),
        ("above", rf"(?<!\w)(?:{_ABOVE})\s*(?:an? "
            rf")?{_operand('low')}(?:\s*(?:{_AFTER_ABOVE}))?(?:\s*(?P<more_stars>{_STARS})(?!\w))?"),
        ("below", rf"{_operand('high')}\s*(?:{_AFTER_BELOW})(?!\w)"),
        ("above", rf"{_operand('low')}\s*(?:{_AFTER_ABOVE})(?:\s*(?P<more_stars>{_STARS}))?(?!\w)"),
        ("around", rf"(?<!\w)(?:{_AROUND})\s*{_operand('low')}"),
        ("around", rf"{_operand('low')}\s*(?:{_AFTER_AROUND})(?!\w)"),
        ("spend", rf"\b(?:{_SPENDING})\s+(?:about |around |only |just )?{_operand('high')}"),
        ("bare", _operand("high")),
    )
)  # fmt: skip

_NOT_PRICES = words("no price")
_SIZE_BEFORE = re.compile(
    r"\b(?:sizes?|ages?|aged|number|no\.?|nr\.?|#|order|waist|eu|uk|us|top|first|last|best|"
    r"version|gen)\s*:?\s*$",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(
    r"\b(?:price[sd]?|cost(?:s|ing)?|budget|spend(?:ing)?|pay(?:ing)?|worth|for|"
    r"range)\b[^.?!]{0,20}$",
    re.IGNORECASE,
)
_RATING_NEAR = re.compile(r"\b(?:rat(?:ed|ing|ings)|stars?|reviews?|score[ds]?)\b", re.IGNORECASE)
_MUST_BE_NAMED = frozenset({"duration", "length"})
"""Dimensions that too many attributes share for a bare number to mean one of them."""
_NEARNESS = Decimal("0.2")
"""How far from the named number "around" reaches, as a share of it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One reading: its conditions and where it stands."""

    conditions: tuple[Condition, ...]
    span: Span


class Amounts:
    """Reads amounts with the measured attributes of one catalogue."""

    def __init__(self, attributes: Mapping[str, tuple[MeasuredAttribute, ...]]) -> None:
        self._attributes = attributes
        self._by_words: dict[frozenset[str], MeasuredAttribute] = {}
        for group in attributes.values():
            for attribute in group:
                self._by_words.setdefault(attribute.words, attribute)

    def read(self, text: Text, has: Callable[[str], bool] = lambda name: True) -> tuple[Amount, ...]:
        """All amounts in `text`, in the order in which the patterns find them; no character is read twice.

        `has` tells whether the wanted kind of product has an attribute.
        """
        found: list[Amount] = []
        for kind, pattern in _PATTERNS:
            for match in pattern.finditer(text.lower):
                amount = self._amount(kind, match, text.lower, has)
                if amount is not None:
                    found.append(amount)
            text = text.without(amount.span for amount in found)
        return tuple(found)

    def _amount(self, kind: str, match: re.Match[str], lower: str, has: Callable[[str], bool]) -> Amount | None:
        operands = {
            name: operand for name in ("low", "high") if (operand := _Operand.of(match, name, lower)) is not None
        }
        if not operands or (kind in ("between", "range") and len(operands) < 2):
            return None
        last = operands.get("high") or operands["low"]
        if kind == "bare" and _SIZE_BEFORE.search(lower[: match.start()]):
            return None
        if kind == "range" and (_SIZE_BEFORE.search(lower[: match.start()]) or operands["low"].number >= last.number):
            return None
        is_money = any(operand.is_money for operand in operands.values())
        is_stars = any(operand.is_stars for operand in operands.values()) or bool(match.groupdict().get("more_stars"))
        span = (match.start(), last.number_end if last.unit else match.end())
        if is_money:
            return Amount(_bounds("price", kind, operands), span)
        if is_stars or (last.number <= 5 and kind not in ("bare", "range", "spend") and _rating_near(lower, match)):
            return Amount(
                _bounds("rating", "above" if kind in ("bare", "around", "spend") else kind, _as_low(operands, kind)),
                span,
            )
        return self._measured(kind, operands, last, lower, span, has) or self._priced(
            kind, operands, last, lower, match, span
        )

    def _measured(
        self,
        kind: str,
        operands: Mapping[str, _Operand],
        last: _Operand,
        lower: str,
        span: Span,
        has: Callable[[str], bool],
    ) -> Amount | None:
        """An amount with a unit that some attribute is measured in."""
        if not last.unit:
            return None
        dimension = Measure(Decimal(0), last.unit).dimension
        attribute = self._named(dimension, lower, has)
        if attribute is None:
            return None
        if kind in ("bare", "spend"):
            bound = _exact(attribute, Measure(last.number, last.unit))
            holds_more = any(measure.size >= last.number for measure in attribute.values.values())
            if bound is None and dimension == "people" and holds_more:
                bound = Condition(attribute.name, Operator.AT_LEAST, number=last.number, unit=last.unit)
            return Amount((bound,), (last.start, last.end)) if bound is not None else None
        conditions = _bounds(attribute.name, kind, operands, last.unit if attribute.dimension else "")
        return Amount(conditions, (span[0], max(span[1], last.end)))

    def _named(self, dimension: str, lower: str, has: Callable[[str], bool]) -> MeasuredAttribute | None:
        """The attribute that the message names, else the usual one for the dimension."""
        group = tuple(attribute for attribute in self._attributes.get(dimension, ()) if has(attribute.name))
        if not group and dimension:
            group = tuple(a for a in self._attributes.get("", ()) if dimension in a.words)
        said = set(stems(lower))
        named = [attribute for attribute in group if attribute.words & said]
        if named:
            return max(named, key=lambda attribute: len(attribute.words & said))
        return None if dimension in _MUST_BE_NAMED else next(iter(group), None)

    def _priced(
        self, kind: str, operands: Mapping[str, _Operand], last: _Operand, lower: str, match: re.Match[str], span: Span
    ) -> Amount | None:
        """An amount without a unit: a price, where nothing says otherwise."""
        if last.unit and (last.unit in _NOT_PRICES or last.unit not in FUNCTION_WORDS):
            following = _word_after_type(last.unit)
            if not following or kind in ("bare", "range", "spend"):
                return None
        if kind in ("bare", "spend") or last.number < 1:
            return None
        if kind == "range" and not (_MONEY_BEFORE.search(lower[: match.start()]) or last.ends_text):
            return None
        if kind == "around" and last.number < 5:
            return None
        return Amount(_bounds("price", kind, operands), span)


@dataclass(frozen=True, slots=True)
class _Operand:
    """One number of a pattern, with what stands around it. `end` includes the unit, `number_end` does not."""

    number: Decimal
    unit: str
    is_money: bool
    is_stars: bool
    start: int
    end: int
    number_end: int
    ends_text: bool

    @classmethod
    def of(cls, match: re.Match[str], name: str, lower: str) -> _Operand | None:
        groups = match.groupdict()
        if groups.get(name) is None:
            return None
        number = to_decimal(groups[name])
        if number is None:
            return None
        money, stars, unit = groups.get(f"{name}_money"), groups.get(f"{name}_stars"), groups.get(f"{name}_unit") or ""
        if unit == "in" and lower[match.end(name)].isspace():  # "under 150 in size 9" speaks of no inches
            unit = ""
        tail = "money" if money else "stars" if stars else "unit" if unit else ""
        end = match.end(f"{name}_{tail}") if tail else match.end(name)
        start = match.start(f"{name}_symbol") if groups.get(f"{name}_symbol") else match.start(name)
        rest = lower[match.end(name) :].strip(" .?!\x1f")
        return cls(
            number, unit, bool(money or groups.get(f"{name}_symbol")), bool(stars), start, end, match.end(name),
            not rest or rest.split()[0] in ("please", "pls", "thanks", "range"),
        )  # fmt: skip


def _rating_near(lower: str, match: re.Match[str]) -> bool:
    return bool(_RATING_NEAR.search(lower[max(0, match.start() - 25) : match.end() + 15]))


def _as_low(operands: Mapping[str, _Operand], kind: str) -> Mapping[str, _Operand]:
    """For ratings a bare number is the least wanted."""
    return {"low": operands["high"]} if kind in ("bare", "spend") else operands


def _bounds(field: str, kind: str, operands: Mapping[str, _Operand], unit: str = "") -> tuple[Condition, ...]:
    low, high = operands.get("low"), operands.get("high")
    if kind == "around" and low is not None:
        reach = low.number * _NEARNESS
        numbers: tuple[Decimal | None, Decimal | None] = (low.number - reach, low.number + reach)
    else:
        numbers = (low.number if low else None, high.number if high else None)
        if numbers[0] is not None and numbers[1] is not None and numbers[0] > numbers[1]:
            numbers = (numbers[1], numbers[0])
    return tuple(_conditions(field, numbers, unit))


def _conditions(field: str, numbers: tuple[Decimal | None, Decimal | None], unit: str) -> Iterator[Condition]:
    low, high = numbers
    if low is not None:
        yield Condition(field, Operator.AT_LEAST, number=low, unit=unit)
    if high is not None:
        yield Condition(field, Operator.AT_MOST, number=high, unit=unit)


def _exact(attribute: MeasuredAttribute, wanted: Measure) -> Condition | None:
    """The shop's spellings of exactly this measure, or None where it has none."""
    values = tuple(value for value, measure in attribute.values.items() if measure.size == wanted.size)
    return Condition(attribute.name, Operator.IN, values) if values else None


def _word_after_type(word: str) -> bool:
    """Whether the word behind a number can follow a price ("under 50 please", "below 30 for my dad")."""
    return word in FUNCTION_WORDS and word not in _NOT_PRICES
