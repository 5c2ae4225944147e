"""EmbeddedModel: the small language model that ships with Aisle, run in this process.

Replies of several customers are written side by side, one processor core each, and take turns token by token where
there are more customers than cores, so that nobody waits for a whole reply of somebody else.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import torch
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer
from torch import Tensor

from assistant.decoding import CANDIDATES, Draft, Sampler, is_plain
from assistant.language_model import Decoding
from assistant.llama import Cache
from assistant.model_files import ModelFiles, read_model
from assistant.prompt import END, SPECIAL_TOKENS, Prompt
from assistant.prompt_tokens import prompt_ids
from assistant.reference import REFERENCES, spell
from retrieval.errors import ModelError, WritingError

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
        cls, folder: Path, adapter: Path | None = None, *, quantised: bool = True, cores: int | None = None
    ) -> Self:
        """Loads the model folder and, where given, its LoRA adapter; `cores` replies are computed at once.

        Raises ModelError that says what is missing or damaged and what to do.
        """
        name = folder.name if adapter is None else f"{folder.name}+{adapter.name}"
        torch.get_num_threads()
        with _openmp.limit(limits=1):
            return cls(name, read_model(folder, adapter, quantised=quantised), cores or os.cpu_count() or 1)

    @property
    def name(self) -> str:
        """Names of the model's folder and of the adapter's."""
        return self._name

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        """Yields the reply token by token. Raises WritingError when the network fails."""
        try:
            yield from self._write(prompt, decoding, cancelled)
        except (RuntimeError, IndexError, ValueError) as error:
            raise WritingError(f"the embedded model {self._name} failed: {error}") from error

    def _write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        asked = prompt_ids(self._tokenizer, prompt.turns, PROMPT_TOKENS)
        begun: list[int] = self._tokenizer.encode(prompt.begun).ids[: decoding.max_tokens]
        tokens = [*asked[: self._network.shape.positions - decoding.max_tokens], *begun]
        cache = Cache(self._network.shape, len(tokens) + decoding.max_tokens)
        bias = self._bias(prompt.keys)
        sampler, draft, said = Sampler(decoding), Draft(), prompt.begun
        for token in begun:
            draft.add(token, self._pieces[token])
        for _ in range(decoding.max_tokens - len(begun)):
            if cancelled.is_set():
                return
            best, logits, floor = self._best(tokens, cache, bias)
            fresh = [place for place, token in enumerate(best) if self._may_follow(draft, token)]
            fresh = [place for place in fresh if logits[place] >= floor and self._fits(said, best[place])]
            if not fresh:
                return
            token = sampler.draw([best[place] for place in fresh], [logits[place] for place in fresh])
            if token == self._end:
                return
            draft.add(token, self._pieces[token])
            said += self._pieces[token]
            yield self._pieces[token]
            tokens = [token]

    def _fits(self, said: str, token: int) -> bool:
        """Whether `token` is no reference, or one that the model has learned to use behind these words."""
        key = self._keys.get(token)
        return key is None or self._contexts is None or self._contexts.allow(said, key)

    def _may_follow(self, draft: Draft, token: int) -> bool:
        return draft.whole if token == self._end else not draft.bars(token, self._pieces[token])

    def _best(self, tokens: list[int], cache: Cache, bias: Tensor) -> tuple[list[int], list[float], float]:
        """The likeliest allowed tokens after `tokens`, best first, their logits, and the least logit that makes sense.

        That floor is taken from what the model would say if it might use every reference: where it wants a fact that
        this turn does not have, what is left is noise, and it is better to stop than to say it (min-p,
        https://arxiv.org/abs/2407.01082).
        """
        with self._turn, one_core(), torch.inference_mode():
            logits = self._network.forward(torch.tensor(tokens), cache)
            peak = float((logits + self._wanted).max())
            best = torch.topk(logits + bias, CANDIDATES)
            allowed = best.values > _BANNED
            return best.indices[allowed].tolist(), best.values[allowed].tolist(), peak + _LEAST_SHARE

    def _bias(self, keys: frozenset[str]) -> Tensor:
        """0 for tokens that this reply may hold, minus infinity for others, shape (vocabulary,)."""
        bias = self._closed.clone()
        bias[[self._references[key] for key in keys if key in self._references]] = 0.0
        return bias

    def _closed_bias(self) -> Tensor:
        bias = torch.full((self._network.shape.vocabulary,), _BANNED)
        special = {_id(self._tokenizer, token) for token in SPECIAL_TOKENS}
        open_tokens = [
            token for token, piece in enumerate(self._pieces) if token not in special and piece and is_plain(piece)
        ]
        bias[[*open_tokens, self._end]] = 0.0
        return bias


_openmp = ThreadpoolController().select(user_api="openmp")
_limited = threading.local()


@contextmanager
def one_core() -> Iterator[None]:
    """Holds tensor operations of the calling thread to one core, from here on.

    On so small a model threads inside one operation wait for one another longer than they work, far longer when
    cores are busy. OpenMP keeps the number by thread, so that other threads of the process are not touched.
    """
    if not getattr(_limited, "done", False):
        torch.get_num_threads()  # torch sets a new thread's number on first use; ours must come after
        _openmp.limit(limits=1)
        _limited.done = True
    yield


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
