"""Reader: decides what a record line means for a question or need.

A cross-encoder reads both together. The one that ships is a LoRA adapter for all-MiniLM-L6-v2, whose weights come with a package;
any sequence classifier in a folder can take its place.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import torch

from assistant.language_model.speaker import Speaker
from assistant.reading.lines import Line
from assistant.reading.reading_text import reading_ids
from assistant.reading.verdict import Verdict
from retrieval.errors import ModelError, WritingError
from retrieval.index.sentence_encoder import packaged_model

LABELS = (Verdict.SUPPORTS, Verdict.CONTRADICTS, Verdict.LIMITS, Verdict.SILENT)
LONGEST = 128
"""Tokens of a question and a line together; longer lines are cut at their end."""
LINES_AT_ONCE = 32
"""Lines that the language model reads in one pass; more seldom fit its context."""
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line means. `probabilities` are those of `LABELS`, in that order, and sum to 1."""

    line: Line
    probabilities: tuple[float, ...]

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


class CrossEncoderReader:
    """A Reader over a sequence classifier with four labels. Safe to share between threads."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Loads the reader in `folder`. Raises ModelError if it is absent, damaged or has other labels."""
        try:
            model, tokenizer = _load(folder)
        except Exception as error:  # peft, safetensors and transformers raise a dozen kinds between them
            raise ModelError(f"the reader in {folder} cannot be loaded: {error}", "Run: aisle train reader") from error
        if model.config.num_labels != len(LABELS):
            raise ModelError(f"the reader in {folder} has {model.config.num_labels} labels, not {len(LABELS)}")
        return cls(model, tokenizer)

    def read(self, question: str, lines: Sequence[Line]) -> list[Reading]:
        """See `Reader.read`."""
        order = sorted(range(len(lines)), key=lambda place: len(lines[place].text))
        found: dict[int, Reading] = {}
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            texts = [line_text(lines[place]) for place in places]
            batch = encode_pairs(self._tokenizer, [question] * len(places), texts)
            with self._lock, torch.inference_mode():
                chances = torch.softmax(self._model(**batch).logits.float(), -1)
            for place, row in zip(places, chances.tolist(), strict=True):
                found[place] = Reading(lines[place], tuple(row))
        return [found[place] for place in range(len(lines))]


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


def encode_pairs(tokenizer: Any, questions: Sequence[str], lines: Sequence[str]) -> Any:
    """Questions and lines as one padded batch."""
    return tokenizer(
        list(questions), list(lines), padding=True, truncation="longest_first", max_length=LONGEST, return_tensors="pt"
    )


def base_classifier() -> tuple[Any, Any]:
    """all-MiniLM-L6-v2 with a fresh head of four labels, and its tokenizer."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = packaged_model()
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=len(LABELS), local_files_only=True)
    return model, AutoTokenizer.from_pretrained(folder, local_files_only=True)


def _load(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    if not (folder / "adapter_config.json").exists():
        model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
        return model, AutoTokenizer.from_pretrained(folder, local_files_only=True)
    from peft import PeftModel

    model, tokenizer = base_classifier()
    return PeftModel.from_pretrained(model, folder).merge_and_unload(), tokenizer
