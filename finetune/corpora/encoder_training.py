"""What the trainings of our adapted encoders share: batches of texts of like length, and the folder of the adapter."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from retrieval.index.sentence_encoder import DEFAULT_ENCODER

_SORTED = 16
"""Batches that are sorted by length together; more would make batches alike from pass to pass."""


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
