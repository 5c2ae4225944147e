"""Verdict: what a record line means for a question or need."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a line means for a question or need."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    LIMITS = "limits"
    SILENT = "silent"

    @property
    def mark(self) -> str:
        """The sign a brief writes it with."""
        return {"supports": "+", "contradicts": "-", "limits": "!", "silent": "~"}[self.value]
