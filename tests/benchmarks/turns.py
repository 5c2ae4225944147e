"""Whole turns at 1, 8 and 32 customers at once: p50 and p95 of each step, of the first sentence and of the reply."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.opening import open_assistant
from assistant.reply import Reply, Sentence
from assistant.settings import Settings
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
