"""Judges answers: `aisle evaluate answers`, how often the right page of the sample shop answers a question.

The questions are our own (`data/shop/questions.yaml`), put as the first message of a conversation to everything that stands
before the writing. Half of them were open to work on; the other half is only counted. The floor gives the page whose
title is nearest by meaning, from the cosine on that serves the first half best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import yaml

from assistant.assistant import Assistant
from assistant.conversation.conversation import Conversation
from assistant.opening import open_assistant
from assistant.sample_shop import prepare_sample, sample_settings
from finetune.score import Score
from retrieval.catalog.catalog import Catalog
from retrieval.index.encoder import Encoder
from retrieval.index.sentence_encoder import open_encoder

WORK, REPORT = "work", "report"
_LEVELS = tuple(level / 20 for level in range(21))
Choose = Callable[[str], str]
"""The id of the page that answers a question, "" for none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the pages that are right; none where no page may be given."""

    text: str
    right: frozenset[str]
    part: str

    def outcome(self, given: str) -> str:
        """What giving the page `given` amounts to."""
        if given in self.right or not (given or self.right):
            return "right"
        if not self.right:
            return "answered beside the point"
        return "wrong page" if given else "no page"


def evaluate_answers(data: Path) -> str:
    """A table of what became of the questions of each half, as Markdown. `data` holds the sample shop and the models."""
    questions = read_questions(data / "shop" / "questions.yaml")
    with TemporaryDirectory() as home:
        settings = sample_settings(home=Path(home), data=data)
        prepare_sample(settings)
        assistant = open_assistant(settings)
        ways = {
            "nearest title": _nearest_title(assistant.catalog, open_encoder(), questions),
            "Aisle": _shown(assistant),
        }
        lines = ["| half | way | right page or rightly none | no page | wrong page | answered beside the point |"]
        lines.append("|---|---|---|---|---|---|")
        for part in (WORK, REPORT):
            lines += [_row(part, name, way, questions) for name, way in ways.items()]
    return "\n".join(lines)


def read_questions(path: Path) -> list[Asked]:
    """The questions of a YAML file of `{part, question, right}`."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Asked(row["question"], frozenset(row["right"]), row["part"]) for row in rows]


def _shown(assistant: Assistant) -> Choose:
    def choose(question: str) -> str:
        sources = assistant.prepare(Conversation("evaluation"), question).evidence.sources
        return sources[0].id if sources else ""

    return choose


def _nearest_title(catalog: Catalog, encoder: Encoder, questions: Sequence[Asked]) -> Choose:
    faqs = list(catalog.faqs.values())
    titles = encoder.encode_documents([faq.title for faq in faqs])
    texts = [question.text for question in questions]
    cosines = encoder.encode_queries(texts) @ titles.T
    nearest = {
        text: (faqs[int(row.argmax())].id, float(row.max()))
        for text, row in zip(texts, np.asarray(cosines), strict=True)
    }

    def given_from(level: float) -> Choose:
        return lambda text: nearest[text][0] if nearest[text][1] >= level else ""

    return max((given_from(level) for level in _LEVELS), key=lambda choose: _right(choose, questions, WORK))


def _right(choose: Choose, questions: Sequence[Asked], part: str) -> int:
    return sum(question.outcome(choose(question.text)) == "right" for question in questions if question.part == part)


def _row(part: str, name: str, choose: Choose, questions: Sequence[Asked]) -> str:
    outcomes = Counter(question.outcome(choose(question.text)) for question in questions if question.part == part)
    score = Score(outcomes["right"], outcomes.total())
    counts = " | ".join(str(outcomes[kind]) for kind in ("no page", "wrong page", "answered beside the point"))
    return f"| {part} ({outcomes.total()}) | {name} | {score} | {counts} |"
