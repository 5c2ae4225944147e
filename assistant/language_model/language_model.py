"""LanguageModel: the one small protocol behind which every engine stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.language_model.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Decoding:
    """How tokens are chosen. `temperature` 0 is greedy; `seed` None draws a fresh one."""

    max_tokens: int = 160
    temperature: float = 0.7
    top_p: float = 0.9
    seed: int | None = None


class LanguageModel(Protocol):
    """Anything that writes a reply with references."""

    @property
    def name(self) -> str:
        """Model and adapter, as shown to operators and stored with each reply."""
        ...

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        """Yields the reply piece by piece, references spelled "{p1.price}", until it ends or `cancelled` is set.

        Local engines can only open references in `prompt.keys` and emit no digit, currency sign, link or
        e-mail address outside one. Raises WritingError when the engine fails; never hangs.
        """
        ...


class ForetellingModel(LanguageModel, Protocol):
    """A model in this process, which can also be asked how it would have written what somebody else wrote."""

    def likelihoods(self, prompt: Prompt, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        """For each of `replies` the natural logarithms of the probability of its tokens and of its end, shape (tokens,).

        Those of the plain network, in 32 bits, without the rules that hold for writing. Raises WritingError.
        """
        ...
