"""Model files: reads the files of a model folder, and says what is wrong with one that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from tokenizers import Tokenizer

from retrieval.errors import ModelError

_AGAIN = "Copy the whole folder again, or train an adapter with `aisle train conversation`."


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
