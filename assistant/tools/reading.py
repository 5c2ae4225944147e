"""What tools share when they read: lines judged by the reader, and the few of them that a reply should rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evidence.brief import BriefLine
from assistant.reading.lines import Line, LineKind
from assistant.reading.reader import Reader, Reading
from assistant.reading.verdict import Verdict
from retrieval.product import Product

DECIDES = 0.5
"""Probability from which a line is taken to decide; the point where a wrong line costs as much as a missed one."""
_REVIEWS_READ = 3
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


def read_lines(reader: Reader, question: str, lines: Sequence[Line]) -> tuple[Reading, ...]:
    """The readings of `lines`, of reviews only the first few."""
    reviews = [line for line in lines if line.kind is LineKind.REVIEW][:_REVIEWS_READ]
    read = [line for line in lines if line.kind is not LineKind.REVIEW] + reviews
    return tuple(reader.read(question, read)) if question and read else ()


def deciding(readings: Sequence[Reading], most: int) -> tuple[BriefLine, ...]:
    """The lines that decide, surest first."""
    sure = [reading for reading in readings if reading.weight >= DECIDES]
    ranked = sorted(sure, key=lambda reading: -reading.weight)
    return tuple(BriefLine(_verdict(reading), reading.line) for reading in ranked[:most])


def _verdict(reading: Reading) -> Verdict:
    """The likeliest verdict of a line that decides."""
    return max(_DECIDING, key=reading.probability)
