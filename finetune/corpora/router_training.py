"""Trains the router: an encoder that names the tool a message asks for.

    aisle train router --output data/models/router --data DIR

The layer that weighs what it says against the shop's records is fitted after that: see `weighing_training.py`.

A LoRA adapter in the upper half of all-MiniLM-L6-v2 and a linear layer, trained on the tools of written plans with binary cross-entropy
(a plan may have several) and, if given, on messages of public sets. Those come with the conversation before a random turn of ours, or with none.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from safetensors.torch import save_file

from assistant.language_model.transcript import context_text
from assistant.planning.router import HEAD_FILE, TOOLS, WEIGHING_FILE, EncoderRouter, before_text
from finetune.corpora.asks import AskedMessage, asked_messages
from finetune.corpora.encoder_training import Watch, batches_of_like_length, learn, save_adapter, untrained_adapter
from finetune.corpora.further import FurtherMessage, further_messages
from finetune.corpora.planner_evaluation import PlannedTurn, planned_turns
from finetune.corpora.public_intents import public_messages
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations


@dataclass(frozen=True, slots=True)
class RouterRecipe:
    """How the router is trained. `batch` is in messages; `lowest` is the lowest layer that learns, counted from 0.

    Of the asks a share of `asks` is used.
    """

    rank: int = 32
    lowest: int = 3
    learning_rate: float = 8e-4
    passes: float = 3.0
    batch: int = 32
    asks: float = 0.3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Routed:
    """A message, the conversation before it as the router reads it, and the tools of its plan."""

    message: str
    before: str
    tools: frozenset[str]

    @property
    def length(self) -> int:
        """Characters, for batches of texts of like length."""
        return len(self.message) + len(self.before)


def routed(turn: PlannedTurn) -> Routed:
    """A written turn as an example."""
    return Routed(
        turn.turn.text.message,
        before_text(turn.conversation.context, turn.thread),
        frozenset(step.tool for step in turn.turn.plan.steps),
    )


def router_examples(corpus: Path, data: Path | None, recipe: RouterRecipe, chance: random.Random) -> list[Routed]:
    """Turns and further messages of the shops that are not held out, a share of their asks, then messages of the public sets.

    Raises FeedError.
    """
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name not in kept]
    written = [routed(turn) for shop in shops for turn in planned_turns(shop, corpus_conversations(shop.folder))]
    written += [_further(each) for shop in shops for each in further_messages(shop)]
    asked = [routed_ask(ask, shop) for shop in shops for ask in asked_messages(shop, chance)]
    asked = chance.sample(asked, round(recipe.asks * len(asked)))
    if data is None:
        return written + asked
    starts = [each.before for each in written if each.before.startswith("start ")]
    return [*written, *asked] + [
        Routed(
            each.message,
            chance.choice(written).before if chance.random() < 0.5 else chance.choice(starts),
            frozenset({each.tool}),
        )
        for each in public_messages(data, chance)
    ]


def _further(further: FurtherMessage) -> Routed:
    turn = further.instead_of
    return Routed(further.message, before_text(turn.conversation.context, turn.thread), further.tools)


def routed_ask(ask: AskedMessage, shop: CorpusShop) -> Routed:
    """An ask as an example."""
    page = shop.catalog.products.get(ask.thread.page)
    context = context_text(False, page.title if page else "", 1)
    return Routed(ask.message, before_text(context, ask.thread), frozenset({ask.tool}))


def train_router(
    corpus: Path,
    output: Path,
    data: Path | None = None,
    recipe: RouterRecipe = RouterRecipe(),
    watch: Watch = lambda done, steps, loss: None,
) -> Path:
    """Trains on the shops that are not held out and writes the router to `output`. Raises FeedError for faulty data."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    examples = router_examples(corpus, data, recipe, chance)
    router = _untrained(recipe)
    steps = max(1, int(recipe.passes * len(examples) / recipe.batch))
    batches = batches_of_like_length([each.length for each in examples], recipe.batch, chance)
    losses = (_loss(router, [examples[place] for place in places]) for places in batches)
    learn(router, recipe.learning_rate, steps, losses, watch)
    _save(router, output, {"recipe": asdict(recipe), "examples": len(examples), "public sets": data is not None})
    return output


def _loss(router: EncoderRouter, batch: Sequence[Routed]) -> torch.Tensor:
    wanted = torch.tensor([[float(tool in each.tools) for tool in TOOLS] for each in batch])
    logits = router([(each.message, each.before) for each in batch])
    return functional.binary_cross_entropy_with_logits(logits, wanted)


def _untrained(recipe: RouterRecipe) -> EncoderRouter:
    return EncoderRouter(*untrained_adapter(recipe.rank, recipe.lowest))


def _save(router: EncoderRouter, output: Path, training: dict[str, Any]) -> None:
    save_adapter(router.encoder, output, training)
    save_file({name: value.to(torch.bfloat16) for name, value in router.head.state_dict().items()}, output / HEAD_FILE)
    save_file(router.weighing.state_dict(), output / WEIGHING_FILE)
