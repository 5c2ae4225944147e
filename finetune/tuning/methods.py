"""Methods: lays a fresh adapter beside a base model, by one of the four ways that `peft` and Aisle share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from peft import IA3Config, LoraConfig, PeftConfig, PrefixTuningConfig, get_peft_model
from torch import nn
from transformers.pytorch_utils import Conv1D

from assistant.adapters.adapter import short_name
from finetune.noise import add_embedding_noise, seed_dropout
from finetune.tuning.base_model import BaseModel
from finetune.tuning.recipe import Method, Recipe
from retrieval.errors import ModelError

_KEYS_AND_VALUES = ("k_proj", "v_proj", "qkv_proj", "c_attn", "query_key_value", "key_value", "Wqkv")
_LAST_FEED_FORWARD = ("down_proj", "fc2", "mlp.c_proj", "dense_4h_to_h", "fc_out", "w2")


def with_adapter(base: BaseModel, recipe: Recipe) -> Any:
    """The base with a fresh adapter, which alone can learn. Raises ModelError where nothing of it can be trained."""
    torch.manual_seed(recipe.seed)
    try:
        model = get_peft_model(base.model, _config(base, recipe))
    except ValueError as error:  # peft's word for targets that the model does not have
        raise ModelError(
            f"{recipe.method.value} finds no layer to train in {base.name!r}: {error}",
            f"Choose --targets among: {', '.join(sorted(set(_linear(base.model))))}",
        ) from error
    model.peft_config["default"].base_model_name_or_path = base_reference(base.name)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ModelError(
            f"nothing of {base.name!r} can be trained by {recipe.method.value}", "Choose another --method."
        )
    seed_dropout(model, recipe.dropout)
    if recipe.noise:
        add_embedding_noise(base.model, recipe.noise)
    if recipe.checkpointing:
        base.model.activation_checkpointing_enable()
    return model


def base_reference(name: str) -> str:
    """How an adapter names its base: a folder by its last part, for the rest differs from machine to machine."""
    return f"../{short_name(name)}" if name.startswith((".", "/", "~")) or name.count("/") != 1 else name


def _config(base: BaseModel, recipe: Recipe) -> PeftConfig:
    turned = any(isinstance(module, Conv1D) for module in base.model.modules())
    if recipe.method is Method.PREFIX:
        return PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=recipe.rank)
    if recipe.method is Method.IA3:
        last = sorted({name for name in _names(base.model) if name.endswith(_LAST_FEED_FORWARD)})
        chosen = sorted({name for name in _names(base.model) if name.endswith(_KEYS_AND_VALUES)}) + last
        return IA3Config(
            task_type="CAUSAL_LM", target_modules=list(recipe.targets) or chosen or ["none"], feedforward_modules=last,
            fan_in_fan_out=turned,
        )  # fmt: skip
    return LoraConfig(
        task_type="CAUSAL_LM", r=recipe.rank, lora_alpha=round(recipe.scale * recipe.rank), lora_dropout=recipe.dropout,
        target_modules=list(recipe.targets) or "all-linear", use_dora=recipe.method is Method.DORA, bias="none",
        fan_in_fan_out=turned,
    )  # fmt: skip


def _linear(model: nn.Module) -> Iterator[str]:
    """The last names of the layers that an adapter can change."""
    head = model.get_output_embeddings()  # type: ignore[operator]
    for name, module in model.named_modules():
        if isinstance(module, (nn.Linear, Conv1D)) and module is not head:
            yield name.rsplit(".", 1)[-1]


def _names(model: nn.Module) -> Iterator[str]:
    """The last two names of those layers, as far as they tell layers apart ("mlp.c_proj")."""
    for name, module in model.named_modules():
        if isinstance(module, (nn.Linear, Conv1D)):
            parts = name.split(".")
            yield ".".join(parts[-2:]) if parts[-1] == "c_proj" else parts[-1]
