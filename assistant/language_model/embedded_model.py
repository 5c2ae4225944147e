"""EmbeddedModel: the small language model that ships with Aisle, run in this process.

Replies of several customers are written side by side, one processor core each, and take turns token by token where
there are more customers than cores, so that nobody waits for a whole reply of somebody else.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from assistant.language_model.decoding import CANDIDATES, Draft, Sampler, is_plain
from assistant.language_model.language_model import Decoding
from assistant.language_model.llama import Cache
from assistant.language_model.model_files import ModelFiles, read_model
from assistant.language_model.prompt import END, SPECIAL_TOKENS, Prompt
from assistant.language_model.prompt_tokens import prompt_ids
from assistant.reference import REFERENCES, spell
from retrieval.errors import ModelError, WritingError

Logits = NDArray[np.float32]
Asked = TypeVar("Asked")

PROMPT_TOKENS = 384
_BANNED = float("-inf")
_LEAST_SHARE = math.log(0.05)
"""How much less likely than the likeliest a token may be, as a difference of logits."""


class EmbeddedModel:
    """A LanguageModel over `Llama`; safe to use from many threads."""

    def __init__(self, name: str, files: ModelFiles, cores: int) -> None:
        self._name = name
        self._network = files.network
        self._tokenizer = files.tokenizer
        self._end = _id(files.tokenizer, END)
        self._pieces = _pieces(files.tokenizer)
        self._closed = self._closed_bias()
        self._references = {key: _id(files.tokenizer, spell(key)) for key in REFERENCES}
        self._keys = {token: key for key, token in self._references.items()}
        self._contexts = files.contexts
        self._wanted = self._bias(frozenset(REFERENCES))
        self._turn = threading.Semaphore(cores)

    @classmethod
    def open(
        cls,
        folder: Path,
        adapter: Path | None = None,
        *,
        adapter_name: str = "",
        quantised: bool = True,
        cores: int | None = None,
    ) -> Self:
        """Loads the model folder and, where given, its adapter; `cores` replies are computed at once.

        Raises ModelError that says what is missing or damaged and what to do.
        """
        name = folder.name if adapter is None else f"{folder.name}+{adapter_name or adapter.name}"
        return cls(name, read_model(folder, adapter, quantised=quantised), cores or os.cpu_count() or 1)

    @property
    def name(self) -> str:
        """Names of the model's folder and of the adapter's."""
        return self._name

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        """Yields the reply token by token. Raises WritingError when the network fails."""
        try:
            yield from self._write(prompt, decoding, cancelled)
        except Exception as error:  # onnxruntime raises kinds of its own that share no other root
            raise WritingError(f"the embedded model {self._name} failed: {error}") from error

    def likelihoods(self, prompt: Prompt, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        """Log-probabilities of the tokens of each reply behind `prompt`. Raises WritingError when the network fails."""
        asked = prompt_ids(self._tokenizer, prompt.turns, PROMPT_TOKENS)
        room = self._network.shape.positions - len(asked)
        told = [[*self._tokenizer.encode(reply).ids, self._end][:room] for reply in replies]
        try:
            return self._likelihoods(asked, told)
        except Exception as error:  # onnxruntime raises kinds of its own that share no other root
            raise WritingError(f"the embedded model {self._name} failed: {error}") from error

    def _likelihoods(self, asked: list[int], told: Sequence[list[int]]) -> list[NDArray[np.float64]]:
        """Those of the tokens of each of `told` behind `asked`, which is read once."""
        cache = Cache(self._network, len(asked) + max(map(len, told), default=0))
        first = self._taking_turns(cache.read, asked)[None]
        found = []
        for ids in told:
            cache.rewind(len(asked))
            rest = [self._taking_turns(cache.read_all, ids[:-1])] if ids[:-1] else []
            found.append(chosen_logs(np.concatenate([first, *rest]).astype(np.float64), ids))
        return found

    def _write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        if cancelled.is_set():
            return
        asked = prompt_ids(self._tokenizer, prompt.turns, PROMPT_TOKENS)
        begun: list[int] = self._tokenizer.encode(prompt.begun).ids[: decoding.max_tokens]
        tokens = [*asked[: self._network.shape.positions - decoding.max_tokens], *begun]
        cache = Cache(self._network, len(tokens) + decoding.max_tokens)
        bias = self._bias(prompt.keys)
        sampler, draft, said = Sampler(decoding), Draft(), prompt.begun
        for token in begun:
            draft.add(token, self._pieces[token])
        logits = self._taking_turns(cache.read, tokens)
        for _ in range(decoding.max_tokens - len(begun)):
            if cancelled.is_set():
                return
            fresh = [
                (token, logit)
                for token, logit in self._best(logits, bias)
                if self._may_follow(draft, token) and self._fits(said, token)
            ]
            if not fresh:
                return
            token = sampler.draw(*zip(*fresh, strict=True))
            if token == self._end:
                return
            draft.add(token, self._pieces[token])
            said += self._pieces[token]
            yield self._pieces[token]
            logits = self._taking_turns(cache.step, token)

    def _taking_turns(self, compute: Callable[[Asked], Logits], asked: Asked) -> Logits:
        """`compute(asked)`, once one of the cores is free."""
        with self._turn:
            return compute(asked)

    def _fits(self, said: str, token: int) -> bool:
        """Whether `token` is no reference, or one that the model has learned to use behind these words."""
        key = self._keys.get(token)
        return key is None or self._contexts is None or self._contexts.allow(said, key)

    def _may_follow(self, draft: Draft, token: int) -> bool:
        return draft.whole if token == self._end else not draft.bars(token, self._pieces[token])

    def _best(self, logits: Logits, bias: Logits) -> list[tuple[int, float]]:
        """The likeliest allowed tokens with their logits, best first.

        Those are left out that are far less likely than what the model would say if it might use every reference:
        where it wants a fact that this turn does not have, what is left is noise, and it is better to stop than
        to say it (min-p, https://arxiv.org/abs/2407.01082).
        """
        floor = (logits + self._wanted).max() + _LEAST_SHARE
        allowed = logits + bias
        best = np.flatnonzero(allowed >= floor)
        ordered = best[np.argsort(-allowed[best])][:CANDIDATES]
        return list(zip(ordered.tolist(), allowed[ordered].tolist(), strict=True))

    def _bias(self, keys: frozenset[str]) -> Logits:
        """0 for tokens that this reply may hold, minus infinity for others, shape (vocabulary,)."""
        bias = self._closed.copy()
        bias[[self._references[key] for key in keys if key in self._references]] = 0.0
        return bias

    def _closed_bias(self) -> Logits:
        bias = np.full(self._network.shape.vocabulary, _BANNED, np.float32)
        special = {_id(self._tokenizer, token) for token in SPECIAL_TOKENS}
        open_tokens = [
            token for token, piece in enumerate(self._pieces) if token not in special and piece and is_plain(piece)
        ]
        bias[[*open_tokens, self._end]] = 0.0
        return bias


def chosen_logs(logits: NDArray[np.float64], chosen: Sequence[int]) -> NDArray[np.float64]:
    """Log-probability of each of `chosen` by the row of `logits` before it, shape (len(chosen),)."""
    top = logits.max(-1)
    totals = top + np.log(np.exp(logits - top[:, None]).sum(-1))
    return np.asarray(logits[np.arange(len(chosen)), list(chosen)] - totals)


def _id(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ModelError(
            f"the model's tokenizer lacks {token}, so it was not trained for this version of Aisle",
            "Train it with `aisle train base`, or name another model with AISLE_MODEL.",
        )
    return int(found)


def _pieces(tokenizer: Tokenizer) -> list[str]:
    """The text of each token; a reference is its spelling, a token that is not whole characters comes out with U+FFFD."""
    return [tokenizer.decode([token], skip_special_tokens=False) for token in range(tokenizer.get_vocab_size())]
