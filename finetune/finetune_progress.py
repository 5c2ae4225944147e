"""Progress of a finetuning on the terminal: one bar for each stage, with the time left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from finetune.tuning.tuning import Noted


class Progress:
    """Shows bars where a person watches; a terminal without one gets a line for each evaluation."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
            console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def replayed(self, done: int) -> None:
        """So many transcripts were replayed; how many there are is known at the end."""
        self._show("replay", "Replaying transcripts", done, None)

    def stepped(self, noted: Noted) -> None:
        """One step of training."""
        self._show("train", f"Training, loss {noted.loss:.3f}", noted.step, noted.steps)
        if noted.held_out is not None:
            speed = noted.tokens / max(noted.seconds, 1e-9)
            self._console.print(
                f"step {noted.step:,} of {noted.steps:,}: held-out loss {noted.held_out:.4f}, {speed:,.0f} tokens/s"
            )

    def judged(self, stage: str, done: int, total: int) -> None:
        """One item of a stage of judging."""
        self._show(stage, f"Judging, {stage}", done, total)

    def _show(self, stage: str, text: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(text, total=total)
        self._bars.update(self._tasks[stage], description=text, completed=done)
