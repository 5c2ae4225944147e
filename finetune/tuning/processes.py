"""Processes: those that train together, one or several, started by `accelerate launch` or plainly.

An adapter is small, so its gradients go round as one tensor once a step; each process computes its parts of the step, and
all of them then hold the same sums and make the same move.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Self, TypeVar

import torch
from accelerate import Accelerator
from accelerate.utils import InitProcessGroupKwargs
from torch import Tensor

Part = TypeVar("Part")

_PATIENCE = timedelta(hours=12)
"""How long the others wait while the main process replays transcripts."""


class Processes:
    """This process among those that train together."""

    def __init__(self, accelerator: Accelerator) -> None:
        self._accelerator = accelerator

    @classmethod
    def join(cls) -> Self:
        """Joins the processes that were launched with this one, by `accelerate launch` or `torchrun`."""
        return cls(
            Accelerator(
                cpu=not torch.accelerator.is_available(), kwargs_handlers=[InitProcessGroupKwargs(timeout=_PATIENCE)]
            )
        )

    @property
    def device(self) -> torch.device:
        """Where this process computes."""
        device: torch.device = self._accelerator.device
        return device

    @property
    def is_main(self) -> bool:
        """Whether this one writes files and speaks."""
        return bool(self._accelerator.is_main_process)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._accelerator.num_processes)

    def own(self, parts: Sequence[Part]) -> Sequence[Part]:
        """Those of `parts` that this process computes."""
        return parts[self._accelerator.process_index :: self.count]

    def added(self, values: Tensor) -> Tensor:
        """`values` summed over all processes, the same tensor in each."""
        summed: Tensor = self._accelerator.reduce(values, "sum")
        return summed

    def wait(self) -> None:
        """Returns once all processes have come here."""
        self._accelerator.wait_for_everyone()
