"""Llama: runs a small Llama-architecture model on onnxruntime, one reply on one processor core.

The weights stay with the network, which any number of replies may use at once; each reply has a `Cache` of its own. A
prompt is read with 32-bit weights, which is fastest for many tokens, and single tokens are written with 8-bit ones, which
halves the time that memory takes; both work on the same cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from assistant.language_model.llama_graph import IDS, LENGTHS, LOGITS, SHOWN, TOTAL, Weights, cache_names, llama_graph
from assistant.language_model.llama_shape import LlamaShape
from assistant.language_model.onnx_session import Binding, open_session
from retrieval.errors import ModelError

_READING_THREADS = 2
_LAST = np.array([-1], np.int64)


class Llama:
    """The network."""

    def __init__(self, shape: LlamaShape, weights: Weights, *, quantised: bool = True) -> None:
        """Takes the tensors of a Hugging Face checkpoint by their names. Raises ModelError where one is absent or misshapen."""
        self.shape = shape
        try:
            self.reader = open_session(llama_graph(shape, weights, bits=32), _READING_THREADS)
            self.writer = open_session(llama_graph(shape, weights, bits=8), 1) if quantised else self.reader
        except (KeyError, ValueError) as error:
            raise ModelError(
                f"the model's weights do not fit its config.json: {error}", "Copy the model folder again."
            ) from error


class Cache:
    """Keys and values of one reply of at most `positions` tokens; `length` of them are filled. Not for several threads."""

    def __init__(self, network: Llama, positions: int) -> None:
        shape = network.shape
        self.length = 0
        self._vocabulary = shape.vocabulary
        self._reader = network.reader
        self._lengths = np.zeros(1, np.int32)
        self._total = np.zeros((), np.int32)
        self._values = np.zeros((shape.layers, 2, 1, shape.kv_heads, positions, shape.head_width), np.float32)
        self._next = np.zeros((1, 1), np.int64)
        self._logits = np.empty((1, 1, shape.vocabulary), np.float32)
        self._writing = self._bound(network.writer, self._next, _LAST, self._logits)

    def read(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Reads several tokens, such as the prompt; returns the logits after them, (vocabulary,)."""
        return self._read(ids, _LAST)[0]

    def read_all(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The same, with the logits after each of the tokens, (count, vocabulary)."""
        return self._read(ids, np.arange(len(ids)))

    def rewind(self, length: int) -> None:
        """Forgets all but the first `length` tokens."""
        self.length = length

    def _read(self, ids: Sequence[int], shown: NDArray[np.int64]) -> NDArray[np.float32]:
        logits = np.empty((1, len(shown), self._vocabulary), np.float32)
        self._run(self._bound(self._reader, np.array([ids], np.int64), shown, logits), len(ids))
        return logits[0]

    def step(self, token: int) -> NDArray[np.float32]:
        """Reads one more token; returns the logits after it, (vocabulary,), overwritten by the next step."""
        self._next[0, 0] = token
        self._run(self._writing, 1)
        return self._logits[0, 0]

    def _run(self, binding: Binding, count: int) -> None:
        self.length += count
        self._lengths[0] = self.length - 1
        self._total[...] = self.length
        binding.run()

    def _bound(
        self, session: InferenceSession, ids: NDArray[np.int64], shown: NDArray[np.int64], logits: NDArray[np.float32]
    ) -> Binding:
        binding = Binding(session)
        binding.take(IDS, ids)
        binding.take(SHOWN, shown)
        binding.take(LENGTHS, self._lengths)
        binding.take(TOTAL, self._total)
        binding.give(LOGITS, logits)
        for layer, (keys, values) in enumerate(self._values):
            names = cache_names(layer)
            for array, taken, given in ((keys, names[0], names[2]), (values, names[1], names[3])):
                binding.take(taken, array)
                binding.give(given, array)
        return binding
