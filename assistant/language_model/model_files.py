"""Model files: reads the folder of a small model and of its adapter, and says what is wrong with one that cannot be used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from tokenizers import Tokenizer

from assistant.language_model.contexts import CONTEXTS_FILE, Contexts
from assistant.language_model.llama import Llama
from assistant.language_model.llama_shape import LlamaShape
from assistant.language_model.merging import merged
from assistant.language_model.prompt import FACTS
from retrieval.errors import ModelError

_AGAIN = "Copy the whole folder again, or train one with `aisle train base` and `aisle train adapter`."


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model ready to run, its tokenizer, and the contexts of references where it was trained with them."""

    network: Llama
    tokenizer: Tokenizer
    contexts: Contexts | None = None


def read_model(folder: Path, adapter: Path | None = None, *, quantised: bool = True) -> ModelFiles:
    """Reads a Hugging Face folder of a plain Llama, with an adapter merged in where one is given.

    Raises ModelError that names the file which is absent, cut short or does not fit.
    """
    shape = LlamaShape.from_config(read_json(folder / "config.json"))
    tokenizer = read_tokenizer(folder / "tokenizer.json")
    if tokenizer.get_vocab_size() > shape.vocabulary:
        raise ModelError(f"{folder}: the tokenizer knows more tokens than the model", _AGAIN)
    tensors = read_tensors(folder / "model.safetensors")
    if adapter is not None:
        settings = read_json(adapter / "adapter_config.json")
        tensors = merged(tensors, read_tensors(adapter / "adapter_model.safetensors"), settings)
    network = Llama(shape, tensors, quantised=quantised)
    return ModelFiles(network, tokenizer, _joined_contexts(_contexts(folder), _contexts(adapter) if adapter else None))


def _joined_contexts(base: Contexts | None, adapter: Contexts | None) -> Contexts | None:
    """Where the base keeps to no contexts, its adapter needs none."""
    return base.joined(adapter) if base and adapter else base


def _contexts(folder: Path) -> Contexts | None:
    try:
        return Contexts.read(folder)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ModelError(f"{folder / CONTEXTS_FILE} cannot be read: {error}", _AGAIN) from error


def read_json(path: Path) -> dict[str, object]:
    """Return the JSON object in a file. Raises ModelError for a missing or damaged file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path} does not exist", _AGAIN) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}", _AGAIN) from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} is not a JSON object", _AGAIN)
    return content


def read_tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a file as 32-bit arrays. Raises ModelError for a missing or damaged file."""
    from safetensors.torch import load_file  # NumPy has no bfloat16, and torch takes seconds to import

    if not path.is_file():
        raise ModelError(f"{path} does not exist", _AGAIN)
    try:
        return {name: tensor.float().numpy() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path} is damaged or was copied only in part: {error}", _AGAIN) from error


def read_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer in a `tokenizer.json`. Raises ModelError for a missing or damaged file."""
    if not path.is_file():
        raise ModelError(f"{path} does not exist", _AGAIN)
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception for a damaged file
        raise ModelError(f"{path} cannot be read: {error}", _AGAIN) from error


def is_embedded_folder(folder: Path) -> bool:
    """Whether `folder` holds a model whose tokenizer knows the prompt's own tokens, as `aisle train base` writes it."""
    try:
        return f'"{FACTS}"' in (folder / "tokenizer.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
