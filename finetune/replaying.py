"""Replaying: many transcripts replayed at once, one process for each processor core, in their order.

A turn of a replay costs as much as a live one without its writing, most of it one thread's work. The first transcripts are
replayed here; a small export is done before another process has opened the shop.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process

from assistant.assistant import Assistant
from assistant.logs import configure_logs
from assistant.opening import open_assistant
from assistant.settings import Settings
from finetune.masking import shop_mask
from finetune.replay import Replay, ReplayCounts
from finetune.replayed import Replayed
from finetune.tracing.support import Support
from finetune.transcripts.transcript import Transcript
from retrieval.errors import AisleError
from retrieval.index.one_thread import one_thread

_ALONE = 128
"""Transcripts replayed before other processes are started."""
_TASK = 8
"""Transcripts handed over at a time."""
_MOST = 8
"""Processes; each holds the shop and the sentence encoder in memory."""

Outcome = tuple[list[Replayed], ReplayCounts]


def replayed(transcripts: Iterable[Transcript], assistant: Assistant, settings: Settings) -> Iterator[Outcome]:
    """What each transcript, or a few of them together, came to, in order. Raises AisleError when a process dies."""
    stream = iter(transcripts)
    here = _replay(assistant, settings)
    for transcript in islice(stream, _ALONE):
        yield _outcome(here, [transcript])
    if first := next(stream, None):
        yield from _side_by_side(first, stream, settings)


def _side_by_side(first: Transcript, rest: Iterator[Transcript], settings: Settings) -> Iterator[Outcome]:
    """Tasks wait in a queue no longer than the processes are busy with, so that an export is never read whole."""
    count = min(os.cpu_count() or 1, _MOST)
    waiting: deque[Future[Outcome]] = deque()
    try:
        with ProcessPoolExecutor(count, get_context("spawn"), _open, (settings,)) as pool:
            waiting.append(pool.submit(_task, [first]))
            while task := list(islice(rest, _TASK)):
                waiting.append(pool.submit(_task, task))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise AisleError(
            f"one of {count} processes that replay transcripts died",
            "Memory may be short: close other programs, or import fewer transcripts at a time.",
        ) from error


def _replay(assistant: Assistant, settings: Settings) -> Replay:
    return Replay(assistant, Support.read(settings.data / "phrasings"), shop_mask(assistant, settings))


def _outcome(replay: Replay, transcripts: Iterable[Transcript]) -> Outcome:
    replay.counts = ReplayCounts()
    with one_thread():
        return list(replay.replayed(transcripts)), replay.counts


_opened: list[Replay] = []
"""The replay of this process."""


def _open(settings: Settings) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    configure_logs("WARNING")
    _opened.append(_replay(open_assistant(settings), settings))


def _end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, killed or not: it would wait for work for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _task(transcripts: list[Transcript]) -> Outcome:
    return _outcome(_opened[0], transcripts)
