"""The model card of the intent head."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.understanding.intent_head import IntentHead
from finetune.intent_result import read_results, table
from finetune.score import Score

_CARD = """---
library_name: aisle
license: apache-2.0
language: en
tags: [intent-classification, out-of-scope-detection, e-commerce]
datasets: [bitext, clinc150, banking77, multidogo]
---

# Intent head

Tells which of {labels} things a customer wants, from the frozen embedding of all-MiniLM-L6-v2 and hashed n-grams of the text;
what is none of them is rejected. `assistant/understanding/intent_head.py` describes the form, `finetune/intent_recipe.py` the training.

* Encoder: `{encoder}`. Weights in half precision, {size:.1f} MB. Serving needs NumPy alone.
* Trained on {rows} texts: {phrasings} phrasings written for Aisle (`data/utterances/`), filled and disguised, and samples of
  the public training splits of Bitext customer service (CDLA-Sharing-1.0), CLINC150 (CC BY 3.0), Banking77 (CC BY 4.0)
  and MultiDoGO (CDLA-Permissive-1.0), mapped to Aisle's names in `finetune/intent_data.py`.
* Seed {seed}. Retrain: `aisle train intents --data DIR`. Public figures: `aisle evaluate intents --data DIR`.

## Measured

One phrasing in five is held out as a whole from a head trained for measuring; the head in this folder is then fitted to all.
95 % intervals after Wilson.

| measure | share | texts |
|---|---|---|
{scores}

The recipe, trained anew on the training split of each public set and measured on its evaluation split, beside two plain heads
on the same frozen embeddings; a text in scope that is rejected counts as wrong. CLINC150 was seen twice: calibrated on texts
held out at random, rejection gave 95.04 % in scope and 81.50 % outside; the figures here are of its own validation part.

<!-- results -->

{public}
<!-- end of results -->

## Limits

English only. It sees one clause without what was said before; `assistant/understanding/intent_rules.py` corrects it by the conversation and by
what the grammar finds. It has learnt the matters of online shops; questions about other businesses are rejected as out of scope.
"""


def write_card(
    folder: Path, head: IntentHead, scores: Mapping[str, Score], phrasings: int, rows: int, seed: int
) -> None:
    """Writes README.md into `folder`, which holds the saved head and, once measured, the public figures of the recipe."""
    lines = "\n".join(f"| {name} | {score} | {score.count} |" for name, score in scores.items())
    size = (folder / "head.safetensors").stat().st_size / 1e6
    card = _CARD.format(
        labels=len(head.labels),
        encoder=head.encoder,
        size=size,
        rows=rows,
        phrasings=phrasings,
        seed=seed,
        scores=lines,
        public=table(read_results(folder)),
    )
    (folder / "README.md").write_text(card, "utf-8")
