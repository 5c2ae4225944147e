"""EncoderListener: hears a message with a small encoder that reads the conversation too.

all-MiniLM-L6-v2 with a LoRA adapter lands where the finder puts the question as a person wrote it out, and near the lines that answer it
(conversational dense retrieval, Yu et al. 2021, https://arxiv.org/abs/2105.04166). `aisle train listener` trains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional

from retrieval.index.adapted_encoder import load_adapted, loading, pooled_pairs
from retrieval.index.encoder import Vectors
from retrieval.index.one_thread import one_thread

LONGEST = 112
"""Tokens of message and conversation together; the longer of the two is cut."""
_REMEMBERED = 256


class EncoderListener(torch.nn.Module):
    """The encoder, mean-pooled. Safe to share between threads once it is in evaluation mode; repeated questions are remembered."""

    def __init__(self, encoder: Any, tokenizer: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self._tokenizer = tokenizer
        self._heard = lru_cache(_REMEMBERED)(self._hear)

    def forward(self, texts: Sequence[tuple[str, str]]) -> torch.Tensor:
        """Mean-pooled vectors of shape (len(texts), dimension), not normalized, for pairs of a message and the conversation before it."""
        return pooled_pairs(self.encoder, self._tokenizer, texts, LONGEST)

    def hear(self, message: str, before: str) -> Vectors:
        """See `Listener.hear`."""
        return self._heard(message, before)

    def _hear(self, message: str, before: str) -> Vectors:
        with torch.inference_mode(), one_thread():
            vector = functional.normalize(self([(message, before)])[0], dim=-1).numpy()
        vector.setflags(write=False)
        return np.asarray(vector, np.float32)


def open_listener(folder: Path) -> EncoderListener:
    """The listener in `folder`. Raises ModelError that says how to get one."""
    with loading("listener", folder):
        transformer = load_adapted(folder)[0]
        return EncoderListener(transformer.auto_model, transformer.tokenizer).eval()
