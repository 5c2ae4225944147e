"""Adapter folder: what a finished run leaves: weights and configuration as peft reads them, the record, the curve, the card.

adapter_model.safetensors · adapter_config.json    the adapter
tokenizer.json · everyday_words.txt                its tokens, and the words that replies use without evidence
training.json · loss.png · README.md               how it was made
examples.jsonl                                     what it learned from, masked
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.adapters.adapter import CONFIG_FILE, WEIGHTS_FILE
from finetune.tuning.checkpoint import Course
from retrieval.errors import ModelError

RECORD_FILE = "training.json"
_LIBRARIES = ("torch", "transformers", "peft", "accelerate")


def check_free(folder: Path) -> None:
    """Raises ModelError where `folder` holds a finished adapter already: another run must not overwrite it."""
    if (folder / WEIGHTS_FILE).exists():
        raise ModelError(f"{folder} holds an adapter already", "Give another --output, or delete that folder.")


def write_adapter(model: Any, folder: Path) -> None:
    """Writes configuration and weights, the weights last: where they are, the adapter is complete."""
    scratch = folder / "writing"
    model.save_pretrained(scratch, save_embedding_layers=False)
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        (scratch / name).chmod(0o644)
        (scratch / name).replace(folder / name)
    shutil.rmtree(scratch)


def write_record(record: dict[str, Any], course: Course, folder: Path) -> dict[str, Any]:
    """Writes what was done, with which libraries, and how the losses went; returns it."""
    step, loss = course.best
    whole = record | {
        "steps": course.step, "best_step": step, "held_out_loss_before": course.held_out[0], "held_out_loss": loss,
        "tokens": course.tokens, "seconds": round(course.seconds, 1),
        "tokens_per_second": round(course.tokens / max(course.seconds, 1e-9)),
        "libraries": {name: version(name) for name in _LIBRARIES}, "held_out": course.held_out, "losses": course.losses,
    }  # fmt: skip
    (folder / RECORD_FILE).write_text(json.dumps(whole, indent=1, default=str) + "\n", encoding="utf-8")
    return whole


def draw_losses(course: Course, path: Path) -> None:
    """Draws the loss of each step, smoothed, and the held-out loss, over the steps."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(1, len(course.losses) + 1), _smoothed(course.losses), color="#9fb8ad", label="training, smoothed")
    axes.plot(list(course.held_out), list(course.held_out.values()), "o-", color="#2f5d50", label="held out")
    axes.set(xlabel="step", ylabel="nats per token of a reply", title="Loss")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def _smoothed(values: Sequence[float], share: float = 0.9) -> list[float]:
    smooth: list[float] = []
    for value in values:
        smooth.append(value if not smooth else share * smooth[-1] + (1 - share) * value)
    return smooth
