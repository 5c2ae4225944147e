"""Trains and measures the line finder: sentence vectors that bring a question near to the record lines that decide it.

    aisle train finder    --output data/models/finder
    aisle evaluate finder

A LoRA adapter on all-MiniLM-L6-v2, trained with in-batch negatives (Henderson et al. 2017, https://arxiv.org/abs/1705.00652) and with
lines of the same records that do not decide. Questions are those of plans and pairs, and the customer's messages as they were written.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from peft import LoraConfig, get_peft_model
from transformers import AutoModel, AutoTokenizer

from assistant.planning.plan import Policy
from assistant.reading.lines import Line, LineKind
from assistant.reading.reader import line_text
from assistant.reading.verdict import Verdict
from finetune.corpora.encoder_training import save_adapter
from finetune.corpora.pairs import reading_pairs
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.optimizing import cosine
from retrieval.index.sentence_encoder import packaged_model

_LONGEST = 72


@dataclass(frozen=True, slots=True)
class FinderRecipe:
    """How the finder is trained. `batch` is in questions, `negatives` in lines of the same record beside each."""

    rank: int = 16
    learning_rate: float = 4e-4
    passes: float = 0.9
    batch: int = 32
    negatives: int = 1
    temperature: float = 0.05
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question or message, the text of a line that decides it, and texts of lines beside it that do not."""

    question: str
    line: str
    others: tuple[str, ...]


Watch = Callable[[int, int, float], None]
"""Called after each step with the steps done, all steps, and the loss of the latest."""


def asked_lines(folder: Path) -> list[Asked]:
    """Every question of one shop with a line that decides it."""
    shop = CorpusShop.load(folder)
    found: dict[str, set[str]] = {}
    lines: dict[tuple[str, str], Line] = {}
    for question, line in (*_judged(folder), *_messages(shop, folder)):
        found.setdefault(question, set()).add(line.text)
        lines[question, line.text] = line
    return [
        Asked(
            question,
            line_text(line),
            tuple(line_text(o) for o in shop.lines[line.record] if o.text not in found[question]),
        )
        for (question, _), line in lines.items()
    ]


def train_finder(
    corpus: Path, output: Path, recipe: FinderRecipe = FinderRecipe(), watch: Watch = lambda done, steps, loss: None
) -> Path:
    """Trains on the shops that are not held out and writes the adapter to `output`. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    asked = [each for folder in shop_folders(corpus) if folder.name not in kept for each in asked_lines(folder)]
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    folder = packaged_model()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    base = AutoModel.from_pretrained(folder, local_files_only=True)
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=2 * recipe.rank,
        target_modules=["query", "key", "value", "dense"],
        exclude_modules=r".*pooler.*",
    )
    model: Any = get_peft_model(base, config)
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=recipe.learning_rate, weight_decay=0.01)
    steps = int(recipe.passes * len(asked) / recipe.batch)
    model.train()
    for done, batch in enumerate(_batches(asked, recipe.batch, steps, chance)):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * cosine(done / steps, 0.06)
        loss = _loss(model, tokenizer, batch, recipe, chance)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        watch(done + 1, steps, float(loss.detach()))
    save_adapter(model, output, {"recipe": asdict(recipe), "pairs": len(asked)})
    return output


def _judged(folder: Path) -> Iterator[tuple[str, Line]]:
    yield from ((pair.question, pair.line) for pair in reading_pairs(folder) if pair.verdict is not Verdict.SILENT)


def _messages(shop: CorpusShop, folder: Path) -> Iterator[tuple[str, Line]]:
    """Messages whose plan reads for one question only, with the lines of its reply."""
    for conversation in corpus_conversations(folder):
        for turn in conversation.turns:
            if len(turn.plan.steps) == 1:
                is_policy = isinstance(turn.plan.steps[0], Policy)
                yield from (
                    (turn.text.message, told.line)
                    for told in turn.brief.lines
                    if (told.line.kind is LineKind.POLICY) == is_policy and told.verdict is not Verdict.SILENT
                )


def _batches(asked: Sequence[Asked], size: int, steps: int, chance: random.Random) -> Iterator[list[Asked]]:
    order: list[Asked] = []
    for _ in range(steps):
        if len(order) < size:
            order = chance.sample(list(asked), len(asked))
        yield [order.pop() for _ in range(size)]


def _loss(
    model: Any, tokenizer: Any, batch: Sequence[Asked], recipe: FinderRecipe, chance: random.Random
) -> torch.Tensor:
    """Cross-entropy of the right line among all lines of the batch; a line that is right for several questions counts once."""
    others = [text for each in batch for text in chance.sample(each.others, min(recipe.negatives, len(each.others)))]
    told = [each.line for each in batch] + others
    asks = _vectors(model, tokenizer, [each.question for each in batch])
    lines = _vectors(model, tokenizer, told)
    scores = asks @ lines.T / recipe.temperature
    for row, each in enumerate(batch):
        same = [place for place, text in enumerate(told) if text == each.line and place != row]
        scores[row, same] = -1e4
    return functional.cross_entropy(scores, torch.arange(len(batch)))


def _vectors(model: Any, tokenizer: Any, texts: Sequence[str]) -> torch.Tensor:
    """Unit vectors by mean pooling, as the model was made for."""
    encoded = tokenizer(list(texts), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
    hidden = model(**encoded).last_hidden_state
    mask = encoded["attention_mask"].unsqueeze(-1).to(hidden.dtype)
    return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
