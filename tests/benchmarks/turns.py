"""Whole turns at 1, 8 and 32 customers at once: p50 and p95 of each step, of the first sentence and of the reply.

Ranking is part of search, and the first token part of the first sentence; both are timed inside, from the outside.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np

from assistant.assistant import Assistant
from assistant.language_model.embedded_model import EmbeddedModel
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import Prompt
from assistant.opening import open_assistant
from assistant.reply import Reply, Sentence
from assistant.settings import Settings
from retrieval.catalog.candidate import Candidate
from retrieval.recommendation.product_features import Floats
from retrieval.recommendation.recommender import Question, Recommender
from tests.simulation.customer import SimulatedCustomer

TURNS = 192


def measure(home: Path) -> Iterator[tuple[str, float, str]]:
    """Milliseconds; `home` holds the built sample shop. Every customer sends the next message when the reply is complete."""
    assistant = open_assistant(Settings(home=home))
    _talk(assistant, 8, random.Random(0), defaultdict(list))  # warm
    for customers in (1, 8, 32):
        taken: defaultdict[str, list[float]] = defaultdict(list)
        threads = [
            threading.Thread(target=_talk, args=(assistant, TURNS // customers, random.Random(number), taken))
            for number in range(customers)
        ]
        with _timed_inside(taken):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for step, values in taken.items():
            for percent in (50, 95):
                yield f"{step}, {customers} at once, p{percent}", float(np.percentile(values, percent)), "ms"


def _talk(assistant: Assistant, turns: int, generator: random.Random, taken: defaultdict[str, list[float]]) -> None:
    customer = SimulatedCustomer(assistant.catalog, generator)
    reply: Reply | None = None
    for _ in range(turns):
        message = customer.say(reply)
        start = time.perf_counter()
        first = None
        for event in assistant.reply(message, conversation_id=reply.conversation_id if reply else None):
            if isinstance(event, Sentence) and first is None:
                first = (time.perf_counter() - start) * 1000
            if isinstance(event, Reply):
                reply = event
        assert reply
        for step, value in reply.timings_ms.items():
            taken[step].append(value)
        taken["first sentence"].append(first or 0.0)
        taken["whole reply"].append((time.perf_counter() - start) * 1000)


@contextmanager
def _timed_inside(taken: defaultdict[str, list[float]]) -> Iterator[None]:
    """Notes in `taken` how long ranking takes, and how long a language model takes to its first token."""
    scores, explain, write = Recommender.scores, Recommender.explain, EmbeddedModel.write
    spent = threading.local()

    def timed_scores(self: Recommender, question: Question) -> Floats:
        start = time.perf_counter()
        made = scores(self, question)
        spent.scoring = time.perf_counter() - start
        return made

    def timed_explain(self: Recommender, question: Question) -> tuple[Candidate, ...]:
        start = time.perf_counter()
        made = explain(self, question)
        taken["ranking"].append((time.perf_counter() - start + getattr(spent, "scoring", 0.0)) * 1000)
        return made

    def timed_write(
        self: EmbeddedModel, prompt: Prompt, decoding: Decoding, cancelled: threading.Event
    ) -> Iterator[str]:
        start = time.perf_counter()
        for place, piece in enumerate(write(self, prompt, decoding, cancelled)):
            if not place and not prompt.begun:
                taken["first token of the model"].append((time.perf_counter() - start) * 1000)
            yield piece

    with (
        patch.object(Recommender, "scores", timed_scores),
        patch.object(Recommender, "explain", timed_explain),
        patch.object(EmbeddedModel, "write", timed_write),
    ):
        yield
