"""What the trainings of our adapted encoders share: a fresh adapter, batches of texts of like length, the steps, and the folder of the adapter."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModel, AutoTokenizer

from finetune.optimizing import cosine
from retrieval.index.sentence_encoder import DEFAULT_ENCODER, packaged_model

_SORTED = 16
"""Batches that are sorted by length together; more would make batches alike from pass to pass."""
Watch = Callable[[int, int, float], None]
"""Called after each step with the steps done, all steps, and the loss of the latest."""


def untrained_adapter(rank: int, lowest: int = 0) -> tuple[Any, Any]:
    """The default encoder with a fresh LoRA adapter on its linear layers from layer `lowest` up, and its tokenizer."""
    folder = packaged_model()
    base = AutoModel.from_pretrained(folder, local_files_only=True)
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules=["query", "key", "value", "dense"],
        exclude_modules=r".*pooler.*", layers_to_transform=list(range(lowest, base.config.num_hidden_layers)),
        layers_pattern="layer",
    )  # fmt: skip
    return get_peft_model(base, config), AutoTokenizer.from_pretrained(folder, local_files_only=True)


def learn(
    model: torch.nn.Module,
    rate: float,
    steps: int,
    losses: Iterator[torch.Tensor],
    watch: Watch,
    head: tuple[torch.nn.Module, float] | None = None,
) -> None:
    """Take `steps` steps of AdamW down `losses`, each computed when its step comes, on what requires gradients in `model`.

    The rate warms up, then falls by half a cosine; gradients are clipped. `head` is a layer next to the model, and its own rate.
    """
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    rates = [{"params": learning, "lr": rate, "full": rate}]
    if head is not None:
        rates.append({"params": list(head[0].parameters()), "lr": head[1], "full": head[1]})
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    model.train()
    for done in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = group["full"] * cosine(done / steps, 0.06)
        loss = next(losses)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        watch(done + 1, steps, float(loss.detach()))


def contrastive_loss(scores: torch.Tensor, is_right: torch.Tensor) -> torch.Tensor:
    """Mean negative log of the share of the right answers in the softmax over each row of `scores`; both have shape (queries, answers)."""
    right = scores.masked_fill(~is_right, -torch.inf)
    return (torch.logsumexp(scores, 1) - torch.logsumexp(right, 1)).mean()


def batches_of_like_length(lengths: Sequence[int], size: int, chance: random.Random) -> Iterator[list[int]]:
    """Places of texts in batches of like length, in random order, without end; no place comes twice in a pass."""
    while True:
        order = chance.sample(range(len(lengths)), len(lengths))
        parts = [order[at : at + _SORTED * size] for at in range(0, len(order), _SORTED * size)]
        near = [sorted(part, key=lambda place: lengths[place]) for part in parts]
        batches = [part[at : at + size] for part in near for at in range(0, len(part), size)]
        chance.shuffle(batches)
        yield from batches


def save_adapter(encoder: Any, output: Path, training: Mapping[str, Any]) -> None:
    """Write the adapter of `encoder` to `output`, in bfloat16, with `training.json`; whatever stood there is gone."""
    shutil.rmtree(output, ignore_errors=True)
    encoder.peft_config[
        "default"
    ].base_model_name_or_path = f"sentence-transformers/{DEFAULT_ENCODER}"  # no path of this machine
    encoder.to(torch.bfloat16).save_pretrained(output, save_embedding_layers=False)
    (output / "README.md").unlink(missing_ok=True)  # peft's own card names folders of this machine
    (output / "training.json").write_text(json.dumps(training, indent=1), "utf-8")
