"""Base model: what an adapter is laid beside, with the one function that turns a prompt and its reply into token ids.

The ids before the reply are those of the live prompt, token by token: `prompt_ids` for the embedded model, `chat_ids`
for any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from jinja2 import TemplateError
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.language_model.chat_tokens import chat_ids, chat_text, context_length, encoded
from assistant.language_model.embedded_model import PROMPT_TOKENS
from assistant.language_model.language_model import Decoding
from assistant.language_model.model_files import is_embedded_folder
from assistant.language_model.prompt import END, Prompt, messages
from assistant.language_model.prompt_tokens import prompt_ids
from finetune.example import Example, reply_example
from retrieval.errors import ModelError


class Encode(Protocol):
    """How one base reads a prompt and a reply; the token that closes the reply counts where the reply `ends` there."""

    def __call__(self, prompt: Prompt, reply: str, ends: bool = True) -> Example:
        """The example of a prompt, its last turn open, and the reply to it."""
        ...


_ROOM = Decoding().max_tokens
_SPECIAL = re.compile(r"<\|?[^<>\s]+\|?>|\[/?[A-Z_]+\]")
_ANCHOR = "a"


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A frozen causal language model. `name` is its folder or its Hugging Face name, as given."""

    name: str
    model: Any
    encode: Encode
    is_embedded: bool


def open_base(name: str, dtype: torch.dtype = torch.float32) -> BaseModel:
    """Opens a model that is on this machine; nothing is downloaded.

    Raises ModelError when it is absent, incomplete, no causal model, or cannot be taught where a reply ends.
    """
    try:
        model = AutoModelForCausalLM.from_pretrained(name, local_files_only=True, trust_remote_code=False, dtype=dtype)
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # transformers and safetensors raise a dozen kinds between them
        raise ModelError(
            f"the base model {name!r} cannot be loaded: {error}",
            "--base must be a folder with a complete causal language model, or a name fetched with `hf download NAME`.",
        ) from error
    model.requires_grad_(False)
    if is_embedded_folder(Path(name)):
        return BaseModel(name, model, embedded_encoding(tokenizer.backend_tokenizer), True)
    return BaseModel(name, model, chat_encoding(tokenizer, model), False)


def embedded_encoding(tokenizer: Tokenizer) -> Encode:
    """How the embedded model reads: the compact prompt, the reply, the closing token."""
    end = int(tokenizer.token_to_id(END) or 0)

    def encode(prompt: Prompt, reply: str, ends: bool = True) -> Example:
        asked = prompt_ids(tokenizer, prompt.turns, PROMPT_TOKENS)
        return reply_example(asked, [*tokenizer.encode(reply).ids, end], ends)

    return encode


def chat_encoding(tokenizer: Any, model: Any) -> Encode:
    """How a model with a tokenizer of its own reads. Raises ModelError when its template does not fit it."""
    ends = _ends(tokenizer, model)
    context = context_length(model.config)
    closing = _closing(tokenizer, ends)
    lead = "" if tokenizer.chat_template else " "

    def encode(prompt: Prompt, reply: str, ends: bool = True) -> Example:
        asked = chat_ids(tokenizer, prompt, context - _ROOM)
        return reply_example(asked, [*_reply_ids(tokenizer, lead + reply), closing][: context - len(asked)], ends)

    return encode


def _reply_ids(tokenizer: Any, text: str) -> list[int]:
    """Ids of `text` as it stands inside a line: without the sign that some tokenizers put before a text."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    if tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text:
        return ids
    anchor = tokenizer(_ANCHOR, add_special_tokens=False)["input_ids"]
    both: list[int] = tokenizer(_ANCHOR + text, add_special_tokens=False)["input_ids"]
    return both[len(anchor) :] if both[: len(anchor)] == anchor else ids


def _closing(tokenizer: Any, ends: list[int]) -> int:
    """The token behind a reply: the one that the template writes there, or else the model's first end.

    Raises ModelError where the template hides the reply, or closes it with something at which the model never stops.
    """
    if not tokenizer.chat_template:
        return ends[0]
    reply = "Very well."
    try:
        asked = messages(Prompt("Be brief.", ()))
        asked.append({"role": "user", "content": "Hello."})
        prompt = chat_text(tokenizer, asked)
        whole = chat_text(tokenizer, [*asked, {"role": "assistant", "content": reply}], finished=True)
    except (TemplateError, ValueError, TypeError) as error:
        raise _misfit(f"cannot render a conversation: {error}") from error
    if not whole.startswith(prompt + reply):
        raise _misfit("does not put a reply where it asks for one (add_generation_prompt)")
    rest = whole[len(prompt + reply) :].strip()
    if not rest:
        return ends[0]
    first = encoded(tokenizer, rest)[0]
    if first not in ends:
        spelled = _SPECIAL.match(rest)
        raise _misfit(
            f"closes a reply with {(spelled.group() if spelled else rest)!r}, which the tokenizer does not know as an end"
        )
    return first


def _ends(tokenizer: Any, model: Any) -> list[int]:
    """The tokens at which a reply ends. Raises ModelError where none is named."""
    named = getattr(model.generation_config, "eos_token_id", None)
    listed = [*(named if isinstance(named, list) else [named]), tokenizer.eos_token_id]
    ends = [end for end in dict.fromkeys(listed) if end is not None]
    if not ends:
        raise ModelError(
            "the base model names no token that ends a reply", "Set eos_token_id in its generation_config.json."
        )
    return ends


def _misfit(what: str) -> ModelError:
    return ModelError(
        f"the chat template of the base model {what}",
        "Use the template and tokenizer that came with the model, or take the template out of tokenizer_config.json.",
    )
