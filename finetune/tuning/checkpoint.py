"""Checkpoint: a tuning run as it can be continued after any kind of end, with the same result as without one.

Each is a folder of its own, written aside and renamed when it is whole; the one before goes only then. So there is a whole
one at any moment, whenever a process is killed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from retrieval.errors import ModelError

_NAME = "step-"


@dataclass
class Course:
    """How far a run has come. Losses are in nats per token of a reply: `losses` by step, `held_out` by evaluated step."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    held_out: dict[int, float] = field(default_factory=dict)

    @property
    def best(self) -> tuple[int, float]:
        """The evaluated step with the lowest held-out loss, and that loss."""
        return min(self.held_out.items(), key=lambda item: (item[1], item[0]))

    @property
    def evaluations_since_best(self) -> int:
        """How many evaluations have brought no progress."""
        return sum(step > self.best[0] for step in self.held_out)


class Checkpoints:
    """The checkpoints of one run. `plan` is what the run was started with: a checkpoint of another one does not fit."""

    def __init__(self, folder: Path, plan: Mapping[str, Any]) -> None:
        self._folder = folder
        self._plan: dict[str, Any] = json.loads(json.dumps(plan))

    def save(self, optimizing_state: Mapping[str, Tensor], best: Mapping[str, Tensor], course: Course) -> None:
        """Writes a checkpoint and removes the one before."""
        scratch, place = self._folder / "writing", self._folder / f"{_NAME}{course.step}"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        save_file({name: value.contiguous() for name, value in optimizing_state.items()}, scratch / "state.safetensors")
        save_file({name: value.contiguous() for name, value in best.items()}, scratch / "best.safetensors")
        (scratch / "course.json").write_text(json.dumps({"plan": self._plan, **vars(course)}), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        scratch.replace(place)
        for older in self._whole()[:-1]:
            shutil.rmtree(older)

    def load(self) -> tuple[dict[str, Tensor], dict[str, Tensor], Course] | None:
        """State, best weights and course of the last checkpoint; None where there is none.

        Raises ModelError for one of another run, or a damaged one.
        """
        found = self._whole()
        if not found:
            return None
        try:
            course = json.loads((found[-1] / "course.json").read_text(encoding="utf-8"))
            state, best = load_file(found[-1] / "state.safetensors"), load_file(found[-1] / "best.safetensors")
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelError(f"{found[-1]} is damaged: {error}", "Delete it to start from the beginning.") from error
        changed = [name for name, value in course.pop("plan").items() if self._plan.get(name) != value]
        if changed:
            raise ModelError(
                f"{self._folder} holds an unfinished run with other {', '.join(changed)}",
                "Go on with the options it was started with, delete that folder, or give another --output.",
            )
        course["held_out"] = {int(step): loss for step, loss in course["held_out"].items()}
        return state, best, Course(**course)

    def clear(self) -> None:
        """Removes them: the run is complete."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _whole(self) -> list[Path]:
        found = [path for path in self._folder.glob(f"{_NAME}*") if (path / "course.json").is_file()]
        return sorted(found, key=lambda path: int(path.name.removeprefix(_NAME)))


def state_of(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The weights that learn and the optimiser's moments, by name."""
    state = {f"weight.{name}": value.detach() for name, value in learning(model).items()}
    for index, entry in optimizer.state_dict()["state"].items():
        state |= {f"moment.{index}.{name}": value for name, value in entry.items()}
    return state


def restore(model: nn.Module, optimizer: torch.optim.Optimizer, state: Mapping[str, Tensor]) -> None:
    """Puts back what `state_of` took."""
    set_weights(
        model, {key.removeprefix("weight."): value for key, value in state.items() if key.startswith("weight.")}
    )
    moments: dict[int, dict[str, Tensor]] = {}
    for key, value in state.items():
        if key.startswith("moment."):
            _, index, name = key.split(".", 2)
            moments.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})


def learning(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that learn, by name."""
    return {name: value for name, value in model.named_parameters() if value.requires_grad}


@torch.no_grad()
def set_weights(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Copies `weights` into the parameters of the same names."""
    for name, value in learning(model).items():
        value.copy_(weights[name])
