"""Speaker: the language model that plans and writes, as token ids in and out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.language_model.decoding import Decoding
from assistant.language_model.engine import Allowed, Engine
from assistant.language_model.transcript import END
from retrieval.errors import AdapterError


class Speaker(Protocol):
    """A causal language model with a tokenizer in which every reference is one token."""

    @property
    def end(self) -> int:
        """The token that ends a part of a transcript."""
        ...

    @property
    def newline(self) -> int:
        """The token of a line break."""
        ...

    @property
    def context(self) -> int:
        """How many tokens the model reads and writes at most, prompt and text together."""
        ...

    def tokens(self, text: str) -> list[int]:
        """Token ids of `text`, nothing added."""
        ...

    def text(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens and references spelled out."""
        ...

    def banning(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """A bias that forbids `tokens` and leaves all others as they are, shape (vocabulary,)."""
        ...

    def generate(
        self, ids: Sequence[int], decoding: Decoding, allowed: Allowed, cancelled: threading.Event
    ) -> Iterator[int]:
        """Yields the tokens that follow `ids`, without the end token. Raises WritingError."""
        ...

    def likelihoods(self, ids: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
        """For each continuation of `ids` the natural logarithms of its tokens' probabilities, shape (tokens,). Raises WritingError."""
        ...

    def scores(self, ids: Sequence[int], places: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """The logits of `tokens` after each of `places` in `ids`, shape (places, tokens). Raises WritingError."""
        ...


class EngineSpeaker:
    """The embedded engine as a Speaker. Raises AdapterError if its tokenizer lacks the tokens of a transcript."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.end = self._only(END)
        self.newline = self._only("\n")
        self.context = engine.context

    def tokens(self, text: str) -> list[int]:
        """See `Speaker.tokens`."""
        return list(self._engine.tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, ids: Sequence[int]) -> str:
        """See `Speaker.text`."""
        return str(self._engine.tokenizer.decode(list(ids), skip_special_tokens=False))

    def banning(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """See `Speaker.banning`."""
        bias = np.zeros(self._engine.vocabulary, np.float32)
        bias[list(tokens)] = -np.inf
        return bias

    def generate(
        self, ids: Sequence[int], decoding: Decoding, allowed: Allowed, cancelled: threading.Event
    ) -> Iterator[int]:
        """See `Speaker.generate`."""
        return self._engine.generate(ids, decoding, allowed, {self.end}, cancelled)

    def likelihoods(self, ids: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
        """See `Speaker.likelihoods`."""
        return self._engine.likelihoods(ids, continuations)

    def scores(self, ids: Sequence[int], places: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """See `Speaker.scores`."""
        return self._engine.scores(ids, places, tokens)

    def _only(self, text: str) -> int:
        ids = self.tokens(text)
        if len(ids) != 1:
            raise AdapterError(
                f"the tokenizer spells {text!r} in {len(ids)} tokens, not one", "Train the adapter again."
            )
        return ids[0]
