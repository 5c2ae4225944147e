"""Checkpoint: a training run as it can be continued, and a finished model as it ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaForCausalLM

from finetune.optimizing import Optimizing
from finetune.progress import Progress
from retrieval.errors import ModelError


def save_model(model: LlamaForCausalLM, folder: Path) -> None:
    """Writes configuration and weights (bfloat16) as an ordinary Hugging Face folder, each file whole or not at all."""
    scratch = folder / "writing"
    half = LlamaForCausalLM(model.config).to(torch.bfloat16)
    half.load_state_dict(model.state_dict())
    half.save_pretrained(scratch)
    for file in scratch.iterdir():
        file.chmod(0o644)
        file.replace(folder / file.name)
    scratch.rmdir()


def save_checkpoint(optimizing: Optimizing, folder: Path, progress: Progress) -> None:
    """Writes weights in full precision, the optimiser's moments and the counters; the old checkpoint goes last."""
    scratch = folder.with_name(f"{folder.name}-new")
    optimizing.model.save_pretrained(scratch)  # type: ignore[operator]
    moments = {
        f"{index}.{name}": value.contiguous()
        for index, entry in optimizing.optimizer.state_dict()["state"].items()
        for name, value in entry.items()
    }
    save_file(moments, scratch / "optimizer.safetensors")
    (scratch / "progress.json").write_text(json.dumps(progress.counters()), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    scratch.replace(folder)


def read_counters(folder: Path) -> dict[str, float | int]:
    """The counters of a checkpoint. Raises ModelError where there is none."""
    try:
        counters: dict[str, float | int] = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"no checkpoint to resume in {folder}: {error}", "Run again without --resume.") from error
    return counters


def load_moments(optimizing: Optimizing, folder: Path) -> None:
    """Reads the moments that `save_checkpoint` wrote."""
    entries: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in load_file(folder / "optimizer.safetensors").items():
        index, name = key.split(".", 1)
        entries.setdefault(int(index), {})[name] = value
    groups = optimizing.optimizer.state_dict()["param_groups"]
    optimizing.optimizer.load_state_dict({"state": entries, "param_groups": groups})
