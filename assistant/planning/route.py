"""Route: what a router makes of a message, the tool that its plan has to have, and what it weighs for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant.dialogue.thread import Thread


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines of a message, as it was heard, and the nearest line of a page, and of a product in view; None if none is in view."""

    page: float
    in_view: float | None

    def as_features(self) -> list[float]:
        """What the router weighs."""
        return [self.page, self.in_view or 0.0, float(self.in_view is not None)]


NOTHING_NEAR = Nearness(0.0, None)
FEATURES = len(NOTHING_NEAR.as_features())
Near = Callable[[Thread, str], Nearness]
"""Returns how near the records are to a message in its thread. Raises SearchIndexError if the shop's pages cannot be searched."""


@dataclass(frozen=True, slots=True)
class Route:
    """The tool that a plan surely begins with, "" if none is sure, and whether it surely is the only one."""

    tool: str = ""
    is_alone: bool = False


class Router(Protocol):
    """Anything that knows the tool a message asks for better than the language model does."""

    def route(self, context: str, thread: Thread, message: str, near: Nearness) -> Route:
        """Which tool the plan for `message` has to have."""
        ...
