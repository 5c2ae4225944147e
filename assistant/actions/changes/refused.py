"""Refused: the exception by which a step of working out a change says no."""

from __future__ import annotations

from assistant.actions.refusal import Reason, Refusal


class Refused(Exception):
    """Carries the Refusal."""

    def __init__(self, reason: Reason, text: str, section: str = "") -> None:
        super().__init__(text)
        self.refusal = Refusal(reason=reason, text=text, section=section)
