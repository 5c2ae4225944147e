"""Noise: dropout and NEFTune noise that are drawn anew for each part of a step, yet the same in every run of one seed.

torch draws from one state for the whole process, so what a thread gets depends on what the others did. Here every draw has
a seed of its own, made of the part's seed and the layer's number: a run can be repeated, continued, spread over
processes or computed twice for gradient checkpointing, and the draws stay.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

_drawn = threading.local()
_STRIDE = 1_000_003


@contextmanager
def drawing(seed: int | None) -> Iterator[None]:
    """Within, layers of this thread draw by `seed`; None is no noise at all, as for an evaluation."""
    before = getattr(_drawn, "seed", None)
    _drawn.seed = seed
    try:
        yield
    finally:
        _drawn.seed = before


def _generator(number: int, device: torch.device) -> torch.Generator | None:
    seed = getattr(_drawn, "seed", None)
    if seed is None:
        return None
    return torch.Generator(device).manual_seed((seed * _STRIDE + number) % 2**63)


class Dropout(nn.Module):
    """Leaves each value out with `probability`, and scales up the others."""

    def __init__(self, probability: float, number: int) -> None:
        super().__init__()
        self.p = probability
        self._number = number

    def forward(self, values: Tensor) -> Tensor:
        """Shape in is shape out."""
        generator = _generator(self._number, values.device)
        if generator is None or self.p == 0:
            return values
        kept = torch.empty_like(values).bernoulli_(1 - self.p, generator=generator)
        return values * kept / (1 - self.p)


def seed_dropout(model: nn.Module, probability: float) -> None:
    """Puts `Dropout` of `probability` in place of the adapter's dropout layers, and ends every other one of `model`."""
    number = 0
    for name, module in list(model.named_modules()):
        for place, child in list(module.named_children()):
            if isinstance(child, nn.Dropout) or (".lora_dropout" in f".{name}" and not isinstance(child, Dropout)):
                number += 1
                inside = ".lora_dropout" in f".{name}.{place}"
                setattr(module, place, Dropout(probability if inside else 0.0, number))


def add_embedding_noise(model: nn.Module, alpha: float) -> None:
    """Adds noise to the input embeddings while training: uniform, scaled by alpha / sqrt(length * width).

    NEFTune, https://arxiv.org/abs/2310.05914.
    """

    def add(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        generator = _generator(0, output.device)
        if generator is None:
            return output
        reach = alpha / (output.shape[-2] * output.shape[-1]) ** 0.5
        drawn = torch.empty_like(output).uniform_(-reach, reach, generator=generator)
        return output + drawn

    model.get_input_embeddings().register_forward_hook(add)  # type: ignore[operator]
