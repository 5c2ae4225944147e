"""What tools share when they read: lines judged by the reader, and the few of them that a reply should rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence.brief import BriefLine
from assistant.reading.lines import Line, LineKind
from assistant.reading.reader import Reading
from assistant.reading.verdict import Verdict
from assistant.tools.tool import Bench
from retrieval.catalog.product import Product

DECIDES = 0.5
"""Probability from which a line is taken to decide; the point where a wrong line costs as much as a missed one."""
_DECIDING = (Verdict.SUPPORTS, Verdict.CONTRADICTS, Verdict.LIMITS)


@dataclass(frozen=True, slots=True)
class ProductReading:
    """A product with the readings of its lines for a need."""

    product: Product
    readings: tuple[Reading, ...]

    @property
    def support(self) -> float:
        """How strongly the best line supports the need, 0 to 1."""
        return max((r.probability(Verdict.SUPPORTS, Verdict.LIMITS) for r in self.readings), default=0.0)

    @property
    def contradiction(self) -> float:
        """How strongly the worst line contradicts it, 0 to 1."""
        return max((r.probability(Verdict.CONTRADICTS) for r in self.readings), default=0.0)


def read_record(bench: Bench, record: str, question: str, most: int) -> tuple[Reading, ...]:
    """The readings of the `most` lines of a record that are nearest to `question`; () if there is no question."""
    lines = bench.nearest_lines(record, question, most) if question else []
    return tuple(bench.reader.read(question, lines)) if lines else ()


def read_records(bench: Bench, products: Sequence[Product], question: str, most: int) -> list[ProductReading]:
    """Several products read together, which is faster than one by one."""
    lines = (
        [line for product in products for line in bench.nearest_lines(product.id, question, most)] if question else []
    )
    readings = bench.reader.read(question, lines) if lines else []
    return [
        ProductReading(product, tuple(reading for reading in readings if reading.line.record == product.id))
        for product in products
    ]


def deciding(readings: Sequence[Reading], most: int) -> tuple[BriefLine, ...]:
    """The lines that decide, surest first."""
    sure = [reading for reading in readings if reading.weight >= DECIDES]
    ranked = sorted(sure, key=lambda reading: -reading.weight)
    return tuple(told(reading) for reading in ranked[:most])


def told(reading: Reading) -> BriefLine:
    """A line that decides, with the likeliest of the verdicts that do."""
    return BriefLine(max(_DECIDING, key=reading.probability), reading.line)


def attribute_line(product: Product, name: str, bench: Bench) -> Line | None:
    """The line of the attribute called `name`, or None if the record lacks it."""
    start = name.replace("_", " ").casefold() + ":"
    own = (line for line in bench.lines_of(product.id) if line.kind is LineKind.ATTRIBUTE)
    return next((line for line in own if line.text.casefold().startswith(start)), None)
