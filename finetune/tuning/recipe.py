"""Recipe: everything that decides how an adapter is trained, so that a run can be repeated from it."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from retrieval.errors import SettingsError


class Method(StrEnum):
    """How an adapter changes its base."""

    LORA = "lora"  # https://arxiv.org/abs/2106.09685
    DORA = "dora"  # https://arxiv.org/abs/2402.09353
    IA3 = "ia3"  # https://arxiv.org/abs/2205.05638
    PREFIX = "prefix"  # https://arxiv.org/abs/2101.00190


class Precision(StrEnum):
    """In which numbers a model is computed; `AUTO` is bf16 on a GPU that has it, else 32 bits."""

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"


LEARNING_RATES = {Method.LORA: 1e-3, Method.DORA: 1e-3, Method.IA3: 5e-3, Method.PREFIX: 1e-2}
"""Learning rates that suit a small base; `--search` looks for a better one."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The defaults do well on public service dialogues with the embedded base, judged on dialogues held out of their training split.

    `targets` are the layers that LoRA and DoRA change, none meaning every linear layer but the vocabulary's.

    `max_steps` None is `passes` passes, and at least 150 steps. `batch_tokens` is how many tokens, padding included, one step computes in all, cut into
    `parts` that are computed one after another on a GPU and side by side on processor cores, over all processes; results do
    not depend on how many processes there are. `noise` is NEFTune's alpha. `patience` is how many evaluations without
    progress end the run. `rehearsal` is the share of simulated conversations, so that a small model does not unlearn to
    speak from facts; `variants` the share of examples whose everyday phrases are put in other words. `contrast` is the weight of
    contests, in nats, beside the loss of a token. `strength` is the share of what LoRA learnt that serves: less keeps more of the base's
    own ways (WiSE-FT, https://arxiv.org/abs/2109.01903).
    """

    method: Method = Method.LORA
    rank: int = 32
    scale: float = 2.0
    targets: tuple[str, ...] = ()
    learning_rate: float | None = None
    warm_up: float = 0.05
    decay: float = 0.0
    dropout: float = 0.0
    noise: float = 0.0
    max_steps: int | None = None
    passes: float = 3.0
    batch_tokens: int = 4096
    parts: int = 4
    evaluations: int = 10
    patience: int = 3
    rehearsal: float = 0.4
    variants: float = 0.0
    contrast: float = 1.0
    strength: float = 1.0
    precision: Precision = Precision.AUTO
    checkpointing: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        """Raises SettingsError for a value that cannot work."""
        wrong = {
            "rank": self.rank < 1, "dropout": not 0 <= self.dropout < 1, "rehearsal": not 0 <= self.rehearsal < 1,
            "variants": not 0 <= self.variants <= 1, "max_steps": self.max_steps is not None and self.max_steps < 1,
            "learning_rate": self.learning_rate is not None and self.learning_rate <= 0, "batch_tokens": self.batch_tokens < 1,
            "parts": self.parts < 1, "evaluations": self.evaluations < 1, "noise": self.noise < 0,
            "contrast": self.contrast < 0,
            "strength": not 0 < self.strength <= 1 or (self.strength < 1 and self.method is not Method.LORA),
        }  # fmt: skip
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise SettingsError(f"{name} is {getattr(self, name)}, which cannot work", "See aisle finetune --help.")

    @property
    def peak(self) -> float:
        """The highest learning rate."""
        return self.learning_rate or LEARNING_RATES[self.method]

    @property
    def contests(self) -> bool:
        """Whether contests are held: not behind virtual tokens, nor where activations, and the cache with them, are thrown away."""
        return self.contrast > 0 and self.method is not Method.PREFIX and not self.checkpointing

    def as_json(self) -> dict[str, Any]:
        """All of it, for the record beside the adapter."""
        return asdict(self) | {"learning_rate": self.peak}


def threads_at_hand() -> int:
    """Processor cores that one training takes: OMP_NUM_THREADS where it is set, else all, at most 4."""
    return min(int(os.environ.get("OMP_NUM_THREADS") or 0) or os.cpu_count() or 1, 4)
