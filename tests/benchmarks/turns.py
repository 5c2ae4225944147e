"""How long customers wait for a reply, one at a time and many at once, and the memory that this takes."""

from __future__ import annotations

import resource
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assistant.assistant import Assistant
from assistant.opening import open_assistant, prepare_model
from assistant.reply import Reply
from assistant.sample_shop import prepare_sample, sample_settings

CONVERSATIONS = (
    ("hello", "a rain jacket for my wife under 150", "which one would you take?", "does it come in size M"),
    ("what are your delivery times", "and how much is it to Canada?"),
    ("warm sleeping bag for freezing nights", "how heavy is the first one", "can i send it back if it's too warm"),
    ("cheapest tent for two", "compare the first two"),
    ("where is my order", "thanks"),
    ("something to make coffee on a camp stove, below 40", "dishwasher safe?"),
    ("my lamp arrived broken", "how long does a refund take"),
    ("gift for a 10 year old who loves the outdoors, 30 dollars", "can you wrap it"),
)
CUSTOMERS = (1, 8, 16)
_WARM_UP = "hello"


def measure(home: Path) -> Iterator[tuple[str, float, str]]:
    """Milliseconds to the first sentence and to the whole reply, p50 and p95, for each number of customers."""
    settings = sample_settings(home=home)
    prepare_model(settings)
    prepare_sample(settings)
    assistant = open_assistant(settings)
    assistant.ask(_WARM_UP)
    for customers in CUSTOMERS:
        waits = _together(assistant, customers)
        for name, values in waits.items():
            for share in (50, 95):
                yield f"{name}, {customers} at once, p{share}", _percentile(values, share), "ms"
        yield f"first sentence, {customers} at once, longest", max(waits["first sentence"]), "ms"
    scale = 1 if sys.platform == "darwin" else 1024
    yield "memory at most", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6, "MB"


def _together(assistant: Assistant, customers: int) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = defaultdict(list)
    lock = threading.Lock()

    def talk(number: int) -> None:
        conversation_id: str | None = None
        for message in CONVERSATIONS[number % len(CONVERSATIONS)]:
            started, first = time.perf_counter(), 0.0
            for event in assistant.reply(message, conversation_id):
                first = first or (time.perf_counter() - started) * 1000
                if isinstance(event, Reply):
                    conversation_id = event.conversation_id
                    with lock:
                        waits["first sentence"].append(event.timings_ms.get("first sentence", first))
                        waits["planning"].append(event.timings_ms["planning"])
                        waits["tools and reading"].append(event.timings_ms["tools"])
                        waits["whole reply"].append((time.perf_counter() - started) * 1000)

    rounds = max(1, len(CONVERSATIONS) // customers)
    with ThreadPoolExecutor(customers) as pool:
        list(pool.map(talk, range(customers * rounds)))
    return waits


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1] if len(values) > 1 else values[0]
