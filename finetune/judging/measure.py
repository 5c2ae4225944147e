"""Measure: one line of a report, a figure before and after with its interval, beside its floors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from finetune.judging.difference import Difference


class Aim(StrEnum):
    """Which way a figure should go."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """`over` replies were measured. `floors` are the figures of simpler ways, `human` that of the people's own replies.

    `is_share` tells that figures are shares from 0 to 1, and changes in points; `is_relative` that the change and its
    interval are shares of the figure before.
    """

    group: str
    name: str
    difference: Difference
    aim: Aim
    over: int
    unit: str = ""
    floors: Mapping[str, float] = field(default_factory=dict)
    human: float | None = None
    is_share: bool = False
    is_relative: bool = False

    @property
    def verdict(self) -> str:
        """ "better", "worse", or "" where chance explains the change or no way is the right one."""
        if self.aim is Aim.NEITHER or not self.difference.is_certain:
            return ""
        fell = self.difference.change < 0
        return "better" if fell == (self.aim is Aim.LOWER) else "worse"
