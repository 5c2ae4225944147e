"""Network: the two graphs of a model in onnxruntime sessions, and the keys and values of one text that it reads."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.language_model.llama_graph import (
    EMBEDDED,
    HIDDEN,
    LENGTHS,
    LOGITS,
    TOTAL,
    Table,
    cache_names,
    head_graph,
)
from assistant.language_model.llama_shape import LlamaShape
from assistant.language_model.onnx_session import Binding, open_session

_TRIED_AGAIN = 64
"""Tokens after which the slower network is tried again; a trial costs a few milliseconds."""

_WEIGHT = 0.5
"""Weight of the newest measurement in the running mean."""

_WARMING = 3
"""Tokens read to warm up; the time of the last one counts."""


class Network:
    """Layers and heads in sessions of `threads` threads; any number of texts may use it at once."""

    def __init__(self, shape: LlamaShape, body: Path, table: Table, draft: Table, threads: int) -> None:
        self.shape = shape
        # Threads that sleep between nodes cost a quarter of the speed of a lone text.
        self.body = open_session(body, threads, spin=threads > 1)
        self._head = open_session(head_graph(table), threads, spin=threads > 1)
        self._draft = self._head if draft is table else open_session(head_graph(draft), threads, spin=threads > 1)

    def logits(self, hidden: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits after each of `hidden` (count, width), shape (count, vocabulary)."""
        return np.asarray(self._head.run([LOGITS], {HIDDEN: hidden})[0])

    def draft_logits(self, hidden: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return roughly the same, faster for one row."""
        return np.asarray(self._draft.run([LOGITS], {HIDDEN: hidden})[0])


class Networks:
    """The same network with several threads and with one; the faster of late serves a request that is alone.

    Several threads are half again as fast on an idle machine, and several times slower where other processes use its cores,
    because each node waits for the slowest thread.
    """

    def __init__(self, shape: LlamaShape, body: Path, table: Table, draft: Table, threads: int) -> None:
        self._single = Network(shape, body, table, draft, 1)
        self._many = Network(shape, body, table, draft, threads) if threads > 1 else self._single
        self._seconds = {id(self._single): 0.0, id(self._many): 0.0}
        self._steps = 0

    def warm_up(self) -> None:
        """Run each network before the first request: it then has its memory, and it is known how fast it is."""
        for network in (self._single, self._many):
            state, token = TextState(network.shape, _WARMING), np.zeros((1, network.shape.width), np.float32)
            for _ in range(_WARMING):
                began = time.perf_counter()
                network.draft_logits(state.read(network, token))
                self._seconds[id(network)] = time.perf_counter() - began

    def choose(self, alone: bool, *, step: bool = False) -> Network:
        """Return the network for the next computation.

        `alone` says whether no other request computes, `step` whether it is a single token, whose time will be noted.
        """
        if not alone or self._many is self._single:
            return self._single
        self._steps += step
        many, single = self._seconds[id(self._many)], self._seconds[id(self._single)]
        faster, slower = (self._many, self._single) if many <= single else (self._single, self._many)
        return slower if step and self._steps % _TRIED_AGAIN == 0 else faster

    def note(self, network: Network, seconds: float) -> None:
        """Note how long `network` took for a single token."""
        before = self._seconds[id(network)]
        self._seconds[id(network)] = before + _WEIGHT * (seconds - before)


class TextState:
    """Keys and values of one text of at most `positions` tokens; `length` of them are filled. Not thread-safe.

    The operating system commits memory only for positions that are filled.
    """

    def __init__(self, shape: LlamaShape, positions: int) -> None:
        self.length = 0
        self.values = np.zeros((shape.layers, 2, 1, shape.kv_heads, positions, shape.head_width), np.float32)
        self._width = shape.width
        self._lengths = np.zeros(1, np.int32)
        self._total = np.zeros((), np.int32)
        self._one = np.empty((1, 1, shape.width), np.float32)
        self._after_one = np.empty((1, 1, shape.width), np.float32)
        self._steps: dict[int, Binding] = {}

    def read(self, network: Network, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
        """Read more tokens, given their embeddings (count, width); return the hidden states, same shape.

        The result for a single token is overwritten by the next call.
        """
        count = len(embedded)
        if count == 1:
            self._one[0] = embedded
            step = self._steps.get(id(network))
            if step is None:
                step = self._steps[id(network)] = self._bound(network, self._one, self._after_one)
            after = self._after_one
        else:
            after = np.empty((1, count, self._width), np.float32)
            step = self._bound(network, embedded[None], after)
        self.length += count
        self._lengths[0] = self.length - 1
        self._total[...] = self.length
        step.run()
        return after[0]

    def _bound(self, network: Network, embedded: NDArray[np.float32], hidden: NDArray[np.float32]) -> Binding:
        """A binding whose keys and values are updated in place."""
        binding = Binding(network.body)
        binding.take(EMBEDDED, embedded)
        binding.take(LENGTHS, self._lengths)
        binding.take(TOTAL, self._total)
        binding.give(HIDDEN, hidden)
        for layer, (keys, values) in enumerate(self.values):
            names = cache_names(layer)
            for array, taken, given in ((keys, names[0], names[2]), (values, names[1], names[3])):
                binding.take(taken, array)
                binding.give(given, array)
        return binding
