"""Amount phrases: the forms in which messages name amounts, and what one match of a form says.

"between 40 and 60", "under $50", "$20-$30", "around 2 kg", "at least 4 stars", "i can spend 80"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.planning.grammar.numbers import NUMBER, to_decimal
from assistant.planning.grammar.text import Span
from retrieval.catalog.filter import Condition, Operator

_SYMBOL = r"[$£€¥₹₩₽₺₪฿₱]|usd|eur|gbp|cad|aud|nzd|sgd|hkd|jpy|cny|inr|chf|sek|nok|dkk|pln|czk|huf|krw|mxn|brl|zar|thb|us\$|r\$|kr\.?|zł"
MONEY_WORD = (
    r"dollars?|bucks?|quid|pounds?|euros?|usd|eur|gbp|cad|aud|nzd|sgd|hkd|jpy|cny|inr|sek|nok|dkk|pln|czk|huf|krw|mxn|brl|zar|thb|cents|rupees?|yen|yuan"
    r"|renminbi|rmb|(?:swiss )?francs?|chf|(?:swedish |norwegian |danish )?(?:kronor|kroner|krona|krone|crowns)|kr|zlot(?:y|ys|ych)|zł|forints?|won|rubles?|roubles?"
    r"|pesos?|reais|liras?|baht|rand|shekels?|[$£€¥₹₩₽₺₪฿₱]"
)
"""A currency as it stands behind an amount: "dollars", "EUR", "€"."""
_CURRENCIES: Mapping[str, frozenset[str]] = {
    written: frozenset(codes.split())
    for spellings, codes in {
        "$ dollar dollars buck bucks": "USD CAD AUD NZD SGD HKD",
        "us$ usd": "USD", "cad": "CAD", "aud": "AUD",
        "€ eur euro euros": "EUR",
        "£ gbp quid quids pound pounds": "GBP",
        "¥": "JPY CNY", "yen jpy": "JPY", "yuan renminbi rmb cny": "CNY",
        "₹ rupee rupees": "INR PKR LKR NPR", "inr": "INR",
        "chf franc francs": "CHF",
        "kr kr. krona kronor krone kroner crowns": "SEK NOK DKK ISK CZK", "sek": "SEK", "nok": "NOK", "dkk": "DKK",
        "zł zloty zlotys zlotych pln": "PLN", "czk": "CZK", "forint forints huf": "HUF", "₩ won krw": "KRW", "₽ ruble rubles rouble roubles": "RUB",
        "peso pesos": "MXN ARS CLP COP PHP", "mxn": "MXN", "₱": "PHP", "r$ reais brl": "BRL", "₺ lira liras": "TRY", "฿ baht thb": "THB",
        "rand zar": "ZAR", "₪ shekel shekels": "ILS", "nzd": "NZD", "sgd": "SGD", "hkd": "HKD",
    }.items()
    for written in spellings.split()
}  # fmt: skip
"""Which currencies a sign or word can mean; "cents" are of any."""
_IN_CURRENCY = re.compile(
    rf"\b(?:in|into|to|for) (?:the )?(?:us |u\.s\. |american |canadian |australian |british |swiss |swedish |norwegian |danish )?(?P<written>{MONEY_WORD}|american money)(?!\w)"
)
_STARS = r"stars?|star rating|/5|out of 5"


def _currencies(written: str | None) -> frozenset[str]:
    """Which currencies a sign or words can mean: "swiss francs" are francs."""
    return _CURRENCIES.get((written or "").split(" ")[-1], frozenset())


def names_other_currency(text: str, currency: str) -> bool:
    """Whether lower-case `text` asks for something in another currency than the shop's: "how much is it in euros"."""
    named = [_currencies(match["written"]) for match in _IN_CURRENCY.finditer(text)]
    return any(each and currency not in each for each in named)


def _operand(name: str) -> str:
    """A number with an optional currency before and an optional unit after it."""
    return (
        rf"(?:(?P<{name}_symbol>{_SYMBOL})\s?)?(?<![\w.#])(?<![a-z]-)(?P<{name}>{NUMBER})(?![\w.]*\d)\s*-?\s*"
        rf"(?:(?P<{name}_money>{MONEY_WORD})(?!\w)|(?P<{name}_stars>{_STARS})(?!\w)|(?P<{name}_unit>°c|%|"
        rf"[a-z]+)(?![\w']))?"
    )


_BELOW = (
    r"(?:do ?n[o']t|can ?n[o']t|can't|don't|won't|wouldn't|would not|shouldn't|should not|rather not|never)(?: [a-z']+){0,4} "
    r"(?:over|above|more than|exceed)|"
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
    r"no less than|not less than|not under|not below|"
    r"no cheaper than|starting (?:at|from)|upwards of|north of|>=?|rated|rating of"
)
_AROUND = (
    r"around|about|roughly|approximately|approx\.?|circa|ca\.?|close to|near(?:ly)?|somewhere around|in the region of|~"
)
_SPENDING = (
    r"i (?:have|only have|'ve got|can spend|want to spend|would spend|'d spend)|i've(?: only)? got|spend(?:ing)?|for"
)
_AFTER_BELOW = (
    r"(?:do ?n[o']t|can ?n[o']t|can't|don't|won't|wouldn't|would not|shouldn't|should not|rather not|never)(?: [a-z']+){0,4} "
    r"(?:over|above|more than|exceed)|"
    r"or (?:less|under|below|cheaper|lower|lighter|fewer|smaller)|and (?:under|below|less)|"
    r"max(?:imum)?|tops|at (?:the )?most|maximal"
)
_AFTER_ABOVE = (
    r"\+|or (?:more|above|over|higher|up|better|longer|bigger|larger)|and (?:up|above|over|more|"
    r"higher)|upwards?|minimum|plus|at least"
)
_AFTER_AROUND = r"or so|ish|-ish|or thereabouts|give or take"

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "between",
            rf"\b(?:between|btw|betwen|from|in the range of|anywhere from)\s+{_operand('low')}"
            rf"\s*(?:and|to|-|till|until|up to|&)\s*{_operand('high')}",
        ),
        (
            "between",
            rf"\b(?:over|above|more than|at least)\s+{_operand('low')}"
            rf"\s*(?:and|but|,)?\s*(?:under|below|less than|at most|no more than|up to)\s+{_operand('high')}",
        ),
        ("above", rf"\b(?:nothing|none|not) (?:under|below|less than|cheaper than)\s+{_operand('low')}"),
        ("range", rf"(?<![\w-]){_operand('low')}\s*(?:-|to)\s*{_operand('high')}"),
        ("below", rf"(?<!\w)(?:{_BELOW})\s*(?:the )?(?:price of |an? )?{_operand('high')}"),
        (
            "above",
            rf"(?<!\w)(?:{_ABOVE})\s*(?:an? )?{_operand('low')}(?:\s*(?:{_AFTER_ABOVE}))?"
            rf"(?:\s*(?P<more_stars>{_STARS})(?!\w))?",
        ),
        ("below", rf"{_operand('high')}\s*(?:{_AFTER_BELOW})(?!\w)"),
        ("above", rf"{_operand('low')}\s*(?:{_AFTER_ABOVE})(?:\s*(?P<more_stars>{_STARS}))?(?!\w)"),
        ("around", rf"(?<!\w)(?:{_AROUND})\s*{_operand('low')}"),
        ("around", rf"{_operand('low')}\s*(?:{_AFTER_AROUND})(?!\w)"),
        ("spend", rf"\b(?:{_SPENDING})\s+(?:about |around |only |just )?{_operand('high')}"),
        ("bare", _operand("high")),
    )
)  # fmt: skip
"""Each form by its name, in the order in which they are tried."""

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
_WEIGHING = re.compile(r"\b(?:weigh\w*|light(?:er)?|heav(?:y|ier)) ")
_NEARNESS = Decimal("0.2")
"""How far from the named number "around" reaches, as a share of it."""
_LESS_MONEY = Decimal("0.5")
"""How far below a named price "around" reaches: few who say "around 50" refuse what costs 39, and hardly any want a gift card for 10."""
BARE = ("bare", "spend")
"""Forms of a number with nothing around it that tells how it is meant."""
_BEST_RATING = 5


@dataclass(frozen=True, slots=True)
class Operand:
    """One number of a phrase, with what stands around it. `end` includes the unit, `number_end` does not.

    `currencies` are those that a sign or word next to it can mean, empty where none is named.
    """

    number: Decimal
    unit: str
    is_money: bool
    is_stars: bool
    start: int
    end: int
    number_end: int
    ends_text: bool
    currencies: frozenset[str] = frozenset()

    @classmethod
    def of(cls, match: re.Match[str], name: str, lower: str) -> Operand | None:
        """The number that the pattern calls `name`, or None where it has none."""
        groups = match.groupdict()
        number = to_decimal(groups[name]) if groups.get(name) else None
        if number is None:
            return None
        symbol, money, stars = (groups.get(f"{name}_{part}") for part in ("symbol", "money", "stars"))
        unit = groups.get(f"{name}_unit") or ""
        if money and money.startswith("pound") and not symbol and _WEIGHING.search(lower):
            money, unit = None, money
        if unit == "in" and lower[match.end(name)].isspace():  # "under 150 in size 9" speaks of no inches
            unit = ""
        tail = "money" if groups.get(f"{name}_money") else "stars" if stars else "unit" if unit else ""
        rest = lower[match.end(name) :].strip(" .?!\x1f").split()
        return cls(
            number,
            unit,
            is_money=bool(money or symbol),
            is_stars=bool(stars),
            start=match.start(f"{name}_symbol") if symbol else match.start(name),
            end=match.end(f"{name}_{tail}") if tail else match.end(name),
            number_end=match.end(name),
            ends_text=not rest or rest[0] in ("please", "pls", "thanks", "range"),
            currencies=_currencies(symbol) or _currencies(money),
        )


@dataclass(frozen=True, slots=True)
class AmountPhrase:
    """One match: its form, its one or two numbers, `last` of which carries the unit, and the text around it."""

    form: str
    last: Operand
    low: Operand | None
    high: Operand | None
    text: str
    span: Span
    has_stars: bool = False

    @classmethod
    def of(cls, form: str, match: re.Match[str], lower: str) -> AmountPhrase | None:
        """The phrase, or None where it is none: "size 10", "3-2", "between 5 and"."""
        low, high = Operand.of(match, "low", lower), Operand.of(match, "high", lower)
        last = high or low
        if last is None or (form in ("between", "range") and (low is None or high is None)):
            return None
        if form in ("bare", "range") and _SIZE_BEFORE.search(lower[: match.start()]):
            return None
        if form == "range" and low and low.number >= last.number:
            return None
        span = (match.start(), last.number_end if last.unit else match.end())
        return cls(form, last, low, high, lower, span, bool(match.groupdict().get("more_stars")))

    @property
    def is_money(self) -> bool:
        """Whether a currency is named."""
        return any(operand.is_money for operand in (self.low, self.high) if operand)

    def is_foreign(self, currency: str) -> bool:
        """Whether a currency is named, and it is not the shop's `currency`."""
        named = [operand.currencies for operand in (self.low, self.high) if operand and operand.currencies]
        return bool(named) and not any(currency in currencies for currencies in named)

    @property
    def is_rating(self) -> bool:
        """Whether stars are named, or a small number stands near a word for ratings."""
        if self.has_stars or any(operand.is_stars for operand in (self.low, self.high) if operand):
            return True
        near = self.text[max(0, self.span[0] - 25) : self.span[1] + 15]
        return (
            self.last.number <= _BEST_RATING and self.form not in (*BARE, "range") and bool(_RATING_NEAR.search(near))
        )

    @property
    def speaks_of_money(self) -> bool:
        """Whether a word before it speaks of prices."""
        return bool(_MONEY_BEFORE.search(self.text[: self.span[0]]))

    def at_least(self) -> AmountPhrase:
        """For ratings, a number alone or "around" it is the least wanted."""
        return replace(self, form="above", low=self.last, high=None) if self.form in (*BARE, "around") else self

    def bounds(self, field: str, unit: str = "") -> tuple[Condition, ...]:
        """The phrase as one or two conditions on `field`."""
        low, high = (operand.number if operand else None for operand in (self.low, self.high))
        if self.form == "around" and low is not None:
            below = _LESS_MONEY if field == "price" else _NEARNESS
            low, high = low - low * below, low + low * _NEARNESS
        if low is not None and high is not None and low > high:
            low, high = high, low
        least = [] if low is None else [Condition(field, Operator.AT_LEAST, number=low, unit=unit)]
        most = [] if high is None else [Condition(field, Operator.AT_MOST, number=high, unit=unit)]
        return (*least, *most)
