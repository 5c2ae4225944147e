"""How often the router names the tool that a message wants, on the held-out shops.

    aisle evaluate router

Turns of conversations count as right where the likeliest tool is the first of the written plan, asks where it is the tool that brings
their answer. "Where sure": the messages that a plan is held to (`assistant.planning.router.SURE`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import torch

from assistant.planning.plan import Find
from assistant.planning.router import SURE, TOOLS, EncoderRouter
from finetune.corpora.asks import asked_messages
from finetune.corpora.planner_evaluation import planned_turns
from finetune.corpora.router_training import Routed, routed, routed_ask
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.ranking_metrics import Mean

_BATCH = 32


def evaluate_router(corpus: Path, router: EncoderRouter) -> Mapping[str, Mean]:
    """Shares of right tools by name, each next to always searching. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    shops = [CorpusShop.load(folder) for folder in shop_folders(corpus) if folder.name in kept]
    chance = random.Random(1)
    turns = [turn for shop in shops for turn in planned_turns(shop, corpus_conversations(shop.folder))]
    sets = {
        "turns of conversations": ([routed(turn) for turn in turns], [turn.turn.plan.steps[0].tool for turn in turns]),
        "asks": _split([(routed_ask(ask, shop), ask.tool) for shop in shops for ask in asked_messages(shop, chance)]),
    }
    shares: dict[str, Mean] = {}
    for name, (messages, wanted) in sets.items():
        chances = _chances(router, messages)
        best = [TOOLS[int(place)] for place in chances.argmax(1)]
        right = [got == tool for got, tool in zip(best, wanted, strict=True)]
        sure = (chances.amax(1) >= SURE).tolist()
        shares[name] = Mean.of(right)
        shares[f"{name}, where sure"] = Mean.of(
            [is_right for is_right, is_sure in zip(right, sure, strict=True) if is_sure]
        )
        shares[f"{name}, always searching"] = Mean.of([tool == Find.tool for tool in wanted])
    return shares


def _split(pairs: list[tuple[Routed, str]]) -> tuple[list[Routed], list[str]]:
    return [message for message, _ in pairs], [tool for _, tool in pairs]


def _chances(router: EncoderRouter, messages: list[Routed]) -> torch.Tensor:
    """Probabilities of shape (len(messages), tools)."""
    batches = (messages[at : at + _BATCH] for at in range(0, len(messages), _BATCH))
    with torch.inference_mode():
        return torch.sigmoid(torch.cat([router([(each.message, each.before) for each in batch]) for batch in batches]))
