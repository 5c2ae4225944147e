"""How often the router names the tool that a message wants, on the held-out shops.

    aisle evaluate router

Turns of conversations count as right where the likeliest tool is the first of the written plan, asks where it is the tool that brings
their answer. "Without the records": the encoder by itself. "Where sure": the messages that a plan may be held to (`assistant.planning.router.SURE`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from assistant.planning.plan import Find
from assistant.planning.router import SURE, TOOLS, EncoderRouter
from assistant.reading.finder import EncoderFinder
from finetune.corpora.asks import asked_messages
from finetune.corpora.planner_evaluation import planned_turns
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from finetune.corpora.weighing_training import NearMessage, NearRecords, near_ask, near_turn, router_logits
from finetune.ranking_metrics import Mean


def evaluate_router(corpus: Path, router: EncoderRouter, finder: EncoderFinder) -> Mapping[str, Mean]:
    """Shares of right tools by name, each next to the encoder alone and to always searching. Raises FeedError for a faulty corpus."""
    kept = held_out(corpus)
    chance = random.Random(1)
    turns: list[NearMessage] = []
    asks: list[NearMessage] = []
    for folder in (each for each in shop_folders(corpus) if each.name in kept):
        shop = CorpusShop.load(folder)
        records = NearRecords(shop, finder)
        turns += [near_turn(turn, records) for turn in planned_turns(shop, corpus_conversations(folder))]
        asks += [near_ask(ask, shop, records) for ask in asked_messages(shop, chance)]
    return {
        **_shares("turns of conversations", turns, router),
        **_shares("asks", asks, router),
    }


def _shares(name: str, messages: Sequence[NearMessage], router: EncoderRouter) -> Mapping[str, Mean]:
    alone = router_logits(router, messages)
    with torch.inference_mode():
        weighed = router.first(alone, [each.near for each in messages]).softmax(1)
    is_sure = (weighed.amax(1) >= SURE).tolist()
    right = _right(messages, weighed)
    return {
        name: Mean.of(right),
        f"{name}, where sure": Mean.of([was for was, sure in zip(right, is_sure, strict=True) if sure]),
        f"{name}, without the records": Mean.of(_right(messages, alone)),
        f"{name}, always searching": Mean.of([each.first == Find.tool for each in messages]),
    }


def _right(messages: Sequence[NearMessage], scores: torch.Tensor) -> list[bool]:
    """Whether the tool of the highest score is the wanted one, message by message."""
    return [TOOLS[best] == each.first for best, each in zip(scores.argmax(1).tolist(), messages, strict=True)]
