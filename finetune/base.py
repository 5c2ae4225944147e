"""The base model: a small Llama-architecture language model, trained from scratch.

    aisle train base --data DIR --minutes 168

First all public conversations; from `GROUNDED_FROM` of the run on, service dialogues and grounded dialogues of the
simulator alone, most of them grounded. A checkpoint is written every few minutes; `--resume` goes on from it.
Weights ship as bfloat16 safetensors.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog
import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

from assistant.language_model.prompt import END, PAD
from finetune.batches import always, endless
from finetune.checkpoint import load_moments, read_counters, save_checkpoint, save_model
from finetune.corpus import Counts, own_texts, plain_texts, public_texts, service_conversations, task_conversations
from finetune.example import CONTEXT, Example, conversation_example, text_example
from finetune.grounded import grounded_examples
from finetune.optimizing import Optimizing
from finetune.progress import Progress
from finetune.running import run
from finetune.tokenizer import VOCABULARY, as_pretrained, train_tokenizer

GROUNDED_FROM = 0.15
GROUNDED_SHARE = 0.6
MESSAGE_WEIGHT = 0.1
DOCUMENTS = 100
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


DEFAULT_SHAPE = Shape()


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
    shape: Shape = DEFAULT_SHAPE,
    threads: int = 3,
) -> Path:
    """Trains and writes the model folder `output`; returns it.

    Raises FeedError when a public set is absent, SettingsError without a length of the run, ModelError when there is
    nothing to resume.
    """
    torch.manual_seed(seed)
    checkpoint = output / "checkpoint"
    progress = Progress(minutes, steps, **(read_counters(checkpoint) if resume else {}))  # type: ignore[arg-type]
    if resume:
        tokenizer = Tokenizer.from_file(str(output / "tokenizer.json"))
        model = LlamaForCausalLM.from_pretrained(checkpoint)
    else:
        tokenizer = train_tokenizer(itertools.chain(public_texts(data), own_texts()), shape.vocabulary)
        model = new_model(shape, tokenizer)
        as_pretrained(tokenizer).save_pretrained(output)
    optimizing = Optimizing(model, PEAK, shards=threads)
    if resume:
        load_moments(optimizing, checkpoint)
    log.info(
        "base.start", parameters=model.num_parameters(), step=progress.step, minutes=minutes, steps=steps, seed=seed
    )
    _run(optimizing, tokenizer, data, checkpoint, progress, random.Random(seed + progress.step))
    save_model(model, output)
    record = {"seed": seed, **asdict(shape), **progress.counters()}
    (output / "training.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    log.info("base.done", **record)
    return output


def _run(
    optimizing: Optimizing, tokenizer: Tokenizer, data: Path, folder: Path, progress: Progress, chance: random.Random
) -> None:
    saved = progress.seconds

    def keep() -> None:
        nonlocal saved
        if progress.seconds - saved > CHECKPOINT_SECONDS:
            saved = progress.seconds
            save_checkpoint(optimizing, folder, progress)

    run(optimizing, _mixture(tokenizer, data, progress, chance), progress, chance, keep)
    save_checkpoint(optimizing, folder, progress)
    optimizing.close()


def _mixture(tokenizer: Tokenizer, data: Path, progress: Progress, chance: random.Random) -> Iterator[Example]:
    """All public sets at first; from `GROUNDED_FROM` of the run on, service and simulated dialogues alone."""
    counts = Counts()
    service = [
        conversation_example(tokenizer, turns, MESSAGE_WEIGHT) for turns in service_conversations(data, counts=counts)
    ]
    tasks = [conversation_example(tokenizer, turns, MESSAGE_WEIGHT) for turns in task_conversations(data, counts)]
    plain = [piece for text in plain_texts(data, DOCUMENTS) for piece in text_example(tokenizer, text)]
    log.info("base.corpus", service=len(service), tasks=len(tasks), plain=len(plain), **vars(counts))
    public = endless(always([*service, *service, *tasks, *plain]), chance)
    while progress.share < GROUNDED_FROM:
        yield next(public)
    grounded = grounded_examples(tokenizer, MESSAGE_WEIGHT, chance)
    yield from by_share(grounded, endless(always(service), chance), GROUNDED_SHARE)


def by_share(first: Iterator[Example], second: Iterator[Example], share: float) -> Iterator[Example]:
    """Examples of both without end, `share` of the tokens from `first`."""
    tokens = [0, 0]
    while True:
        other = tokens[0] * (1 - share) > tokens[1] * share
        example = next(second if other else first)
        tokens[other] += len(example.ids)
        yield example
