"""Decoding: how tokens are chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoding:
    """How tokens are chosen. `temperature` 0 is greedy; `seed` None draws a fresh one."""

    max_tokens: int = 160
    temperature: float = 0.7
    top_p: float = 0.9
    seed: int | None = None
