"""Fits the layer that weighs what the router says against how near the shop's records are to the message.

    aisle train weighing

Multinomial logistic regression on the first tool of turns, and on the tool that brings the answer of asks, with the router and the finder as
they are. Both have learned from the same shops, and are only a little surer on them than on others (`aisle evaluate router`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import save_file

from assistant.dialogue.thread import Thread
from assistant.planning.route import Nearness
from assistant.planning.router import TOOLS, WEIGHING_FILE, EncoderRouter
from assistant.reading.finder import EncoderFinder
from assistant.reading.listener import conversation_before
from finetune.corpora.asks import AskedMessage, asked_messages
from finetune.corpora.encoder_training import Watch
from finetune.corpora.finder_training import ShopLines
from finetune.corpora.planner_evaluation import PlannedTurn, planned_turns
from finetune.corpora.router_training import Routed, routed, routed_ask
from finetune.corpora.shop import CorpusShop, held_out, shop_folders
from finetune.corpora.transcripts import corpus_conversations
from retrieval.index.encoder import Vectors

_BATCH = 32
_RIDGE = 1e-4
"""Weight of the squared weights beside the mean loss."""
_MOST_STEPS = 300


@dataclass(frozen=True, slots=True)
class WeighingRecipe:
    """Of each shop so many asks are drawn, and this share of the turns."""

    asks: int = 60
    turns: float = 0.4
    seed: int = 1


@dataclass(frozen=True, slots=True)
class NearMessage:
    """A message as the router reads it, how near the records are to it, and the tool that comes first."""

    routed: Routed
    near: Nearness
    first: str


class NearRecords:
    """The lines of one shop as the finder places them, each page and product apart."""

    def __init__(self, shop: CorpusShop, finder: EncoderFinder) -> None:
        lines = ShopLines.of(shop)
        vectors = finder.encode_documents(lines.texts)
        self._of: dict[str, Vectors] = {
            record: vectors[list(lines.of_records([record]))] for record in dict.fromkeys(lines.records)
        }
        self._pages = np.concatenate([self._of[page] for page in shop.catalog.faqs if page in self._of])
        self._shop = shop
        self._finder = finder

    def near(self, thread: Thread, message: str) -> Nearness:
        """See `assistant.tools.answering.nearness`; here all pages are looked at."""
        heard = self._finder.hear(message, conversation_before(thread, self._shop.catalog.products))
        in_view = [float((self._of[id] @ heard).max()) for id in {*thread.shown, thread.page} if id in self._of]
        return Nearness(float((self._pages @ heard).max()), max(in_view, default=None))


def near_turn(turn: PlannedTurn, records: NearRecords) -> NearMessage:
    """A turn of a conversation."""
    near = records.near(turn.thread, turn.turn.text.message)
    return NearMessage(routed(turn), near, turn.turn.plan.steps[0].tool)


def near_ask(ask: AskedMessage, shop: CorpusShop, records: NearRecords) -> NearMessage:
    """An ask of a shop."""
    return NearMessage(routed_ask(ask, shop), records.near(ask.thread, ask.message), ask.tool)


def router_logits(router: EncoderRouter, messages: Sequence[NearMessage]) -> torch.Tensor:
    """What the router says of each message by itself, shape (len(messages), tools)."""
    texts = [(each.routed.message, each.routed.before) for each in messages]
    with torch.inference_mode():
        return torch.cat([router(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)])


def train_weighing(
    corpus: Path,
    folder: Path,
    router: EncoderRouter,
    finder: EncoderFinder,
    recipe: WeighingRecipe = WeighingRecipe(),
    watch: Watch = lambda done, shops, loss: None,
) -> Path:
    """Fits on the shops that are not held out and writes the layer into the router's `folder`. Raises FeedError for a faulty corpus."""
    chance = random.Random(recipe.seed)
    kept = held_out(corpus)
    folders = [each for each in shop_folders(corpus) if each.name not in kept]
    messages: list[NearMessage] = []
    for done, each in enumerate(folders, 1):
        shop = CorpusShop.load(each)
        records = NearRecords(shop, finder)
        asks = _drawn(list(asked_messages(shop, chance)), recipe.asks, chance)
        messages += [near_ask(ask, shop, records) for ask in asks]
        turns = (turn for turn in planned_turns(shop, corpus_conversations(each)) if chance.random() < recipe.turns)
        messages += [near_turn(turn, records) for turn in turns]
        watch(done, len(folders), 0.0)
    fit(router, messages)
    save_file(router.weighing.state_dict(), folder / WEIGHING_FILE)
    return folder


def fit(router: EncoderRouter, messages: Sequence[NearMessage]) -> None:
    """Fit the router's weighing on `messages`, in place."""
    logits, near = router_logits(router, messages), [each.near for each in messages]
    wanted = torch.tensor([TOOLS.index(each.first) for each in messages])
    layer = router.weighing.requires_grad_(True)
    torch.nn.init.eye_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=_MOST_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        ridge = _RIDGE * layer.weight.square().sum()
        value: torch.Tensor = functional.cross_entropy(router.first(logits, near), wanted) + ridge
        value.backward()
        return value

    optimizer.step(loss)


def _drawn(asks: list[AskedMessage], most: int, chance: random.Random) -> list[AskedMessage]:
    return chance.sample(asks, min(most, len(asks)))
