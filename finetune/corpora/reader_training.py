"""Trains and measures the reader.

    aisle train reader    --output data/models/reader
    aisle evaluate reader

A LoRA adapter on all-MiniLM-L6-v2 with a head of four verdicts, by cross-entropy in which each verdict counts alike.
"""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from peft import LoraConfig, get_peft_model

from assistant.reading.reader import LABELS, base_classifier, encode_pairs, line_text
from finetune.corpora.pairs import ReadingPair, by_verdict, reading_pairs
from finetune.corpora.shop import held_out, shop_folders
from finetune.optimizing import cosine


@dataclass(frozen=True, slots=True)
class ReaderRecipe:
    """How the reader is trained. `batch` is in pairs; `smoothing` keeps it from growing too sure of rare verdicts."""

    rank: int = 32
    learning_rate: float = 6e-4
    passes: int = 5
    batch: int = 32
    dropout: float = 0.05
    smoothing: float = 0.05
    seed: int = 1


Watch = Callable[[int, int, float], None]
"""Called after each step with the steps done, all steps, and the mean loss of the latest."""


def train_reader(
    corpus: Path, output: Path, recipe: ReaderRecipe = ReaderRecipe(), watch: Watch = lambda done, steps, loss: None
) -> Path:
    """Trains on the shops that are not held out and writes the adapter to `output`. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    pairs = [pair for folder in shop_folders(corpus) if folder.name not in kept for pair in reading_pairs(folder)]
    torch.manual_seed(recipe.seed)
    base, tokenizer = base_classifier()
    model = get_peft_model(
        base,
        LoraConfig(
            task_type="SEQ_CLS", r=recipe.rank, lora_alpha=recipe.rank, lora_dropout=recipe.dropout,
            target_modules=["query", "key", "value", "dense"], exclude_modules=r".*pooler.*", modules_to_save=["pooler", "classifier"],
        ),
    )  # fmt: skip
    model.peft_config["default"].base_model_name_or_path = "all-MiniLM-L6-v2"
    _fit(model, tokenizer, pairs, recipe, watch)
    output.mkdir(parents=True, exist_ok=True)
    scratch = output / "writing"
    model.save_pretrained(scratch)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (scratch / name).replace(output / name)
    shutil.rmtree(scratch)
    record = {"recipe": asdict(recipe), "pairs": {v.value: n for v, n in by_verdict(pairs).items()}}
    (output / "training.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return output


def _fit(model: Any, tokenizer: Any, pairs: Sequence[ReadingPair], recipe: ReaderRecipe, watch: Watch) -> None:
    counts = by_verdict(pairs)
    weights = torch.tensor([math.sqrt(len(pairs) / max(counts[label], 1)) for label in LABELS])
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=recipe.learning_rate, weight_decay=0.01)
    chance = random.Random(recipe.seed)
    steps = recipe.passes * math.ceil(len(pairs) / recipe.batch)
    model.train()
    for done, batch in enumerate(_batches(pairs, recipe, chance), 1):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * cosine(done / steps, 0.06)
        encoded = encode_pairs(tokenizer, [p.question for p in batch], [line_text(p.line) for p in batch])
        wanted = torch.tensor([LABELS.index(pair.verdict) for pair in batch])
        logits = model(**encoded).logits
        loss = functional.cross_entropy(logits, wanted, weight=weights, label_smoothing=recipe.smoothing)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        watch(done, steps, float(loss))
    model.eval()


def _batches(pairs: Sequence[ReadingPair], recipe: ReaderRecipe, chance: random.Random) -> Iterator[list[ReadingPair]]:
    """Batches of lines of like length, in random order, for all passes."""
    for _ in range(recipe.passes):
        order = sorted(pairs, key=lambda pair: len(pair.line.text) + chance.uniform(0, 40))
        cut = [list(order[start : start + recipe.batch]) for start in range(0, len(order), recipe.batch)]
        chance.shuffle(cut)
        yield from cut
