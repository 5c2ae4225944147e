"""Speed of training an adapter, beside TRL's SFTTrainer: same base, same replies, same number of steps, same machine.

    pip install 'aisle[bench]'
    python -m tests.benchmarks.finetuning --output finetuning.json

Both sides learn simulated replies behind the prompts of live turns, with LoRA of rank 16 on every linear layer, in one
pass. They take turns, each run in a process of its own, and what is compared is the time for the same replies; the held-out
loss after it must be the same. TRL gets batches of examples of like length and all cores; Aisle reads the replies of a
conversation together where one prompt goes on from another, and computes the parts of a step side by side.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from assistant.language_model.prompt import Prompt
from finetune.batches import always, pad
from finetune.example import Example, merged
from finetune.optimizing import weighted_loss
from finetune.simulator import Simulator
from finetune.tuning.base_model import BaseModel, open_base
from finetune.tuning.methods import with_adapter
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe, threads_at_hand
from finetune.tuning.tuning import Tuning
from tests.benchmarks.__main__ import machine

SIDES = ("Aisle", "TRL")
SEED, HELD_OUT_SEED = 11, 12
_BATCH = 32
"""Replies of one step."""
_RANK = 16
_TURNS_BEFORE = 2


class _Watch:
    """Seconds by the clock, and those that processor cores worked for this process."""

    def __init__(self) -> None:
        self._started = time.perf_counter(), time.process_time()

    def spent(self) -> tuple[float, float]:
        """Both so far."""
        return time.perf_counter() - self._started[0], time.process_time() - self._started[1]


Talks = Sequence[Sequence[Example]]


def conversations(base: BaseModel, count: int, seed: int) -> list[list[Example]]:
    """The replies of `count` simulated conversations, each behind its prompt, as live prompts repeat turns."""
    return [
        [
            base.encode(Prompt("", (*talk[max(0, place - _TURNS_BEFORE) : place], replace(turn, reply=""))), turn.reply)
            for place, turn in enumerate(talk)
        ]
        for talk in islice(Simulator.load().conversations(seed), count)
    ]


def train_aisle(base: BaseModel, talks: Talks) -> tuple[Any, _Watch]:
    """The trained model, and a watch started when training began."""
    together = [example for talk in talks for example in merged(talk)]
    steps = sum(map(len, talks)) // _BATCH
    tokens = round(1.04 * sum(len(example.ids) for example in together) / steps)
    recipe = Recipe(max_steps=steps, batch_tokens=tokens, evaluations=1, patience=9, rank=_RANK, seed=1)
    model = with_adapter(base, recipe)
    held_out = together[:16]  # of what it learns: there the last step does best
    run = Tuning(model, always(together), held_out, recipe, Processes.join())
    watch = _Watch()
    run.run()
    return model.get_base_model(), watch


def train_trl(base: BaseModel, talks: Talks, scratch: Path) -> tuple[Any, _Watch]:
    """The trained model, and a watch started when training began."""
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    torch.set_num_threads(threads_at_hand())
    rows = [
        {"input_ids": example.ids.tolist(), "labels": np.where(example.weights > 0, example.ids, -100).tolist()}
        for talk in talks
        for example in talk
    ]
    settings = SFTConfig(
        str(scratch), per_device_train_batch_size=_BATCH, max_steps=len(rows) // _BATCH, learning_rate=1e-3, lr_scheduler_type="cosine",
        warmup_steps=max(1, len(rows) // _BATCH // 20), weight_decay=0.0, adam_beta2=0.95, max_grad_norm=1.0, packing=False,
        train_sampling_strategy="group_by_length", max_length=None, report_to="none", save_strategy="no",
        logging_steps=1000, disable_tqdm=True, seed=1, gradient_checkpointing=False, bf16=False, fp16=False,
        dataset_kwargs={"skip_prepare_dataset": True}, remove_unused_columns=False,
    )  # fmt: skip
    trainer = SFTTrainer(
        base.model, settings, train_dataset=Dataset.from_list(rows), processing_class=AutoTokenizer.from_pretrained(base.name),
        peft_config=LoraConfig(r=_RANK, lora_alpha=2 * _RANK, target_modules="all-linear", task_type="CAUSAL_LM"),
    )  # fmt: skip
    watch = _Watch()
    trainer.train()
    return trainer.model.get_base_model(), watch


@torch.no_grad()
def held_out_loss(model: Any, held_out: Sequence[Example]) -> float:
    """Nats per token of the held-out replies."""
    model.eval()
    total = sum(float(weighted_loss(model, pad([example]))) for example in held_out)
    return total / sum(float(example.weights[1:].sum()) for example in held_out)


def measure(side: str, base_name: str, count: int) -> dict[str, float]:
    """One run of one side: tokens of the replies and their prompts per second, and the held-out loss."""
    base = open_base(base_name)
    talks = conversations(base, count, SEED)
    held_out = [example for talk in conversations(base, max(5, count // 10), HELD_OUT_SEED) for example in talk]
    before = held_out_loss(base.model, held_out)
    with tempfile.TemporaryDirectory() as scratch:
        model, watch = train_aisle(base, talks) if side == "Aisle" else train_trl(base, talks, Path(scratch))
        seconds, core_seconds = watch.spent()
    tokens = sum(len(example.ids) for talk in talks for example in talk)
    return {
        "tokens_per_second": tokens / seconds, "tokens_per_core_second": tokens / core_seconds, "replies": sum(map(len, talks)), "before": before,
        "held_out_loss": held_out_loss(model, held_out),
    }  # fmt: skip


def main() -> None:
    """Lets the sides take turns, prints the medians and writes them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="data/models/base")
    parser.add_argument("--conversations", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("finetuning.json"))
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(measure(options.side, options.base, options.conversations)))
        return
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side in SIDES:
            runs[side].append(_in_its_own_process(side, options.base, options.conversations))
            print(side, runs[side][-1], file=sys.stderr)
    medians = {
        side: {name: statistics.median(run[name] for run in found) for name in found[0]} for side, found in runs.items()
    }
    table = Table("side", "tokens/s", "tokens per second of a core", "held-out loss before", "after", title=machine())
    for side, found in medians.items():
        table.add_row(
            side,
            f"{found['tokens_per_second']:,.0f}",
            f"{found['tokens_per_core_second']:,.0f}",
            f"{found['before']:.4f}",
            f"{found['held_out_loss']:.4f}",
        )
    Console().print(table)
    ratio = medians["Aisle"]["tokens_per_second"] / medians["TRL"]["tokens_per_second"]
    print(f"Aisle is {ratio:.2f} times as fast")
    options.output.write_text(
        json.dumps({"machine": machine(), "ratio": ratio, "medians": medians, "runs": runs}, indent=2) + "\n"
    )


def _in_its_own_process(side: str, base: str, conversations: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.finetuning", "--side", side, "--base", base]
    done = subprocess.run(
        [*command, "--conversations", str(conversations)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{side} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
