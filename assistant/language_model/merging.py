"""Merging: an adapter's tensors put into the weights that they change.

LoRA https://arxiv.org/abs/2106.09685, rsLoRA https://arxiv.org/abs/2312.03732, DoRA https://arxiv.org/abs/2402.09353,
IA3 https://arxiv.org/abs/2205.05638. A prefix changes no weight and so cannot be merged. Trained rows of the embedding table
(peft's `trainable_token_indices`) replace the rows of the model, and may add rows for new tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.language_model.llama_graph import EMBEDDINGS, Weights
from retrieval.errors import ModelError

Tensor = NDArray[np.float32]
Parts = dict[str, Tensor]

_TRAIN_AGAIN = "Train the adapter again on this model with `aisle finetune`."
_LAYER = re.compile(r"\.\d+\.")
_EMBEDDING_ROWS = "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta"
_ENDINGS = ("lora_A.weight", "lora_B.weight", "lora_magnitude_vector", "ia3_l")


def merged(weights: Weights, adapter: Weights, settings: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return `weights` with `adapter` in them; names are those of Hugging Face and of peft, `settings` the adapter's configuration.

    Raises ModelError for a kind that cannot be merged, and for a part that has no place in the model.
    """
    merge = _merge_of(settings)
    result = dict(weights)
    changes = _by_weight({key: tensor for key, tensor in adapter.items() if key != _EMBEDDING_ROWS})
    if not settings.get("layers_to_transform"):
        _check_every_layer(weights, changes)
    for name, parts in changes.items():
        weight = f"{name}.weight"
        if weight not in result:
            raise ModelError(f"the adapter changes {name}, which the model does not have", _TRAIN_AGAIN)
        try:
            changed = merge(result[weight], parts)
        except (KeyError, ValueError) as error:
            raise ModelError(f"the adapter's part for {name} does not fit the model: {error}", _TRAIN_AGAIN) from error
        if changed.shape != result[weight].shape:
            raise ModelError(f"the adapter's part for {name} does not fit the model", _TRAIN_AGAIN)
        result[weight] = changed.astype(np.float32)
    if _EMBEDDING_ROWS in adapter:
        result[EMBEDDINGS] = _with_rows(result[EMBEDDINGS], adapter[_EMBEDDING_ROWS], settings)
    return result


def _with_rows(table: Tensor, rows: Tensor, settings: Mapping[str, Any]) -> Tensor:
    """Return the embedding table with the trained rows of tokens put in, longer if tokens were added."""
    named = settings.get("trainable_token_indices")
    tokens = named.get("embed_tokens") if isinstance(named, Mapping) else named
    if not isinstance(tokens, list) or rows.shape != (len(tokens), table.shape[1]):
        raise ModelError("the adapter's token rows do not fit its adapter_config.json or the model", _TRAIN_AGAIN)
    size = max(len(table), max(tokens, default=0) + 1)
    missing = sorted(set(range(len(table), size)) - set(tokens))
    if missing:
        raise ModelError(f"the adapter has no row for the added token {missing[0]}", _TRAIN_AGAIN)
    result = np.zeros((size, table.shape[1]), np.float32)
    result[: len(table)] = table
    result[tokens] = rows
    return result


def _merge_of(settings: Mapping[str, Any]) -> Callable[[Tensor, Parts], Tensor]:
    """How the adapter of these settings changes a weight of shape (outputs, inputs)."""
    kind = settings.get("peft_type")
    if kind == "IA3":
        return lambda weight, parts: weight * parts["ia3_l"]
    if kind != "LORA" or settings.get("rank_pattern") or settings.get("alpha_pattern"):
        raise ModelError(
            f"the embedded model runs no adapter of the kind {kind!r}, or one whose rank differs from layer to layer",
            "Train it again with `aisle finetune`, or name its base with AISLE_MODEL, which loads every kind.",
        )
    scale = _scale(settings)

    def add(weight: Tensor, parts: Parts) -> Tensor:
        return np.asarray(weight + scale * (parts["lora_B.weight"] @ parts["lora_A.weight"]))

    def add_and_resize(weight: Tensor, parts: Parts) -> Tensor:
        sums = add(weight, parts)
        sizes = parts["lora_magnitude_vector"] / np.linalg.norm(sums, axis=1)
        return np.asarray(sizes[:, None] * sums)

    return add_and_resize if settings.get("use_dora") else add


def _scale(settings: Mapping[str, Any]) -> float:
    try:
        rank = float(settings["r"])
        return float(settings["lora_alpha"]) / (rank**0.5 if settings.get("use_rslora") else rank)
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise ModelError(f"the adapter's adapter_config.json lacks a usable {error}", _TRAIN_AGAIN) from error


def _check_every_layer(weights: Weights, changes: Mapping[str, Parts]) -> None:
    """What an adapter changes in one layer it changes in all; a copy that lacks some is told here."""
    kinds = {_LAYER.sub(".*.", name) for name in changes}
    names = (weight.removesuffix(".weight") for weight in weights)
    lacking = sorted(name for name in names if _LAYER.sub(".*.", name) in kinds and name not in changes)
    if lacking:
        raise ModelError(f"the adapter lacks its part for {lacking[0]}", "Copy the whole adapter folder again.")


def _by_weight(adapter: Weights) -> dict[str, Parts]:
    """The adapter's tensors by the weight that they change."""
    found: dict[str, Parts] = {}
    for key, tensor in adapter.items():
        ending = next((ending for ending in _ENDINGS if key.endswith(f".{ending}")), None)
        if ending is None:
            raise ModelError(f"the adapter holds {key}, which is no part of a known kind", _TRAIN_AGAIN)
        name = key.removeprefix("base_model.model.").removesuffix(f".{ending}")
        found.setdefault(name, {})[ending] = tensor
    return found
