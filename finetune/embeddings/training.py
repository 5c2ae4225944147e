"""Trains an adapter of the shop's encoder: queries come nearer to the products that answer them than to products that contradict them.

    aisle train embeddings

A LoRA adapter on all-MiniLM-L6-v2. The loss is what sentence-transformers calls MultipleNegativesRankingLoss (Henderson et al. 2017,
https://arxiv.org/abs/1705.00652): of all products of a batch a query should be nearest to its own. Many products answer a query such as
"notebook", so every product of the batch that answers counts as right, and one of which the record does not say is left out. For each query a
hard negative is mined (Karpukhin et al. 2020, https://arxiv.org/abs/2004.04906): one of the nearest by the untuned encoder that contradict it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional

from finetune.corpora.encoder_training import (
    Watch,
    batches_of_like_length,
    contrastive_loss,
    learn,
    untrained_adapter,
)
from finetune.embeddings.queries import Query, ShopTraits, Source
from retrieval.index.adapted_encoder import pooled
from retrieval.index.document import product_text
from retrieval.index.encoder import Encoder, Vectors

_LONGEST = 64
"""Most tokens of a text that are read while learning. What a product is stands in front; twice as many would take twice the time."""
_NEAREST, _HARD_AMONG = 100, 5
"""The hard negative is drawn from so many of the nearest products that contradict the query."""
_UNSAID = -torch.inf


@dataclass(frozen=True, slots=True)
class EmbeddingRecipe:
    """How the adapter is trained. `batch` is in queries; at most `most_steps` steps are taken, on at most `most_products` products."""

    rank: int = 16
    learning_rate: float = 3e-4
    passes: float = 3.0
    most_steps: int = 200
    most_products: int = 4000
    batch: int = 32
    temperature: float = 0.05
    seed: int = 1


def train_embeddings(
    shop: ShopTraits, learned: Sequence[Query], untuned: Encoder, recipe: EmbeddingRecipe, watch: Watch
) -> Any:
    """An adapted encoder that has learned from these queries, as peft has it."""
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    learned = _within(learned, recipe.most_products, chance)
    model = _Model(*untrained_adapter(recipe.rank))
    mined = _Mined.of(shop, learned, untuned)
    steps = max(1, min(recipe.most_steps, int(recipe.passes * len(learned) / recipe.batch)))
    batches = batches_of_like_length([len(query.text) for query in learned], recipe.batch, chance)
    losses = (_loss(model, mined, [learned[place] for place in places], recipe, chance) for places in batches)
    learn(model, recipe.learning_rate, steps, losses, watch)
    return model.encoder


def _within(queries: Sequence[Query], most: int, chance: random.Random) -> list[Query]:
    """The queries with those of their products that are among `most`: first what customers wanted, then others by chance."""
    wanted, made = (
        sorted({place for query in queries if (query.source is source) for place in query.grades}) for source in Source
    )
    others = sorted(set(made).difference(wanted))
    kept = {*wanted[:most], *chance.sample(others, min(len(others), max(0, most - len(wanted))))}
    trimmed = (
        replace(query, grades={place: grade for place, grade in query.grades.items() if place in kept})
        for query in queries
    )
    return [query for query in trimmed if query.grades]


class _Model(torch.nn.Module):
    def __init__(self, encoder: Any, tokenizer: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self._tokenizer = tokenizer

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors, shape (len(texts), dimension)."""
        return functional.normalize(pooled(self.encoder, self._tokenizer, texts, longest=_LONGEST), dim=-1)


@dataclass(frozen=True)
class _Mined:
    """The products that may be learned from, by their places, with the vectors of the untuned encoder."""

    shop: ShopTraits
    untuned: Encoder
    places: tuple[int, ...]
    vectors: Vectors

    @classmethod
    def of(cls, shop: ShopTraits, learned: Sequence[Query], untuned: Encoder) -> _Mined:
        places = tuple(sorted({place for query in learned for place in query.grades}))
        return cls(
            shop, untuned, places, untuned.encode_documents([product_text(shop.products[place]) for place in places])
        )

    def misleading(self, queries: Sequence[Query]) -> Iterator[Sequence[int]]:
        """For each query the places of the nearest products that contradict it, nearest first."""
        cosines = self.untuned.encode_queries([query.text for query in queries]) @ self.vectors.T
        for query, row in zip(queries, cosines, strict=True):
            nearest = np.argsort(-row, kind="stable")[:_NEAREST]
            places = (self.places[each] for each in nearest)
            wrong = [place for place in places if query.is_contradicted(self.shop, place)]
            yield wrong[:_HARD_AMONG]


def _loss(
    model: _Model, mined: _Mined, queries: Sequence[Query], recipe: EmbeddingRecipe, chance: random.Random
) -> torch.Tensor:
    right = [chance.choices(list(query.grades), list(query.grades.values()))[0] for query in queries]
    wrong = [chance.choice(places) for places in mined.misleading(queries) if places]
    places = list(dict.fromkeys([*right, *wrong]))
    texts = [product_text(mined.shop.products[place]) for place in places]
    scores = model([query.text for query in queries]) @ model(texts).T
    is_right = torch.tensor([[place in query.grades for place in places] for query in queries])
    is_wrong = torch.tensor([[query.is_contradicted(mined.shop, place) for place in places] for query in queries])
    return contrastive_loss((scores / recipe.temperature).masked_fill(~(is_right | is_wrong), _UNSAID), is_right)
