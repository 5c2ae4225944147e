"""Clause: one part of a message with all that the rules of intent look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.conversation.conversation import State
from assistant.intents import IntentName
from assistant.understanding.grammar.reading import Reading
from assistant.understanding.intent_head import Guess

UNSURE, CLEAR = 0.45, 0.8
"""Probabilities below which the head has no clear idea, and from which it does."""

HARDLY = 0.05
"""Below this, a text is hardly a matter of any shop."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its text, the head's guesses (best first), what the grammar read, and the conversation before it."""

    text: str
    guesses: tuple[Guess, ...]
    reading: Reading
    state: State
    threshold: float

    @property
    def best(self) -> Guess:
        """The likeliest intent."""
        return self.guesses[0]

    @property
    def is_known(self) -> bool:
        """Whether the head takes the clause for a matter of the shop."""
        return self.best.known >= self.threshold and self.best.name != IntentName.OUT_OF_SCOPE

    @property
    def has_search(self) -> bool:
        """Whether there is an earlier search to go on with."""
        return self.state.request is not None

    @property
    def has_product(self) -> bool:
        """Whether it is clear which product is meant: pointed at, or the one last spoken of."""
        return bool(self.reading.product_ids or self.state.focus)

    @property
    def is_bare(self) -> bool:
        """Whether a demand is all that is said ("in blue", "under 50")."""
        return self.reading.demands and not self.reading.query and not self.reading.names_type


Rule = Callable[[Clause, str], str]
"""Given the clause and the intent so far, the intent."""
