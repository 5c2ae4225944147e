"""Which page answers what a customer asks in a conversation: `aisle evaluate faqs FILE --pages FILE`.

FILE holds JSON lines `{"turns": [{"role": "user", "text": ...}, ...], "relevant": [id, ...]}`, and the other file the pages,
`{"id", "entity", "question", "text"}`, as in DSTC11 track 5, plain or gzipped. The last turn is the question. The pages of the
business that it is about are ranked: those that have the `entity` of a relevant line. Conversations without a relevant page are
left out, and so are lines that are no pages, such as reviews.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from finetune.ranking_metrics import Mean, reciprocal_rank
from finetune.search_evaluation import Ranking, Task, faq_ways
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.faq import Faq
from retrieval.errors import FeedError
from retrieval.feeds.source import Source
from retrieval.index.encoder import Encoder

_FORM = 'A conversation looks like {"turns": [{"role": "user", "text": "Do you deliver?"}], "relevant": ["delivery"]}.'
_PAGE_FORM = (
    'A page looks like {"id": "delivery", "entity": "Alder Shop", "question": "Where do you deliver?", "text": "..."}.'
)


@dataclass(frozen=True, slots=True)
class FaqFigures:
    """Figures by way. `recall_at_1` is the share of the right pages that come first, at most one of each question."""

    questions: int
    pages_per_question: float
    ways: Mapping[str, Mapping[str, Mean]]

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), indent=2)

    def as_text(self) -> str:
        """A Markdown table."""
        names = list(next(iter(self.ways.values())))
        head = [
            f"{self.questions} questions, each over the {self.pages_per_question:.0f} pages (on average) of its business",
            "",
            f"| ranking | {' | '.join(names)} |",
            "|---" * (len(names) + 1) + "|",
        ]
        rows = [f"| {way} | {' | '.join(str(mean) for mean in told.values())} |" for way, told in self.ways.items()]
        return "\n".join((*head, *rows))


def evaluate_faqs(conversations: Path, pages: Path, encoder: Encoder, finder: Encoder, seed: int = 1) -> FaqFigures:
    """Rank the pages for each question in several ways. Raises FeedError for files of another form."""
    entities = dict[str, str]()
    by_entity: dict[str, list[Faq]] = defaultdict(list)
    for row in _rows(pages, ("id", "entity", "text"), _PAGE_FORM):
        entities[row["id"]] = row["entity"]
        if row.get("question"):
            by_entity[row["entity"]].append(Faq(row["id"], row["question"], row["text"]))
    tasks: dict[tuple[str, ...], list[Task]] = defaultdict(list)
    page_ids = {faq.id for faqs in by_entity.values() for faq in faqs}
    for row in _rows(conversations, ("turns",), _FORM):
        relevant = row.get("relevant") or []
        right = page_ids.intersection(relevant)
        if right:
            about = sorted({entities[id] for id in relevant if id in entities})
            tasks[tuple(about)].append(Task(row["turns"][-1]["text"], frozenset(right)))
    if not tasks:
        raise FeedError(f"no conversation in {conversations} has a relevant page of {pages}", f"{_FORM} {_PAGE_FORM}")
    dice = np.random.default_rng(seed)
    found: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    sizes = []
    for business, asked in tasks.items():
        faqs = [faq for entity in business for faq in by_entity[entity]]
        ways = _ways(faqs, encoder, finder, dice)
        for task in asked:
            sizes.append(len(faqs))
            for way, rank in ways.items():
                found[way].append(_gains(rank(task.query), task))
    means = {
        way: {name: Mean.of([gains[place] for gains in listed]) for place, name in enumerate(_METRICS)}
        for way, listed in found.items()
    }
    return FaqFigures(len(sizes), float(np.mean(sizes)), means)


def _ways(
    faqs: Sequence[Faq], encoder: Encoder, finder: Encoder, dice: np.random.Generator
) -> dict[str, Callable[[str], Ranking]]:
    served = faq_ways(Catalog((), faqs), encoder)
    ids = np.array([faq.id for faq in faqs])
    vectors = finder.encode_documents([f"{faq.title} {faq.answer}" for faq in faqs])

    def found(query: str) -> Ranking:
        return [str(id) for id in ids[np.argsort(-(vectors @ finder.encode_queries([query])[0]), kind="stable")]]

    return {
        "as shown": served["shown"],
        "finder": found,
        "dense": served["dense"],
        "BM25": served["lexical"],
        "random": lambda query: [str(id) for id in dice.permutation(ids)],
    }


_METRICS = ("recall@1", "recall@5", "first is right", "MRR@10")


def _gains(ranking: Ranking, task: Task) -> tuple[float, ...]:
    """The metrics of one ranking, in the order of `_METRICS`."""
    recalls = [len(task.right.intersection(ranking[:depth])) / len(task.right) for depth in (1, 5)]
    return *recalls, float(bool(task.right.intersection(ranking[:1]))), reciprocal_rank(ranking, task.right)


def _rows(path: Path, needed: Sequence[str], form: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file. Raises FeedError, naming the line."""
    for number, line in enumerate(Source.open(path).lines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            missing = [name for name in needed if not row[name]]
        except (ValueError, KeyError, TypeError) as error:
            raise FeedError(f"{path}, line {number} cannot be read: {error!r}", form) from error
        if missing:
            raise FeedError(f"{path}, line {number} has no {missing[0]}", form)
        yield row
