"""Side: one of the two adapters that are compared, at work on the shop."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.language_model.transcript import ASSISTANT, prompt_ids
from assistant.turn import Prepared
from assistant.writing.composer import Composed
from finetune.live_shop import OpenedAdapter
from finetune.replayed import Replayed
from finetune.tuning.examples import reply_ids


class Side(Protocol):
    """Whatever is judged."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        ...

    def likelihoods(self, item: Replayed, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        """Natural logarithms of the probabilities of each reply's tokens in the place of that of `item`, the end's last.

        Raises WritingError when the model fails.
        """
        ...

    def prepare(self, item: Replayed) -> Prepared:
        """What this side plans, finds and reads for the message of `item`."""
        ...

    def write(self, item: Replayed) -> Iterator[Composed]:
        """The sentences that this side replies from the plan and the brief of `item`, each checked."""
        ...


@dataclass(frozen=True, slots=True)
class AdapterSide:
    """An adapter as it serves."""

    name: str
    opened: OpenedAdapter

    def likelihoods(self, item: Replayed, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        """See `Side.likelihoods`."""
        tokens, engine = self.opened.speaker.tokens, self.opened.engine
        written = [reply_ids(reply, tokens) for reply in replies]
        room = engine.context - max(map(len, written))
        prompt = prompt_ids(item.system, item.prepared.context, item.turns, tokens, ASSISTANT, room)
        return engine.likelihoods(prompt, written)

    def prepare(self, item: Replayed) -> Prepared:
        """See `Side.prepare`."""
        customer = self.opened.customer(item.customer_id)
        return self.opened.dialogue.prepare(item.message, item.prepared.thread, customer)

    def write(self, item: Replayed) -> Iterator[Composed]:
        """See `Side.write`."""
        made = item.prepared
        return self.opened.dialogue.composer.write(
            item.system, made.context, made.thread, made.message, made.planned, made.brief, threading.Event()
        )
