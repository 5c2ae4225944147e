"""LoRA: adds an adapter's matrices to the weights they belong to (https://arxiv.org/abs/2106.09685)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.language_model.llama_graph import Weights
from retrieval.errors import ModelError


def merged(weights: Weights, adapter: Weights, scale: float) -> dict[str, NDArray[np.float32]]:
    """`weights` with the adapter added: W + scale * B A. Names are those of Hugging Face and of peft.

    Raises ModelError for a part of the adapter that has no place in the model.
    """
    result = dict(weights)
    for name, (first, second) in _pairs(adapter).items():
        if name not in result or result[name].shape != (second.shape[0], first.shape[1]):
            raise ModelError(f"the adapter's {name} does not fit the model", "Train the adapter again on this model.")
        result[name] = result[name] + scale * (second @ first)
    return result


def _pairs(adapter: Weights) -> Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Matrices A and B by the name of the weight that they change."""
    pairs = {}
    for key in adapter:
        if key.endswith(".lora_A.weight") and (other := key.replace(".lora_A.", ".lora_B.")) in adapter:
            name = key.removeprefix("base_model.model.").replace(".lora_A.weight", ".weight")
            pairs[name] = (adapter[key], adapter[other])
    if 2 * len(pairs) != len(adapter):
        raise ModelError("the adapter holds more than pairs of LoRA matrices", "Use one made by `aisle train adapter`.")
    return pairs
