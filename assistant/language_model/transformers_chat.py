"""TransformersChat: a ChatModel in this process, any causal language model of Hugging Face form, with an adapter or without.

Generation runs in a thread of its own, one answer at a time. Whatever goes wrong there ends the stream first, so that a reader
never waits for a thread that has died.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import torch
from jinja2 import TemplateError
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    StoppingCriteria,
    StoppingCriteriaList,
    TextIteratorStreamer,
)

from assistant.language_model.chat_model import Message, Schema, spoken
from assistant.language_model.decoding import Decoding
from retrieval.errors import ModelError, WritingError

_SILENCE_SECONDS = 120.0
_READABLE = 4096
"""Tokens that a model is taken to read if its configuration does not say."""
_PARAGRAPH = "\n\n"
"""Ends an answer of a model without a chat template, which would go on with the next message itself."""


class TransformersChat:
    """A ChatModel over `transformers`; answers are written one after another."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self._name = name
        self._model = model
        self._tokenizer = tokenizer
        self._ends = _ends(tokenizer, model)
        self._special = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
        self._lock = threading.Lock()

    @classmethod
    def open(cls, name: str, adapter: Path | None = None, *, adapter_name: str = "", threads: int = 0) -> Self:
        """Load a model that is on this machine: a folder, or a name in the Hugging Face cache. Nothing is downloaded.

        It runs on a GPU if there is one. `adapter` is one that fits, see `check_fits`. Raises ModelError if the model is absent,
        incomplete or not a causal language model.
        """
        if threads:
            torch.set_num_threads(threads)
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True, trust_remote_code=False)
            model = AutoModelForCausalLM.from_pretrained(
                name, local_files_only=True, trust_remote_code=False, dtype="auto"
            )
            if adapter is not None:
                model = _with_adapter(model, adapter)
            model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        except Exception as error:  # transformers, peft and safetensors raise a dozen kinds between them
            raise ModelError(
                f"the language model {name!r} cannot be loaded: {error}",
                "AISLE_MODEL must be a folder with a complete model, or a name fetched with `hf download NAME`.",
            ) from error
        return cls(name if adapter is None else f"{name}+{adapter_name or adapter.name}", model, tokenizer)

    @property
    def name(self) -> str:
        """The model's name or folder, and the adapter's."""
        return self._name

    def chat(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: threading.Event, schema: Schema | None = None
    ) -> Iterator[str]:
        """See `ChatModel.chat`. Decoding is not held to `schema`."""
        return spoken(self._pieces(messages, decoding, cancelled))

    def _pieces(self, messages: Sequence[Message], decoding: Decoding, cancelled: threading.Event) -> Iterator[str]:
        pieces = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, timeout=_SILENCE_SECONDS, skip_special_tokens=True
        )
        stop, errors = threading.Event(), list[Exception]()

        def generate() -> None:
            try:
                with self._lock:
                    if not cancelled.is_set() and not stop.is_set():
                        self._generate(messages, decoding, [cancelled, stop], pieces)
            except Exception as error:  # it is raised again where the answer is read
                errors.append(error)
            finally:
                pieces.on_finalized_text("", stream_end=True)

        threading.Thread(target=generate, daemon=True).start()
        try:
            for piece in pieces:
                if cancelled.is_set():
                    return
                if piece:
                    yield piece
        except queue.Empty as error:
            raise WritingError(f"{self._name} wrote nothing for {_SILENCE_SECONDS:.0f} seconds") from error
        finally:
            stop.set()
        if errors:
            raise WritingError(f"{self._name} failed while it wrote: {errors[0]}") from errors[0]

    def _generate(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        events: Sequence[threading.Event],
        pieces: TextIteratorStreamer,
    ) -> None:
        ids = torch.tensor([self._ids(messages, decoding.max_tokens)], device=self._model.device)
        draws = decoding.temperature > 0
        options: dict[str, Any] = {"temperature": decoding.temperature, "top_p": decoding.top_p} if draws else {}
        if not self._tokenizer.chat_template:
            options |= {"stop_strings": [_PARAGRAPH], "tokenizer": self._tokenizer}
        with torch.inference_mode(), torch.random.fork_rng():
            if decoding.seed is None:
                torch.seed()
            else:
                torch.manual_seed(decoding.seed)
            self._model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=decoding.max_tokens,
                do_sample=draws,
                num_beams=1,
                pad_token_id=self._ends[0],
                eos_token_id=self._ends,
                stopping_criteria=StoppingCriteriaList([_Stop(events)]),
                streamer=pieces,
                **options,
            )

    def _ids(self, messages: Sequence[Message], room: int) -> list[int]:
        """Ids of `messages`; the first pairs are left out until `room` tokens fit behind them. Raises WritingError."""
        config = self._model.config
        readable = getattr(config, "max_position_embeddings", 0) or getattr(config, "n_positions", 0) or _READABLE
        system, *rest = messages
        while True:
            ids: list[int] = self._tokenizer(
                self._text([system, *rest]), add_special_tokens=not self._tokenizer.chat_template
            )["input_ids"]
            if len(ids) + room <= readable:
                return ids
            if len(rest) < 3:
                raise WritingError(f"the prompt has {len(ids)} tokens, {self._name} reads {readable - room} at most")
            rest = rest[2:]

    def _text(self, messages: Sequence[Message]) -> str:
        """The messages as the model reads them, ready for its answer."""
        listed = [{"role": each["role"], "content": self._harmless(each["content"])} for each in messages]
        if not self._tokenizer.chat_template:
            return _PARAGRAPH.join([*(f"{each['role'].title()}: {each['content']}" for each in listed), "Assistant:"])
        options = {"add_generation_prompt": True, "tokenize": False, "enable_thinking": False}
        try:
            return str(self._tokenizer.apply_chat_template(listed, **options))
        except TemplateError:  # templates such as Gemma's know no system role
            system, first, *rest = listed
            first = {"role": "user", "content": f"{system['content']}{_PARAGRAPH}{first['content']}"}
            return str(self._tokenizer.apply_chat_template([first, *rest], **options))

    def _harmless(self, text: str) -> str:
        """Text without the tokenizer's special tokens, so that nobody can type a role."""
        for token in self._special:
            text = text.replace(token, f"{token[0]} {token[1:]}")
        return text


class _Stop(StoppingCriteria):
    def __init__(self, events: Sequence[threading.Event]) -> None:
        self._events = events

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:
        """Whether to stop, for each of the one sequences."""
        stopped = any(event.is_set() for event in self._events)
        return torch.full((input_ids.shape[0],), stopped, dtype=torch.bool, device=input_ids.device)


def _with_adapter(model: Any, folder: Path) -> Any:
    """`model` with the adapter in its weights, or before its first token if it is a prefix."""
    from peft import PeftModel

    adapted = PeftModel.from_pretrained(model, str(folder), local_files_only=True)
    return adapted if adapted.active_peft_config.is_prompt_learning else adapted.merge_and_unload()


def _ends(tokenizer: Any, model: Any) -> list[int]:
    named = getattr(model.generation_config, "eos_token_id", None)
    ends = list(named) if isinstance(named, list) else [named]
    known = [end for end in dict.fromkeys([*ends, tokenizer.eos_token_id]) if end is not None]
    if not known:
        raise ModelError(
            "the language model names no token that ends a reply", "Set eos_token_id in its generation_config.json."
        )
    return known
