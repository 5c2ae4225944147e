"""Engine: writes tokens with a small Llama model on the CPU, for the planner and the writer.

The layers run in onnxruntime with 8-bit weights. The engine looks up embeddings itself, and projects onto the whole vocabulary
only if it has to: a forced token costs nothing until the next choice, and a choice among a few tokens needs their rows only.
Otherwise a draft of the head in 4 bits finds the likeliest tokens, and their 8-bit rows give their logits.
Beginnings of prompts that were read before are not read again. Several customers take turns chunk by chunk and token by token.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Self, TypeGuard

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.language_model.decoding import Decoding
from assistant.language_model.engine_files import EngineFiles, read_engine_files
from assistant.language_model.fair_turns import FairTurns
from assistant.language_model.network import Networks, TextState
from assistant.language_model.prefix_cache import PrefixCache
from assistant.language_model.quantization import Bits, Blocks
from assistant.language_model.sampling import CANDIDATES, Sampler
from retrieval.errors import ModelError, WritingError

Choice = Collection[int] | NDArray[np.float32] | None
"""Tokens that may come next: a collection of ids, a bias on the logits of shape (vocabulary,) (minus infinity forbids a token),
or None for any. Use a bias, made once, for all but a few."""

Allowed = Callable[[Sequence[int]], Choice]
"""Called with the tokens generated so far."""

CONTEXT = 2048
"""Tokens that prompt and reply may have together; a token takes 46 kB of memory with SmolLM2-135M."""

PREFIX_BYTES = 256 << 20
"""Bytes of keys and values kept for later prompts, some 5,800 tokens of SmolLM2-135M."""

_CHUNK = 64
"""Tokens of a prompt that are read in one turn, some 0.06 seconds on one core. Larger chunks are no faster and less fair."""

_FEW = 256
"""Up to this many allowed tokens, their rows alone are faster than the whole head."""

_MOST_THREADS = 4
"""Products of this size do not get faster with more threads."""

_SCORED = 64
"""Rows of logits held at once, 25 MB in double precision."""

_DRAFT_ERROR = 3.0
"""How far the draft of the head may put a logit off, compared with the best. On 1,800 tokens of policy text the 40 likeliest were
off by 1.4 on average and 2.6 at the 99th percentile; the likeliest token was never lost."""

_RESCORED = 96
"""Tokens at most that are scored again by their own rows; a draw needs 40."""

_SPREAD = 8.0
"""In units of the temperature, how far below the best a logit may be to count; a token below has e^-8 of its likelihood."""


class Engine:
    """A causal language model on token ids; safe to use from many threads."""

    def __init__(self, files: EngineFiles, cores: int, context: int, prefix_bytes: int) -> None:
        self.tokenizer: Tokenizer = files.tokenizer
        self.ends = files.ends
        self.context = min(context, files.shape.positions)
        self._shape = files.shape
        self._table = files.table
        self._networks = Networks(files.shape, files.body, files.table, files.draft, min(cores, _MOST_THREADS))
        self._networks.warm_up()
        self._turns = FairTurns(cores)
        self.prefixes = PrefixCache(prefix_bytes)

    @classmethod
    def open(
        cls,
        base: Path,
        adapter: Path | None = None,
        *,
        bits: Bits = 8,
        cores: int | None = None,
        cache: Path | None = None,
        context: int = CONTEXT,
        prefix_bytes: int = PREFIX_BYTES,
    ) -> Self:
        """Open the model in folder `base` with the adapter in folder `adapter` merged in.

        `cores` computations run at once, by default as many as the machine has. `cache` is where quantized models are kept, by
        default `engine` in `base`; the first call for a base and adapter quantizes them. Raises ModelError that says what is
        missing or damaged and what to do.
        """
        cache = cache or base / "engine"
        cores = cores or os.cpu_count() or 1
        files = read_engine_files(base, adapter, bits, cache)
        try:
            return cls(files, cores, context, prefix_bytes)
        except Exception:  # onnxruntime raises kinds of its own for a damaged graph
            shutil.rmtree(files.body.parent, ignore_errors=True)
        files = read_engine_files(base, adapter, bits, cache)
        try:
            return cls(files, cores, context, prefix_bytes)
        except Exception as error:
            raise ModelError(
                f"onnxruntime cannot run the model in {base}: {error}",
                "Install the version of onnxruntime that constraints.txt names, and see that 1 GB of memory is free.",
            ) from error

    @property
    def vocabulary(self) -> int:
        """Number of tokens that the model knows, the adapter's included."""
        return self._shape.vocabulary

    def generate(
        self,
        ids: Sequence[int],
        decoding: Decoding,
        allowed: Allowed | None,
        stop: Collection[int],
        cancelled: threading.Event,
    ) -> Iterator[int]:
        """Yield the tokens that follow `ids`, until one of `stop` (not yielded), the limit of `decoding`, or `cancelled`.

        `allowed` is asked before each token; an empty collection ends the text. A temperature above 0 draws among the 40
        likeliest allowed tokens. Raises WritingError if `ids` is empty or too long, or the network fails.
        """
        limit = min(decoding.max_tokens, self._room(ids))
        state = TextState(self._shape, len(ids) + limit)
        sampler, generated = Sampler(decoding), list[int]()
        with self._turns.request():
            pending = self._resume(state, ids)
            while len(generated) < limit and not cancelled.is_set():
                choice = allowed(generated) if allowed else None
                if _is_few(choice, 1):
                    token = next(iter(choice), None)
                else:
                    token = self._choose(state, pending, choice, sampler, cancelled)
                    if len(pending) > 1:
                        self.prefixes.store([*ids, *generated][: state.length], state.values)
                    pending = []
                if token is None or token in stop:
                    break
                generated.append(token)
                pending.append(token)
                yield token
            self.prefixes.store([*ids, *generated][: state.length], state.values)

    def likelihoods(self, ids: Sequence[int], continuations: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
        """Return for each continuation of `ids` the natural logarithms of its tokens' probabilities, shape (tokens,).

        Without continuations it only reads `ids`, so that later prompts that begin with them start faster.
        Raises WritingError if `ids` is empty or a text too long, or the network fails.
        """
        longest = max(map(len, continuations), default=0)
        self._room([*ids, *[0] * max(longest - 1, 0)])
        state = TextState(self._shape, len(ids) + longest)
        never = threading.Event()
        with self._turns.request():
            pending = self._resume(state, ids)
            first = _log_softmax(self._logits(self._read(state, pending, never)[-1:]))[0]
            self.prefixes.store(ids, state.values)
            found = []
            for continuation in continuations:
                state.length = len(ids)
                hidden = self._read(state, continuation[:-1], never)
                found.append(
                    np.append(first[list(continuation[:1])], self._log_probabilities(hidden, continuation[1:]))
                )
        return found

    def scores(self, ids: Sequence[int], places: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """Return the logits of `tokens` after each of `places` in `ids`, in one pass; shape (places, tokens).

        `places` rise. Raises WritingError if `ids` is empty or too long, or the network fails.
        """
        self._room(ids)
        state = TextState(self._shape, len(ids))
        with self._turns.request():
            state.length = known = self.prefixes.restore(ids[: places[0]], state.values) if places else 0
            hidden = self._read(state, ids[known:], threading.Event())
        return np.asarray(hidden[[place - known for place in places]] @ self._rows(tokens).T)

    def _room(self, ids: Sequence[int]) -> int:
        """Return how many tokens may follow `ids`. Raises WritingError if none may."""
        if not ids:
            raise WritingError("the prompt is empty")
        if len(ids) >= self.context:
            raise WritingError(f"the prompt has {len(ids)} tokens, the engine reads {self.context - 1} at most")
        for token in (min(ids), max(ids)):
            if not 0 <= token < self.vocabulary:
                raise WritingError(f"the prompt does not fit the model, which has no token {token}")
        return self.context - len(ids)

    def _resume(self, state: TextState, ids: Sequence[int]) -> list[int]:
        """Restore what is known of `ids`, all but its last token at most; return the rest, to be read."""
        state.length = self.prefixes.restore(ids[:-1], state.values)
        return list(ids[state.length :])

    def _choose(
        self, state: TextState, pending: Sequence[int], choice: Choice, sampler: Sampler, cancelled: threading.Event
    ) -> int | None:
        """Read `pending` and draw the next token; None if `cancelled` or nothing is allowed."""
        hidden = self._read(state, pending, cancelled)
        if cancelled.is_set():
            return None
        last, bias = hidden[-1], choice if isinstance(choice, np.ndarray) else None
        tokens = None if choice is None or bias is not None else np.fromiter(choice, np.int64)
        if tokens is None or len(tokens) > _FEW:
            tokens = self._likeliest(last, tokens, bias, sampler.temperature)
        logits = self._rows(tokens) @ last
        if bias is not None:
            logits = logits + bias[tokens]
        best = _best(logits, sampler.temperature)
        return sampler.draw(tokens[best].tolist(), logits[best].tolist()) if len(best) else None

    def _likeliest(
        self,
        hidden: NDArray[np.float32],
        tokens: NDArray[np.int64] | None,
        bias: NDArray[np.float32] | None,
        temperature: float,
    ) -> NDArray[np.int64]:
        """The tokens that may be drawn, among `tokens` or all, by the draft of the head; a few too many."""
        with self._turns.turn() as alone, _engine_errors():
            logits = self._networks.choose(alone).draft_logits(hidden[None])[0]
        if bias is not None:
            logits = logits + bias
        if tokens is not None:
            logits = logits[tokens]
        top = logits.max()
        if not np.isfinite(top):
            return np.empty(0, np.int64)
        near = np.flatnonzero(logits >= top - _SPREAD * max(temperature, 0) - _DRAFT_ERROR)
        if len(near) > _RESCORED:
            near = near[np.argpartition(-logits[near], _RESCORED)[:_RESCORED]]
        return near if tokens is None else tokens[near]

    def _read(self, state: TextState, ids: Sequence[int], cancelled: threading.Event) -> NDArray[np.float32]:
        """Read `ids` in chunks, a turn each, until `cancelled`; return the hidden states, (tokens read, width)."""
        found = []
        for start in range(0, len(ids), _CHUNK):
            if cancelled.is_set():
                break
            embedded = self._rows(ids[start : start + _CHUNK])
            with self._turns.turn() as alone, _engine_errors():
                step = len(embedded) == 1
                network = self._networks.choose(alone, step=step)
                began = time.perf_counter()
                found.append(state.read(network, embedded))
                if step and alone:
                    self._networks.note(network, time.perf_counter() - began)
        return np.concatenate(found) if found else np.empty((0, self._shape.width), np.float32)

    def _logits(self, hidden: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._turns.turn() as alone, _engine_errors():
            return self._networks.choose(alone).logits(hidden)

    def _log_probabilities(self, hidden: NDArray[np.float32], chosen: Sequence[int]) -> NDArray[np.float64]:
        """Log-probability of each of `chosen` after the hidden state before it."""
        found = np.empty(len(chosen))
        for start in range(0, len(chosen), _SCORED):
            part = list(chosen[start : start + _SCORED])
            logs = _log_softmax(self._logits(hidden[start : start + len(part)]))
            found[start : start + len(part)] = logs[np.arange(len(part)), part]
        return found

    def _rows(self, tokens: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Rows of the embedding table, which are those of the head too."""
        return self._table.rows(tokens) if isinstance(self._table, Blocks) else self._table[tokens]


def _is_few(choice: Choice, limit: int) -> TypeGuard[Collection[int]]:
    return choice is not None and not isinstance(choice, np.ndarray) and len(choice) <= limit


def _best(logits: NDArray[np.float32], temperature: float) -> NDArray[np.int64]:
    """Places of the highest finite logits, best first: one for a temperature of 0, else the candidates of a draw."""
    top = logits.max(initial=-np.inf)
    if not np.isfinite(top):
        return np.empty(0, np.int64)
    if temperature <= 0:
        return np.array([logits.argmax()])
    near = np.flatnonzero(logits >= top - _SPREAD * temperature)
    return near[np.argsort(-logits[near], kind="stable")][:CANDIDATES]


def _log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Natural logarithms of the probabilities, row by row."""
    centered = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return np.asarray(centered - np.log(np.exp(centered).sum(-1, keepdims=True)))


@contextlib.contextmanager
def _engine_errors() -> Iterator[None]:
    """Turn the errors of onnxruntime, which share no root of their own, into WritingError."""
    try:
        yield
    except Exception as error:
        raise WritingError(f"the language model failed: {error}") from error
