"""Reader: decides what a record line means for a question or need.

The language model reads all lines of a question in one pass, with the adapter that also plans. The finder chooses the lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assistant.language_model.speaker import Speaker
from assistant.reading.lines import Line
from assistant.reading.reading_text import reading_ids
from assistant.reading.verdict import Verdict
from retrieval.errors import ModelError, WritingError

LABELS = (Verdict.SUPPORTS, Verdict.CONTRADICTS, Verdict.LIMITS, Verdict.SILENT)
LINES_AT_ONCE = 32
"""Lines that the language model reads in one pass; more seldom fit its context."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line means. `probabilities` are those of `LABELS`, in that order, and sum to 1."""

    line: Line
    probabilities: tuple[float, ...]

    @classmethod
    def certain(cls, line: Line, verdict: Verdict) -> Reading:
        """A reading that leaves no doubt."""
        return cls(line, tuple(float(label is verdict) for label in LABELS))

    @property
    def verdict(self) -> Verdict:
        """The likeliest verdict."""
        return LABELS[max(range(len(LABELS)), key=self.probabilities.__getitem__)]

    def probability(self, *verdicts: Verdict) -> float:
        """The probability that the line means any of `verdicts`."""
        return sum(self.probabilities[LABELS.index(verdict)] for verdict in verdicts)

    @property
    def weight(self) -> float:
        """The probability that the line decides anything."""
        return 1 - self.probability(Verdict.SILENT)


class Reader(Protocol):
    """Anything that reads lines for a question."""

    def read(self, question: str, lines: Sequence[Line]) -> list[Reading]:
        """What each of `lines` means for `question`, in their order. Raises ModelError if the model fails."""
        ...


class LanguageModelReader:
    """A Reader over the language model: all lines of a question in one pass, a verdict at the end of each."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._marks = [speaker.tokens(verdict.mark)[0] for verdict in LABELS]

    def read(self, question: str, lines: Sequence[Line]) -> list[Reading]:
        """See `Reader.read`."""
        return [
            reading
            for start in range(0, len(lines), LINES_AT_ONCE)
            for reading in self._read(question, lines[start : start + LINES_AT_ONCE])
        ]

    def _read(self, question: str, lines: Sequence[Line]) -> Iterator[Reading]:
        ids, places = reading_ids(question, lines, self._speaker.tokens)
        try:
            logits = self._speaker.scores(ids, places, self._marks).astype(np.float64)
        except WritingError as error:
            raise ModelError(f"the language model cannot read: {error}") from error
        chances = np.exp(logits - logits.max(-1, keepdims=True))
        for line, row in zip(lines, (chances / chances.sum(-1, keepdims=True)).tolist(), strict=True):
            yield Reading(line, tuple(row))


def line_text(line: Line) -> str:
    """A line as the reader sees it: behind the title of its record."""
    return f"{line.title}: {line.text}"
