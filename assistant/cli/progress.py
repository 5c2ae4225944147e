"""Progress of the command line on standard error: bars where a person watches, lines every few seconds in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def stages(console: Console, seconds: float = _SECONDS_BETWEEN_LINES) -> Iterator[Callable[[str, int, int], None]]:
    """A function to be told a stage, how many of its items are done and how many there are.

    On a terminal each stage has a bar; elsewhere a line is printed every `seconds`, and when a stage ends.
    """
    if not console.is_terminal:
        yield _lines(console, seconds)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as bars:

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage.capitalize(), total=total)
            bars.update(tasks[stage], completed=done)

        yield show


def _lines(console: Console, seconds: float) -> Callable[[str, int, int], None]:
    begun: dict[str, tuple[float, int]] = {}
    shown = float("-inf")

    def show(stage: str, done: int, total: int) -> None:
        nonlocal shown
        now = time.monotonic()
        start, first = begun.setdefault(stage, (now, done))
        if now - shown < seconds and done < total:
            return
        shown = now
        rate = (done - first) / (now - start) if now > start else 0.0
        left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
        console.print(f"{stage.capitalize()}: {done} of {total}{left}", highlight=False, soft_wrap=True)

    return show
