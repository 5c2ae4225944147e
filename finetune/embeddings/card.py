"""The model card of an adapter of the encoder, written with its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from assistant.adapters.embeddings import EmbeddingVerdict
from finetune.embeddings.judging import Comparison
from finetune.embeddings.queries import Queries, Query, Source
from finetune.embeddings.training import EmbeddingRecipe

_CARD = """---
library_name: peft
base_model: sentence-transformers/all-MiniLM-L6-v2
pipeline_tag: sentence-similarity
tags: [lora, e-commerce, product-search]
---

# {name}

A LoRA adapter of the encoder {encoder} that searches one shop. It brings what customers look for nearer to the products that answer it. For
the shop it was trained on, and for no other.

**Data.** {learned} to learn from. Customers' queries are what their conversations searched for, with the shown products that they viewed, carted or
bought within a day; texts with personal data are left out. The others are made from the records: a kind of product, alone or with a brand or the
value of an attribute. No query is kept here.

**Recipe.** {recipe}. MultipleNegativesRankingLoss with every right product of the batch and one hard negative for each query: a near product that
contradicts it. {seconds} seconds. Weights in bfloat16.

**Again.** `aisle train embeddings --seed {seed}` on the same records.

## Results

{judged} that were held out, with their texts and a fifth of the item groups; {products:,} products are ranked. Mean nDCG@10, and the 95 % bootstrap
interval of the rise, paired by query.

| queries | ranking | untuned | tuned | rise |
|---|---|---|---|---|
{rows}

{conclusion}

## Limits

Queries made from records use the words of the records; customers use others as well. Pages of questions are placed by this encoder too, and no
query about them is learned from. The interval takes queries as independent, and many ask for the same kinds.
"""


def card(
    name: str,
    recipe: EmbeddingRecipe,
    queries: Queries,
    compared: Comparison,
    verdict: EmbeddingVerdict,
    encoder: str,
    seconds: int,
) -> str:
    """The README of the adapter's folder."""
    rows = [
        f"| {label} | {way} | {compared.mean(compared.before, way, source)} | {compared.mean(compared.after, way, source)} "
        f"| {compared.change(way, source)} |"
        for label, source in (("all", None), ("of customers", Source.CUSTOMERS), ("made", Source.CATALOG))
        for way in ("dense", "shown")
        if any(source in (None, query.source) for query in compared.queries)
    ]
    objections = "; ".join(verdict.objections)
    return _CARD.format(
        name=name,
        encoder=encoder,
        learned=_counted(queries.learned),
        judged=_counted(compared.queries),
        recipe=", ".join(f"{key.replace('_', ' ')} {value}" for key, value in asdict(recipe).items()),
        seconds=seconds,
        seed=recipe.seed,
        products=compared.products,
        rows="\n".join(rows),
        conclusion=f"It may not serve: {objections}." if objections else "It may serve.",
    )


def _counted(queries: Sequence[Query]) -> str:
    customers = sum(query.source is Source.CUSTOMERS for query in queries)
    return f"{customers:,} queries of customers and {len(queries) - customers:,} made ones"
