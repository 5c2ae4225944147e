"""Replaying: many transcripts replayed at once, a thread for each processor core, in their order.

A turn of a replay costs as much as a live one without its writing. Nearly all of it is spent in onnxruntime and numpy, which let other
threads run.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from finetune.replay import Replay, ReplayCounts
from finetune.replayed import Replayed
from finetune.transcripts.transcript import Transcript

_MOST = 8
"""Threads; the engine computes one turn of each at a time."""

Outcome = tuple[list[Replayed], ReplayCounts]


def replayed(transcripts: Iterable[Transcript], replay: Replay) -> Iterator[Outcome]:
    """What each transcript came to, in order. Few wait at a time, so that an export is never read whole."""
    stream = iter(transcripts)
    count = min(os.cpu_count() or 1, _MOST)
    waiting: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="replay") as pool:
        try:
            for transcript in stream:
                waiting.append(pool.submit(replay.replayed, transcript))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
