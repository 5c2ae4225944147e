"""Recipe: everything that decides how an adapter is trained, so that a run can be repeated from it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from retrieval.errors import SettingsError


class Precision(StrEnum):
    """In which numbers a model is computed."""

    FP32 = "fp32"
    BF16 = "bf16"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A LoRA adapter's training. Attention and feed-forward layers learn, and the rows of the references.

    `max_steps` None is `passes` passes, and at least 150 steps. `batch_tokens` is how many tokens, padding included, one step computes in all, cut into
    `parts` that are computed one after another on a GPU and side by side on processor cores, over all processes; results do
    not depend on how many processes there are. `patience` is how many evaluations without progress end the run. `rehearsal` is the
    share of corpus conversations, so that a small model does not unlearn to plan. `contrast` is the weight of contests, in nats, beside
    the loss of a token. `strength` is the share of what was learned that serves: less keeps more of the adapter's own ways before it
    (WiSE-FT, https://arxiv.org/abs/2109.01903).
    """

    rank: int = 16
    scale: float = 2.0
    learning_rate: float = 1e-3
    warm_up: float = 0.05
    decay: float = 0.0
    max_steps: int | None = None
    passes: float = 3.0
    batch_tokens: int = 4096
    parts: int = 4
    evaluations: int = 10
    patience: int = 3
    rehearsal: float = 0.4
    contrast: float = 0.0
    strength: float = 1.0
    precision: Precision = Precision.BF16
    seed: int = 1

    def __post_init__(self) -> None:
        """Raises SettingsError for a value that cannot work."""
        wrong = {
            "rank": self.rank < 1, "rehearsal": not 0 <= self.rehearsal < 1,
            "max_steps": self.max_steps is not None and self.max_steps < 1, "learning_rate": self.learning_rate <= 0,
            "batch_tokens": self.batch_tokens < 1, "parts": self.parts < 1, "evaluations": self.evaluations < 1,
            "contrast": self.contrast < 0, "strength": not 0 < self.strength <= 1,
        }  # fmt: skip
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise SettingsError(f"{name} is {getattr(self, name)}, which cannot work", "See aisle finetune --help.")

    def as_json(self) -> dict[str, Any]:
        """All of it, for the record beside the adapter."""
        return asdict(self)


def threads_at_hand() -> int:
    """Processor cores that one training takes: OMP_NUM_THREADS where it is set, else all, at most 4."""
    return min(int(os.environ.get("OMP_NUM_THREADS") or 0) or os.cpu_count() or 1, 4)
