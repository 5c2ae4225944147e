"""The adapter: LoRA matrices for customer service, trained on transcripts of people over the frozen base model.

    aisle train adapter --data DIR --minutes 12

Half of the tokens are transcripts, of which only sentences stay that promise nothing and whose act is known; the other
half are simulated dialogues, so that the adapter does not unlearn to speak from facts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import structlog
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from finetune.batches import batches, endless
from finetune.corpus import Counts, service_conversations
from finetune.example import Example, conversation_example
from finetune.grounded import grounded_examples
from finetune.optimizing import Optimizing, cosine
from finetune.progress import Progress

RANK = 16
SCALE = 32
PEAK = 1e-3
STEP_TOKENS = 6144
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
    counts, tokens, loss = Counts(), 0, 0.0
    chance = random.Random(seed)
    for shards in batches(_mixture(tokenizer, data, chance, counts), STEP_TOKENS, threads, chance):
        if progress.share >= 1.0:
            break
        step = optimizing.step(shards, cosine(progress.share))
        progress.step += 1
        tokens += step.tokens
        loss = step.loss if not loss else 0.95 * loss + 0.05 * step.loss
        if progress.step % 20 == 0:
            log.info(
                "adapter.step", step=progress.step, loss=round(loss, 3), tokens=tokens, share=round(progress.share, 3)
            )
    optimizing.close()
    model.save_pretrained(output, save_embedding_layers=False)
    record = {
        "seed": seed,
        "steps": progress.step,
        "tokens": tokens,
        "minutes": round(progress.seconds / 60, 1),
        **vars(counts),
    }
    (output / "training.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    log.info("adapter.done", **record)
    return output


def _mixture(tokenizer: Tokenizer, data: Path, chance: random.Random, counts: Counts) -> Iterator[Example]:
    transcripts = endless(
        [
            conversation_example(tokenizer, turns, 0.0)
            for turns in service_conversations(data, counts=counts, strict=True)
        ],
        chance,
    )
    grounded = grounded_examples(tokenizer, 0.0, chance)
    seen = [0, 0]
    while True:
        wanted = seen[0] * (1 - TRANSCRIPT_SHARE) <= seen[1] * TRANSCRIPT_SHARE
        example = next(transcripts if wanted else grounded)
        seen[0 if wanted else 1] += len(example.ids)
        yield example
