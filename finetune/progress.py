"""Progress: how far a training run has come, by the clock or by steps, across restarts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from retrieval.errors import SettingsError


@dataclass
class Progress:
    """`share` runs from 0 to 1. `spent` seconds, `step` steps and `tokens` count earlier runs of the same training in."""

    minutes: float | None
    steps: int | None
    spent: float = 0.0
    step: int = 0
    tokens: int = 0
    loss: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise SettingsError("a training run has no length, or two", "Give either --minutes or --steps.")

    @property
    def seconds(self) -> float:
        """Time spent in all."""
        return self.spent + time.monotonic() - self.started

    @property
    def share(self) -> float:
        """How much of the run is done, 0 to 1."""
        if self.steps is not None:
            return min(self.step / self.steps, 1.0)
        return min(self.seconds / 60 / (self.minutes or 1.0), 1.0)

    def note(self, loss: float, tokens: int) -> None:
        """Counts one step; `loss` is smoothed over some twenty steps."""
        self.step += 1
        self.tokens += tokens
        self.loss = loss if self.step == 1 else 0.95 * self.loss + 0.05 * loss

    def counters(self) -> dict[str, float | int]:
        """What a restart needs to know."""
        return {"spent": round(self.seconds, 1), "step": self.step, "tokens": self.tokens, "loss": round(self.loss, 3)}
