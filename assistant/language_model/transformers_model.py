"""TransformersModel: any causal language model of Hugging Face form, by name or folder, with a LoRA adapter or without.

Generation runs in a thread of its own, one reply at a time, and hands its tokens over through a queue. Whatever goes wrong
there travels through the same queue, so that a reader never waits for a thread that has died.
"""

from __future__ import annotations

import copy
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForCausalLM, AutoTokenizer, LogitsProcessor, LogitsProcessorList, StoppingCriteria

from assistant.adapters.adapter import Adapter
from assistant.adapters.fitting import check_fits
from assistant.language_model.chat_tokens import chat_ids, chat_text, context_length
from assistant.language_model.decoding import CANDIDATES, Draft, Sampler
from assistant.language_model.language_model import Decoding
from assistant.language_model.prompt import Prompt, messages
from assistant.language_model.reference_rule import ReferenceRule, TokenTexts
from retrieval.errors import AdapterError, ModelError, WritingError

_SILENCE_SECONDS = 120.0
_ANCHOR = "a"


class TransformersModel:
    """A LanguageModel over `transformers`; replies are written one after another."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self._name = name
        self._model = model
        self._tokenizer = tokenizer
        self._tokens = _token_texts(tokenizer, model)
        self._lock = threading.Lock()

    @classmethod
    def open(cls, name: str, adapter: Path | None = None, *, adapter_name: str = "", threads: int = 0) -> Self:
        """Loads a model that is on this machine: a folder, or a name in the Hugging Face cache. Nothing is downloaded.

        Raises ModelError when it is absent, incomplete or not a causal language model.
        """
        if threads:
            torch.set_num_threads(threads)
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True, trust_remote_code=False)
            model = AutoModelForCausalLM.from_pretrained(
                name, local_files_only=True, trust_remote_code=False, dtype="auto"
            )
            if adapter is not None:
                model = _with_adapter(model, name, adapter)
        except AdapterError:
            raise
        except Exception as error:  # transformers, peft and safetensors raise a dozen kinds between them
            raise ModelError(
                f"the language model {name!r} cannot be loaded: {error}",
                "AISLE_MODEL must be a folder with a complete model, or a name fetched with `hf download NAME`.",
            ) from error
        model.eval()
        return cls(name if adapter is None else f"{name}+{adapter_name or adapter.name}", model, tokenizer)

    @property
    def name(self) -> str:
        """The model's name or folder, and the adapter's."""
        return self._name

    def write(self, prompt: Prompt, decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        """Yields the reply in pieces of whole characters. Raises WritingError when generation fails or stalls."""
        pieces: queue.Queue[str | BaseException | None] = queue.Queue()
        stop = threading.Event()
        thread = threading.Thread(target=self._generate, args=(prompt, decoding, cancelled, stop, pieces), daemon=True)
        thread.start()
        try:
            while (piece := _next(pieces, self._name)) is not None:
                if cancelled.is_set():
                    return
                yield piece
        finally:
            stop.set()

    def likelihoods(self, prompt: Prompt, replies: Sequence[str]) -> list[NDArray[np.float64]]:
        """Log-probabilities of the tokens of each reply behind `prompt`. Raises WritingError when the network fails."""
        told = [self._told(prompt, reply) for reply in replies]
        asked = self._inputs(prompt, max(map(len, told), default=0))[0]
        try:
            with self._lock, torch.inference_mode():
                read = self._model(input_ids=asked, attention_mask=torch.ones_like(asked), use_cache=True)
                return [self._likelihood(asked, read, torch.tensor([ids])) for ids in told]
        except Exception as error:  # torch raises kinds that share no other root
            raise WritingError(f"{self._name} failed: {error}") from error

    def _likelihood(self, asked: torch.Tensor, read: Any, told: torch.Tensor) -> NDArray[np.float64]:
        """`read` is what the model gave for `asked`; what it remembers of that is used again where it can be."""
        whole = torch.cat([asked, told], 1)
        past = getattr(read, "past_key_values", None)
        if past is None or hasattr(self._model, "active_peft_config"):  # a prefix has a past of its own
            logits = self._model(input_ids=whole, attention_mask=torch.ones_like(whole)).logits
            logits = logits[0, -told.shape[1] - 1 : -1]
        else:
            rest = self._model(
                input_ids=told, attention_mask=torch.ones_like(whole), past_key_values=copy.deepcopy(past)
            )
            logits = torch.cat([read.logits[0, -1:], rest.logits[0, :-1]])
        chosen = torch.log_softmax(logits.double(), -1)[torch.arange(told.shape[1]), told[0]]
        return np.asarray(chosen.numpy())

    def _told(self, prompt: Prompt, reply: str) -> list[int]:
        """Ids of `reply` and of its end, as they stand behind the prompt."""
        asked = messages(prompt)
        whole = chat_text(self._tokenizer, [*asked, {"role": "assistant", "content": reply}], finished=True)
        opened = chat_text(self._tokenizer, asked)
        rest = whole[len(opened) :] if whole.startswith(opened) else reply
        ids: list[int] = self._tokenizer(rest, add_special_tokens=False)["input_ids"]
        end = next((place for place, token in enumerate(ids) if token in self._tokens.ends), None)
        return [*ids, self._tokens.ends[0]] if end is None else ids[: end + 1]

    def _generate(
        self,
        prompt: Prompt,
        decoding: Decoding,
        cancelled: threading.Event,
        stop: threading.Event,
        pieces: queue.Queue[str | BaseException | None],
    ) -> None:
        try:
            with self._lock:
                if not cancelled.is_set() and not stop.is_set():
                    self._run(prompt, decoding, (cancelled, stop), pieces)
            pieces.put(None)
        except BaseException as error:  # it is raised again where the reply is read
            pieces.put(error)

    def _run(
        self,
        prompt: Prompt,
        decoding: Decoding,
        events: tuple[threading.Event, ...],
        pieces: queue.Queue[str | BaseException | None],
    ) -> None:
        ids, mask = self._inputs(prompt, decoding.max_tokens)
        with torch.inference_mode():
            self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=decoding.max_tokens,
                do_sample=False,
                num_beams=1,
                pad_token_id=self._tokens.ends[0],
                eos_token_id=list(self._tokens.ends),
                logits_processor=LogitsProcessorList([self._choice(prompt, decoding)]),
                stopping_criteria=[_Stop(events)],
                streamer=_Pieces(self._tokenizer, self._tokens.ends, pieces),
            )

    def _choice(self, prompt: Prompt, decoding: Decoding) -> _Choice:
        return _Choice(ReferenceRule(self._tokens, prompt.keys), self._tokens.texts, decoding)

    def _inputs(self, prompt: Prompt, room: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids and mask of shape (1, length), cut so that `room` tokens of a reply fit behind them."""
        ids = torch.tensor([chat_ids(self._tokenizer, prompt, context_length(self._model.config) - room)])
        return ids, torch.ones_like(ids)


class _Choice(LogitsProcessor):
    """Leaves one token open at each step: the one drawn among those that the rule allows."""

    def __init__(self, rule: ReferenceRule, texts: Sequence[str], decoding: Decoding) -> None:
        self._rule = rule
        self._texts = texts
        self._sampler = Sampler(decoding)
        self._draft = Draft()

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` has shape (1, vocabulary)."""
        allowed = torch.tensor(self._rule.allowed())
        best = torch.topk(scores[0, allowed].float(), min(CANDIDATES, len(allowed)))
        ordered = [(int(allowed[place]), float(value)) for value, place in zip(best.values, best.indices, strict=True)]
        fresh = [pair for pair in ordered if not self._draft.bars(pair[0], self._texts[pair[0]])] or ordered
        token = self._sampler.draw([token for token, _ in fresh], [value for _, value in fresh])
        self._rule.add(token)
        self._draft.add(token, self._texts[token])
        chosen = torch.full_like(scores, float("-inf"))
        chosen[0, token] = 0.0
        return chosen


class _Stop(StoppingCriteria):
    def __init__(self, events: Sequence[threading.Event]) -> None:
        self._events = events

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:
        """Whether to stop, for each of the one sequences."""
        stopped = any(event.is_set() for event in self._events)
        return torch.full((input_ids.shape[0],), stopped, dtype=torch.bool)


class _Pieces:
    """A streamer for `generate`: puts text on a queue as soon as its characters and references are whole."""

    def __init__(self, tokenizer: Any, ends: Sequence[int], pieces: queue.Queue[str | BaseException | None]) -> None:
        self._tokenizer = tokenizer
        self._ends = frozenset(ends)
        self._pieces = pieces
        self._prompt_seen = False
        self._reply: list[int] = []
        self._sent = 0

    def put(self, value: torch.Tensor) -> None:
        """Takes the prompt once, then each new token."""
        if not self._prompt_seen:
            self._prompt_seen = True
            return
        self._reply.extend(token for token in value.flatten().tolist() if token not in self._ends)
        text = self._tokenizer.decode(self._reply, clean_up_tokenization_spaces=False).removesuffix("\ufffd")
        whole = text.rfind("{") if text.rfind("{") > text.rfind("}") else len(text)
        if whole > self._sent:
            self._pieces.put(text[self._sent : whole])
            self._sent = whole

    def end(self) -> None:
        """The caller marks the end itself, after `generate` has returned."""


def _next(pieces: queue.Queue[str | BaseException | None], name: str) -> str | None:
    try:
        piece = pieces.get(timeout=_SILENCE_SECONDS)
    except queue.Empty as error:
        raise WritingError(f"{name} wrote nothing for {_SILENCE_SECONDS:.0f} seconds") from error
    if isinstance(piece, BaseException):
        raise WritingError(f"{name} failed while it wrote: {piece}") from piece
    return piece


def _with_adapter(model: Any, name: str, folder: Path) -> Any:
    """`model` with the adapter in its weights, or before its first token where it is a prefix. Raises AdapterError."""
    from peft import PeftModel

    check_fits(Adapter.read(folder), name)
    adapted = PeftModel.from_pretrained(model, str(folder), local_files_only=True)
    return adapted if adapted.active_peft_config.is_prompt_learning else adapted.merge_and_unload()


def _token_texts(tokenizer: Any, model: Any) -> TokenTexts:
    """Each token's text as it stands inside a reply, its leading space included."""
    anchor = tokenizer.encode(_ANCHOR, add_special_tokens=False)
    size = min(len(tokenizer), model.config.vocab_size)
    texts = tokenizer.batch_decode([[*anchor, token] for token in range(size)], clean_up_tokenization_spaces=False)
    lead = len(tokenizer.decode(anchor, clean_up_tokenization_spaces=False))
    return TokenTexts([text[lead:] for text in texts], _ends(tokenizer, model), tokenizer.all_special_ids)


def _ends(tokenizer: Any, model: Any) -> list[int]:
    named = getattr(model.generation_config, "eos_token_id", None)
    ends = list(named) if isinstance(named, list) else [named]
    known = [end for end in dict.fromkeys([*ends, tokenizer.eos_token_id]) if end is not None]
    if not known:
        raise ModelError(
            "the language model names no token that ends a reply", "Set eos_token_id in its generation_config.json."
        )
    return known
