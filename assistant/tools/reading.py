"""What tools share when they read: lines found by nearness, judged by the reader, and the few that a reply should rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence.brief import BriefLine
from assistant.reading.lines import Line, LineKind
from assistant.reading.reader import Reading
from assistant.reading.verdict import Verdict
from assistant.tools.body_fit import body_verdict
from assistant.tools.plain_reading import plain_verdict
from assistant.tools.tool import Asked, Bench, NearLine
from retrieval.catalog.measure import Measure
from retrieval.catalog.product import Product

DECIDES = 0.5
"""Probability from which a verdict is taken as said."""
_LEAD = 0.14
"""Lead of a line from which it is told. Chosen on two held-out shops: a lower one tells more lines that do not answer."""
_LEAD_OF_A_GUESS = 0.06
"""Lead from which a line is told as the nearest one where none surely answers; a smaller one says next to nothing."""
_NEAR, _SURELY_AGAINST = 0.3, 0.8
"""Nearness of a caveat, and the certainty with which it is read as a limit or a contradiction; chosen on the picks of the held-out shops. Lower
bounds bring more caveats that the written replies have, and more that they have not: a foolish caveat costs a sale."""
_LOOKED_THROUGH = 12
"""Lines of a pick among which its caveat is looked for, the nearest; few records have more."""
_BEHIND = 0.1
"""How much less near than the best line a further one may be."""
_READER_COUNTS = 0.15
"""How much of a cosine the reader's certainty is worth when lines are ranked; it reads what a line means better than which one answers."""
_CERTAIN = 0.55
"""Probability from which a line is taken to say yes or no. Below it the line is told, and the yes or no is left out."""
_OPTIONS = frozenset({"color", "size", "brand"})


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it was found, and what the reader says of it."""

    reading: Reading
    near: NearLine

    @property
    def merit(self) -> float:
        """By what lines are ranked."""
        return self.near.nearness + _READER_COUNTS * self.reading.weight

    @property
    def decides(self) -> bool:
        """Whether a reply may rest on the line."""
        return self.near.lead >= _LEAD

    @property
    def doubt(self) -> float:
        """How surely the line limits or contradicts what is asked, a probability."""
        return self.reading.probability(Verdict.LIMITS, Verdict.CONTRADICTS)

    @property
    def speaks_for(self) -> bool:
        """Whether the line is a reason to buy."""
        return self.reading.probability(Verdict.SUPPORTS) >= DECIDES and not self.is_caveat

    @property
    def is_caveat(self) -> bool:
        """Whether the line is near, and surely speaks against the product."""
        return self.near.nearness >= _NEAR and self.doubt >= _SURELY_AGAINST


@dataclass(frozen=True, slots=True)
class ProductReading:
    """A product with its lines that are nearest to a need, as read for it."""

    product: Product
    lines: tuple[ReadLine, ...]

    @property
    def support(self) -> float:
        """How strongly the best line supports the need, 0 to 1."""
        return max((each.reading.probability(Verdict.SUPPORTS, Verdict.LIMITS) for each in self.lines), default=0.0)

    @property
    def contradiction(self) -> float:
        """How strongly the worst line contradicts it, 0 to 1."""
        return max((each.reading.probability(Verdict.CONTRADICTS) for each in self.lines), default=0.0)


def read_record(bench: Bench, record: str, asked: Asked, most: int) -> tuple[ReadLine, ...]:
    """The `most` lines of a record that are nearest to what is asked, as read for its question."""
    return _read(bench, bench.nearest_lines(record, asked, most), asked)


def read_records(bench: Bench, products: Sequence[Product], asked: Asked, most: int) -> list[ProductReading]:
    """Several products read together, which is faster than one by one."""
    near = [line for product in products for line in bench.nearest_lines(product.id, asked, most)]
    read = _read(bench, near, asked)
    return [
        ProductReading(product, tuple(each for each in read if each.reading.line.record == product.id))
        for product in products
    ]


def caveat(bench: Bench, pick: ProductReading, asked: Asked) -> tuple[BriefLine, ...]:
    """What a customer should know before buying a pick for what is asked: the line that most surely speaks against it; () if none does."""
    known = {each.near.line for each in pick.lines}
    near = bench.nearest_lines(pick.product.id, asked, _LOOKED_THROUGH)
    others = [each for each in near if each.nearness >= _NEAR and each.line not in known]
    read = (*pick.lines, *_read(bench, others, asked))
    against = [
        each for each in read if each.is_caveat and not (is_option(each.near.line) or _is_measure(each.near.line))
    ]
    worst = max(against, key=lambda each: each.doubt, default=None)
    return () if worst is None else (told(worst.reading),)


def deciding(lines: Sequence[ReadLine], most: int) -> tuple[BriefLine, ...]:
    """The lines that decide, best first; a further one only if it is nearly as near as the best."""
    sure = sorted((each for each in lines if each.decides), key=lambda each: -each.merit)
    near = [each for each in sure if each.near.nearness >= sure[0].near.nearness - _BEHIND]
    return tuple(told(each.reading) for each in near[:most])


def guess(lines: Sequence[ReadLine]) -> tuple[BriefLine, ...]:
    """The nearest line where none decides, if it is nearer than most; () otherwise."""
    best = max(lines, key=lambda each: each.near.nearness, default=None)
    if best is None or best.near.lead < _LEAD_OF_A_GUESS:
        return ()
    return (BriefLine(Verdict.LIMITS, best.near.line, is_guess=True),)


def told(reading: Reading) -> BriefLine:
    """A line that decides, with what it says; one that says neither yes nor no with certainty is told as a limit."""
    certain = (v for v in (Verdict.SUPPORTS, Verdict.CONTRADICTS) if reading.probability(v) >= _CERTAIN)
    return BriefLine(next(certain, Verdict.LIMITS), reading.line)


def is_option(line: Line) -> bool:
    """Whether a line states color, size or brand, which limits of a search hold exactly and which are no reason to buy."""
    return line.kind is LineKind.ATTRIBUTE and line.text.partition(":")[0].casefold() in _OPTIONS


def _is_measure(line: Line) -> bool:
    """Whether a line states a number, which code compares and no model need weigh: "holds: 2 people" is no caveat for two."""
    return line.kind is LineKind.ATTRIBUTE and Measure.parse(line.text.partition(":")[2].strip()) is not None


def attribute_line(product: Product, name: str, bench: Bench) -> Line | None:
    """The line of the attribute called `name`, or None if the record lacks it."""
    start = name.replace("_", " ").casefold() + ":"
    own = (line for line in bench.lines_of(product.id) if line.kind is LineKind.ATTRIBUTE)
    return next((line for line in own if line.text.casefold().startswith(start)), None)


def _read(bench: Bench, near: Sequence[NearLine], asked: Asked) -> tuple[ReadLine, ...]:
    """Lines as read for what is asked, grouped by record as the reader needs them."""
    readings = bench.reader.read(asked.question, [each.line for each in near]) if near else []
    return tuple(ReadLine(_plain(reading, asked.words), each) for reading, each in zip(readings, near, strict=True))


def _plain(reading: Reading, questions: Sequence[str]) -> Reading:
    """The reading, or a certain one where the words of the line alone say yes or no."""
    line = reading.line
    verdict = next(filter(None, (plain_verdict(said, line) or body_verdict(said, line) for said in questions)), None)
    return Reading.certain(reading.line, verdict) if verdict else reading
