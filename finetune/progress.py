"""Progress: how far a training run has come, by the clock or by steps, across restarts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from retrieval.errors import SettingsError


@dataclass
class Progress:
    """`share` runs from 0 to 1. `spent` are the seconds and `step` the steps of earlier runs of the same training."""

    minutes: float | None
    steps: int | None
    spent: float = 0.0
    step: int = 0
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise SettingsError("a training run needs --minutes or --steps, and only one of them")

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
