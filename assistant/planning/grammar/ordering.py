"""Ordering: the order in which results are wanted ("cheapest", "best rated", "the lightest")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.planning.grammar.measures import MeasuredAttribute
from assistant.planning.grammar.text import Span, Text
from retrieval.catalog.filter import Sort

_BY = r"(?:sort(?:ed)?|order(?:ed)?|rank(?:ed)?|arrange[d]?)(?: (?:them|these|those|it|results?|the results?))?(?: (?:by|on))"
_SORTS: tuple[tuple[Sort, str], ...] = (
    (Sort.PRICE_HIGH, rf"(?:most|more) expensive|priciest|dearest|high(?:est)?[- ](?:priced?|cost)|{_BY} price "
        rf"(?:desc\w*|high\w*|from high\w*)|price high(?:est)? to low(?:est)?|expensive first|high to low"),
    (Sort.PRICE_LOW, rf"cheap(?:est|er|ie|ies)?|least expensive|low(?:est)?[- ](?:priced?|cost)|less expensive|"
        rf"inexpensive|affordable|budget(?:[- ]friendly)?|low[- ]cost|{_BY} (?:the )?price|price low(?:est)? to "
        rf"high(?:est)?|low to high|best price|not (?:too |so |very )?expensive|not (?:too |so )?pricey|bargain|"
        rf"economical"),
    (Sort.RATING, rf"(?:best|top|highest|high|well|better|good)[- ]?(?:rated|reviewed|rating|ratings|reviews)|"
        rf"best (?:customer )?reviews?|most loved|{_BY} (?:the )?(?:ratings?|reviews?|stars)|customers'? "
        rf"favou?rites?|highest quality|best quality|with (?:the )?best (?:ratings?|reviews?)|with good "
        rf"(?:ratings?|reviews?)"),
    (Sort.POPULARITY, rf"most popular|best[- ]?sell(?:ing|ers?)|top[- ]?sell(?:ing|ers?)|popular|most (?:bought|"
        rf"sold|purchased|wanted)|trending|{_BY} popularity|favou?rites?"),
)  # fmt: skip
_PATTERNS = tuple(
    (sort, re.compile(rf"(?<![\w-])(?:the )?(?:{pattern})(?![\w-])(?: first)?")) for sort, pattern in _SORTS
)
_NEGATED = re.compile(r"(?:\bnot|n't|\bno|\bnever)\s+(?:the |too |so |very |just |a )*$")
_COMPARED_TO = re.compile(r"\s*than\b")

_EXTREMES: Mapping[str, tuple[Sort, tuple[str, ...]]] = {
    # superlative: direction and the words by which an attribute may be called
    "lightest": (Sort.LOWEST, ("weight", "mass")),
    "heaviest": (Sort.HIGHEST, ("weight", "mass")),
    "biggest": (Sort.HIGHEST, ("capacity", "volume", "size", "screen", "length", "width", "height", "diameter")),
    "largest": (Sort.HIGHEST, ("capacity", "volume", "size", "screen", "length", "width", "height", "diameter")),
    "smallest": (Sort.LOWEST, ("capacity", "volume", "size", "screen", "length", "width", "height", "diameter")),
    "longest": (Sort.HIGHEST, ("length", "pages", "duration")),
    "shortest": (Sort.LOWEST, ("length", "pages", "duration")),
    "tallest": (Sort.HIGHEST, ("height",)),
    "thickest": (Sort.HIGHEST, ("thickness",)),
    "thinnest": (Sort.LOWEST, ("thickness",)),
    "brightest": (Sort.HIGHEST, ("brightness", "lumens", "light")),
    "warmest": (Sort.LOWEST, ("comfort", "temperature")),
    "roomiest": (Sort.HIGHEST, ("capacity", "volume")),
    "fastest": (Sort.HIGHEST, ("speed",)),
    "strongest": (Sort.HIGHEST, ("load", "power")),
    "most powerful": (Sort.HIGHEST, ("power", "wattage")),
}
_MOST = re.compile(
    r"(?<!\w)(?:with )?(?:the )?(most|highest|longest|largest|biggest|greatest|least|fewest|"
    r"lowest|shortest|smallest) ([a-z]+(?: [a-z]+)?)"
)
_MATTERS = re.compile(
    r"(?<!\w)([a-z]+(?: [a-z]+)?) (?:is|are) (?:what )?(?:the )?(?:most important|main thing|priority|everything|key|matters most)(?!\w)"
    r"|(?<!\w)([a-z]+(?: [a-z]+)?) matters? (?:the )?most(?!\w)"
)
_LESS_IS_BETTER = frozenset({"weight", "mass", "noise"})
"""Attributes where less is better. For all others, more is."""


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order, the attribute it goes by ("" for none), and where it was read."""

    sort: Sort
    field: str
    span: Span


class Ordering:
    """Reads sort orders with the measured attributes of one catalogue."""

    def __init__(self, attributes: Mapping[str, tuple[MeasuredAttribute, ...]]) -> None:
        ranked = sorted((a for group in attributes.values() for a in group), key=lambda attribute: -attribute.count)
        self._attributes = tuple(ranked)

    def read(self, text: Text) -> Order | None:
        """The order asked for, or None."""
        return self._attribute_order(text) or _common_order(text)

    def _attribute_order(self, text: Text) -> Order | None:
        for word, (sort, names) in _EXTREMES.items():
            match = re.search(rf"(?<!\w)(?:the )?{word}(?!\w)", text.lower)
            if match:
                field = self._called(names)
                return Order(sort, field, match.span()) if field else None
        for match in _MOST.finditer(text.lower):
            words = match.group(2).split()
            field = self._named(words) or self._named(words[:1])
            if field:
                low = match.group(1) in ("least", "fewest", "lowest", "shortest", "smallest")
                return Order(Sort.LOWEST if low else Sort.HIGHEST, field, match.span())
        for match in _MATTERS.finditer(text.lower):
            words = (match.group(1) or match.group(2)).split()
            if field := self._named(words) or self._named(words[-1:]):
                low = not _LESS_IS_BETTER.isdisjoint(field.split("_"))
                return Order(Sort.LOWEST if low else Sort.HIGHEST, field, match.span())
            if words[-1] in ("price", "cost"):
                return Order(Sort.PRICE_LOW, "", match.span())
        return None

    def _called(self, names: tuple[str, ...]) -> str:
        return next((a.name for name in names for a in self._attributes if name in a.name.split("_")), "")

    def _named(self, words: list[str]) -> str:
        wanted = frozenset(Text(" ".join(words)).tokens[i].stem for i in range(len(words)))
        return next((a.name for a in self._attributes if wanted == a.words), "")


def _common_order(text: Text) -> Order | None:
    for sort, pattern in _PATTERNS:
        for match in pattern.finditer(text.lower):
            if not _NEGATED.search(text.lower[: match.start()]) and not _COMPARED_TO.match(text.lower, match.end()):
                return Order(sort, "", match.span())
    return None
