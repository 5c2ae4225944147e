"""Finder: a small encoder that brings what a customer asks near to the record lines that answer it.

all-MiniLM-L6-v2 with a LoRA adapter (`aisle train finder`): customers ask in words that records do not use. It reads a message together
with the conversation before it (conversational dense retrieval, Yu et al. 2021, https://arxiv.org/abs/2105.04166), so it is the listener too. The product
finder (`aisle train product-finder`) is a second adapter of the same kind, which brings what a customer wishes for near to whole products.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional

from assistant.reading.listener import NOTHING_BEFORE
from retrieval.index.adapted_encoder import loading, pooled
from retrieval.index.encoder import Vectors
from retrieval.index.one_thread import one_thread
from retrieval.index.sentence_encoder import adapter_name, load_adapted

LONGEST_MESSAGE, LONGEST_LINE, LONGEST_PRODUCT = 112, 64, 128
"""Most tokens of a message together with its conversation, of a line, and of a whole product. What is longer is cut."""
_REMEMBERED = 256
_LINES_REMEMBERED = 40_000
"""Lines whose vectors are kept, 60 MB: those of some 2,000 products. They are kept by their text, so new records cost only what is new in them."""
_BATCH = 32


class EncoderFinder(torch.nn.Module):
    """The encoder, mean-pooled. Safe to share between threads once it is in evaluation mode; messages and lines are remembered.

    `name` is stable across processes and another for other weights. `longest` is the most tokens of a line that are read.
    """

    def __init__(self, encoder: Any, tokenizer: Any, name: str = "finder", longest: int = LONGEST_LINE) -> None:
        super().__init__()
        self.name = name
        self.encoder = encoder
        self._tokenizer = tokenizer
        self._longest = longest
        self._heard = lru_cache(_REMEMBERED)(self._hear)
        self._placed: dict[str, Vectors] = {}

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self.encoder.config.hidden_size)

    def forward(self, messages: Sequence[tuple[str, str]]) -> torch.Tensor:
        """Mean-pooled vectors of shape (len(messages), dimension), not normalized, for messages with the conversation before each."""
        said, before = zip(*messages, strict=True)
        return pooled(self.encoder, self._tokenizer, said, before, longest=LONGEST_MESSAGE)

    def lines(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of shape (len(texts), dimension) for record lines."""
        return functional.normalize(pooled(self.encoder, self._tokenizer, texts, longest=self._longest), dim=-1)

    def hear(self, message: str, before: str) -> Vectors:
        """See `Listener.hear`."""
        return self._heard(message, before)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension) for questions that stand alone."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([self._heard(text, NOTHING_BEFORE) for text in texts])

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension) for record lines."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        known = self._placed
        new = sorted({text for text in texts if text not in known}, key=len)
        placed: dict[str, Vectors] = {}
        with torch.inference_mode():
            for batch in (new[at : at + _BATCH] for at in range(0, len(new), _BATCH)):
                placed.update(zip(batch, self.lines(batch).numpy(), strict=True))
        vectors = np.stack([placed[text] if text in placed else known[text] for text in texts])
        self._placed = placed if len(known) + len(new) > _LINES_REMEMBERED else {**known, **placed} if new else known
        return vectors

    def train(self, mode: bool = True) -> EncoderFinder:
        """Switch training on or off, as torch has it; vectors of other weights are forgotten."""
        self._placed = {}
        self._heard.cache_clear()
        super().train(mode)
        return self

    def _hear(self, message: str, before: str) -> Vectors:
        with torch.inference_mode(), one_thread():
            vector = functional.normalize(self([(message, before)])[0], dim=-1).numpy()
        vector.setflags(write=False)
        return np.asarray(vector, np.float32)


def open_finder(folder: Path) -> EncoderFinder:
    """The finder in `folder`. Raises ModelError that says how to get one."""
    return _opened("finder", folder, LONGEST_LINE)


def open_product_finder(folder: Path) -> EncoderFinder:
    """The product finder in `folder`, whose lines are whole products. Raises ModelError that says how to get one."""
    return _opened("product-finder", folder, LONGEST_PRODUCT)


def _opened(name: str, folder: Path, longest: int) -> EncoderFinder:
    with loading(name, folder):
        transformer = load_adapted(folder)[0]
        return EncoderFinder(transformer.auto_model, transformer.tokenizer, adapter_name(name, folder), longest).eval()
