"""Conversation adapter: the adapter that plans, reads and writes, opened to learn on.

A shop's own adapter is the one that ships, trained further on the shop's replies: it keeps its rank, its layers and the rows of the
references, and serves in its place as one folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.checking.claims import EVERYDAY_FILE
from assistant.language_model.base import INSTALL
from finetune.tuning.checkpoint import learning
from retrieval.errors import ModelError


def open_conversation_adapter(base: Path, adapter: Path) -> tuple[Any, Any]:
    """Tokenizer and model of `base` with the adapter in the folder `adapter`, which alone can learn.

    Attention is computed plainly ("eager"): on processors that is a third faster in bf16 than PyTorch's fused kernel. Raises ModelError
    if one of them cannot be loaded or they do not fit.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(adapter, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            base, local_files_only=True, dtype=torch.bfloat16, attn_implementation="eager"
        )
        model.requires_grad_(False)
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
        adapted = PeftModel.from_pretrained(model, str(adapter), is_trainable=True)
    except Exception as error:  # transformers, peft and safetensors raise a dozen kinds between them
        raise ModelError(
            f"the adapter in {adapter} cannot be opened over the base {base}: {error}",
            f"Give a conversation adapter made for this base; the base comes with: {INSTALL}",
        ) from error
    return tokenizer, adapted


def copy_speech(adapter: Path, tokenizer: Any, output: Path) -> None:
    """Writes into `output` what an adapter folder holds besides its weights: the tokenizer and the everyday words of `adapter`."""
    tokenizer.save_pretrained(output)
    shutil.copyfile(adapter / EVERYDAY_FILE, output / EVERYDAY_FILE)


def weights_now(model: Any) -> dict[str, Tensor]:
    """A copy of what can learn, by name."""
    return {name: value.detach().clone() for name, value in learning(model).items()}


@torch.no_grad()
def keep_share(model: Any, before: Mapping[str, Tensor], strength: float) -> None:
    """Takes back all but `strength` of what was learned since `before` (WiSE-FT, https://arxiv.org/abs/2109.01903)."""
    for name, value in learning(model).items():
        value.lerp_(before[name].to(value.device), 1 - strength)
