"""The base model: a small Llama-architecture language model, trained from scratch.

    aisle train base --data DIR --minutes 100

First public conversations alone, then (from `GROUNDED_FROM` of the run on) at least half grounded dialogues of the simulator.
A checkpoint is written every few minutes; `--resume` goes on from it. Weights ship as bfloat16 safetensors.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

from assistant.prompt import END, PAD
from finetune.batches import batches, endless
from finetune.corpus import Counts, own_texts, plain_texts, public_texts, service_conversations, task_conversations
from finetune.example import CONTEXT, Example, conversation_example, text_example
from finetune.grounded import grounded_examples
from finetune.optimizing import Optimizing, cosine
from finetune.progress import Progress
from finetune.tokenizer import VOCABULARY, as_pretrained, train_tokenizer

GROUNDED_FROM = 0.15
GROUNDED_SHARE = 0.6
MESSAGE_WEIGHT = 0.1
STEP_TOKENS = 6144
PEAK = 2e-3
CHECKPOINT_SECONDS = 300
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of the model. The default has 10.8 million parameters, those of the vocabulary counted once."""

    width: int = 384
    layers: int = 5
    heads: int = 6
    inner: int = 1024
    vocabulary: int = VOCABULARY


def new_model(shape: Shape, tokenizer: Tokenizer) -> LlamaForCausalLM:
    """A model with random weights, input and output embeddings tied."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.width,
            intermediate_size=shape.inner,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads,
            max_position_embeddings=2 * CONTEXT,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.token_to_id(PAD),
            eos_token_id=tokenizer.token_to_id(END),
            bos_token_id=None,
        )
    )


def train_base(
    data: Path,
    output: Path,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    resume: bool = False,
    shape: Shape = Shape(),
    threads: int = 3,
) -> Path:
    """Trains and writes the model folder `output`; returns it.

    Raises FeedError when a public set is absent, SettingsError without a length of the run.
    """
    torch.manual_seed(seed)
    checkpoint = output / "checkpoint"
    state = json.loads((checkpoint / "state.json").read_text()) if resume else {}
    progress = Progress(minutes, steps, spent=state.get("seconds", 0.0), step=state.get("step", 0))
    if resume:
        tokenizer = Tokenizer.from_file(str(output / "tokenizer.json"))
        model = LlamaForCausalLM.from_pretrained(checkpoint)
    else:
        tokenizer = train_tokenizer(itertools.chain(public_texts(data), own_texts()), shape.vocabulary)
        model = new_model(shape, tokenizer)
        as_pretrained(tokenizer).save_pretrained(output)
    optimizing = Optimizing(model, PEAK, shards=threads)
    if resume:
        load_optimizer(optimizing, checkpoint)
    log.info(
        "base.start", parameters=model.num_parameters(), step=progress.step, minutes=minutes, steps=steps, seed=seed
    )
    tokens = _run(
        optimizing, tokenizer, data, output, progress, random.Random(seed + progress.step), state.get("tokens", 0)
    )
    save_model(model, output)
    log.info("base.done", steps=progress.step, tokens=tokens, minutes=round(progress.seconds / 60, 1))
    return output


def _run(
    optimizing: Optimizing,
    tokenizer: Tokenizer,
    data: Path,
    output: Path,
    progress: Progress,
    chance: random.Random,
    tokens: int,
) -> int:
    """Steps until the run is over; returns the tokens seen in all."""
    stream = _mixture(tokenizer, data, progress, chance)
    saved, loss = progress.seconds, 0.0
    for shards in batches(stream, STEP_TOKENS, optimizing.shards, chance):
        if progress.share >= 1.0:
            break
        step = optimizing.step(shards, cosine(progress.share))
        progress.step += 1
        tokens += step.tokens
        loss = step.loss if not loss else 0.95 * loss + 0.05 * step.loss
        if progress.step % 20 == 0:
            rate = round((tokens) / progress.seconds)
            log.info(
                "base.step",
                step=progress.step,
                loss=round(loss, 3),
                tokens=tokens,
                rate=rate,
                share=round(progress.share, 3),
            )
        if progress.seconds - saved > CHECKPOINT_SECONDS:
            saved = progress.seconds
            save_checkpoint(
                optimizing, output / "checkpoint", {"seconds": saved, "step": progress.step, "tokens": tokens}
            )
    save_checkpoint(
        optimizing, output / "checkpoint", {"seconds": progress.seconds, "step": progress.step, "tokens": tokens}
    )
    return tokens


def _mixture(tokenizer: Tokenizer, data: Path, progress: Progress, chance: random.Random) -> Iterator[Example]:
    """All public sets at first; from `GROUNDED_FROM` of the run on, service and simulated dialogues alone."""
    counts = Counts()
    service = [
        conversation_example(tokenizer, turns, MESSAGE_WEIGHT) for turns in service_conversations(data, counts=counts)
    ]
    tasks = [conversation_example(tokenizer, turns, MESSAGE_WEIGHT) for turns in task_conversations(data, counts)]
    plain = [piece for text in plain_texts(data, documents=100) for piece in text_example(tokenizer, text)]
    log.info("base.corpus", service=len(service), tasks=len(tasks), plain=len(plain), **vars(counts))
    public = endless([*service, *service, *tasks, *plain], chance)
    while progress.share < GROUNDED_FROM:
        yield next(public)
    public, grounded = endless(service, chance), grounded_examples(tokenizer, MESSAGE_WEIGHT, chance)
    seen = {True: 0, False: 0}
    while True:
        wanted = seen[True] * (1 - GROUNDED_SHARE) <= seen[False] * GROUNDED_SHARE
        example = next(grounded if wanted else public)
        seen[wanted] += len(example.ids)
        yield example


def save_model(model: LlamaForCausalLM, folder: Path) -> None:
    """Writes configuration and weights (bfloat16) as an ordinary Hugging Face folder, the weights whole or not at all."""
    scratch = folder / "writing"
    half = LlamaForCausalLM(model.config).to(torch.bfloat16)
    half.load_state_dict(model.state_dict())
    half.save_pretrained(scratch)
    for file in scratch.iterdir():
        file.replace(folder / file.name)
    scratch.rmdir()


def save_checkpoint(optimizing: Optimizing, folder: Path, state: dict[str, float]) -> None:
    """Writes weights in full precision, the optimiser's moments and the counters; the old checkpoint goes last."""
    scratch = folder.with_name("checkpoint-new")
    optimizing.model.save_pretrained(scratch)  # type: ignore[operator]
    moments = {
        f"{index}.{name}": value.contiguous()
        for index, entry in optimizing.optimizer.state_dict()["state"].items()
        for name, value in entry.items()
    }
    save_file(moments, scratch / "optimizer.safetensors")
    (scratch / "state.json").write_text(json.dumps(state))
    shutil.rmtree(folder, ignore_errors=True)
    scratch.replace(folder)


def load_optimizer(optimizing: Optimizing, folder: Path) -> None:
    """Reads the moments that `save_checkpoint` wrote."""
    entries: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in load_file(folder / "optimizer.safetensors").items():
        index, name = key.split(".", 1)
        entries.setdefault(int(index), {})[name] = value
    groups = optimizing.optimizer.state_dict()["param_groups"]
    optimizing.optimizer.load_state_dict({"state": entries, "param_groups": groups})
