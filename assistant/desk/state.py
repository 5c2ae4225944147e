"""State: who answers in a conversation. Every change of it is one move of a closed table.

assistant ──hand_over──▶ waiting ──take──▶ with_agent ──hand_back──▶ assistant
                           │  ▲              │   │
                resume, close └───release────┘   └──close──▶ closed ──reopen──▶ assistant
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from retrieval.errors import AisleError


class State(StrEnum):
    """Who answers now."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    WITH_AGENT = "with_agent"
    CLOSED = "closed"


class Move(StrEnum):
    """What changes the state."""

    HAND_OVER = "hand_over"
    """Aisle puts the conversation in the queue."""
    TAKE = "take"
    """An agent begins to answer."""
    TRANSFER = "transfer"
    """The agent gives the conversation to another agent."""
    RELEASE = "release"
    """The agent puts it back in the queue."""
    RESUME = "resume"
    """The customer leaves the queue and goes on with Aisle."""
    HAND_BACK = "hand_back"
    """The agent gives the conversation back to Aisle."""
    CLOSE = "close"
    """The agent ends the conversation."""
    REOPEN = "reopen"
    """The customer writes in a closed conversation."""


MOVES: Mapping[tuple[State, Move], State] = MappingProxyType(
    {
        (State.ASSISTANT, Move.HAND_OVER): State.WAITING,
        (State.WAITING, Move.TAKE): State.WITH_AGENT,
        (State.WAITING, Move.RESUME): State.ASSISTANT,
        (State.WAITING, Move.HAND_BACK): State.ASSISTANT,
        (State.WAITING, Move.CLOSE): State.CLOSED,
        (State.WITH_AGENT, Move.TRANSFER): State.WITH_AGENT,
        (State.WITH_AGENT, Move.RELEASE): State.WAITING,
        (State.WITH_AGENT, Move.HAND_BACK): State.ASSISTANT,
        (State.WITH_AGENT, Move.CLOSE): State.CLOSED,
        (State.CLOSED, Move.REOPEN): State.ASSISTANT,
    }
)
"""Every allowed move, with the state that it leads to."""

OF_THE_AGENT = frozenset({Move.TRANSFER, Move.RELEASE, Move.HAND_BACK, Move.CLOSE})
"""Moves that only the agent who has the conversation can make while it is with an agent."""


class MoveRefused(AisleError):
    """The conversation is in a state that does not allow the move, or another agent has it."""


def moved(state: State, move: Move) -> State:
    """The state after `move`. Raises MoveRefused if the table does not have it."""
    after = MOVES.get((state, move))
    if after is None:
        raise MoveRefused(
            f"The conversation is {state.value.replace('_', ' ')}, which does not allow {move.value.replace('_', ' ')}.",
            "Load the desk again: somebody else may have changed it.",
        )
    return after
