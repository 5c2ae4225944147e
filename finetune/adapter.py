"""The adapter: LoRA matrices for customer service, trained on transcripts of people over the frozen base model.

    aisle train adapter --data DIR --minutes 11

Half of the tokens are transcripts, of which only sentences stay that promise nothing and whose act is known; the other
half are simulated dialogues, so that the adapter does not unlearn to speak from facts.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import structlog
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from finetune.base import by_share
from finetune.batches import endless
from finetune.corpus import Counts, service_conversations
from finetune.example import Example, conversation_example
from finetune.grounded import grounded_examples
from finetune.optimizing import Optimizing
from finetune.progress import Progress
from finetune.running import run

RANK = 16
SCALE = 32
PEAK = 1e-3
TRANSCRIPT_SHARE = 0.5
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
log = structlog.get_logger(__name__)


def new_adapter(model: LlamaForCausalLM, base_name: str) -> PeftModel:
    """`model` with fresh LoRA matrices on every linear layer but the vocabulary's; all else is frozen."""
    config = LoraConfig(
        r=RANK,
        lora_alpha=SCALE,
        target_modules=list(TARGETS),
        bias="none",
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config)
    adapted.peft_config["default"].base_model_name_or_path = base_name
    return adapted


def train_adapter(
    data: Path,
    base: Path,
    output: Path,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    threads: int = 3,
) -> Path:
    """Trains and writes the adapter folder `output`; returns it.

    Raises FeedError when the transcripts are absent, SettingsError without a length of the run.
    """
    torch.manual_seed(seed)
    progress = Progress(minutes, steps)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    model = new_adapter(LlamaForCausalLM.from_pretrained(base, dtype=torch.float32), f"../{base.name}")
    optimizing = Optimizing(model.get_base_model(), PEAK, decay=0.0, shards=threads)
    log.info(
        "adapter.start", parameters=sum(item.numel() for item in optimizing.parameters), minutes=minutes, steps=steps
    )
    counts, chance = Counts(), random.Random(seed)
    run(optimizing, _mixture(tokenizer, data, chance, counts), progress, chance)
    optimizing.close()
    _save(model, output)
    record = {"seed": seed, "rank": RANK, "scale": SCALE, **progress.counters(), **vars(counts)}
    (output / "training.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    log.info("adapter.done", **record)
    return output


def _save(model: PeftModel, output: Path) -> None:
    """Writes weights and configuration; the card that peft would write as well is left out, for ours is there."""
    scratch = output / "writing"
    model.save_pretrained(scratch, save_embedding_layers=False)
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        (scratch / name).replace(output / name)
    shutil.rmtree(scratch)


def _mixture(tokenizer: Tokenizer, data: Path, chance: random.Random, counts: Counts) -> Iterator[Example]:
    transcripts = [
        conversation_example(tokenizer, turns, 0.0) for turns in service_conversations(data, counts=counts, strict=True)
    ]
    return by_share(endless(transcripts, chance), grounded_examples(tokenizer, 0.0, chance), TRANSCRIPT_SHARE)
