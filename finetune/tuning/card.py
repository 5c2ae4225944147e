"""Card: what somebody needs to know who finds an adapter, as a Markdown page with the head that Hugging Face reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from assistant.adapters.adapter import short_name
from finetune.replay import ReplayCounts


def card(name: str, base: str, reference: str, record: Mapping[str, Any], counts: ReplayCounts) -> str:
    """The card of the adapter `name` over `base`, which its configuration calls `reference`."""
    recipe = record["recipe"]
    before, after = math.exp(record["held_out_loss_before"]), math.exp(record["held_out_loss"])
    dropped = [f"| {reason.value} | {count:,} |" for reason, count in counts.dropped.most_common()]
    libraries = ", ".join(f"{library} {number}" for library, number in record["libraries"].items())
    return "\n".join(
        [
            "---", "library_name: peft", f"base_model: {reference}", "language: en",
            f"tags: [e-commerce, customer-service, {recipe['method']}, grounded-generation]", "metrics: [perplexity]", "---", "",
            f"# {name}", "",
            f"An adapter for Aisle ({recipe['method']}) over the base model `{short_name(base)}`, trained on a shop's own transcripts. It phrases",
            "replies; what they say is decided by code. Prices, names, dates and order numbers are references in all that it learned.", "",
            "## Use", "", "    aisle adapters", f"    aisle promote {name}", "",
            "Not for: answering without Aisle's check, any shop but the one whose transcripts these are, other languages.", "",
            "## Data", "",
            f"{counts.transcripts:,} transcripts with {counts.replies:,} replies of people, of which {counts.kept:,} were learnt from or held out: "
            f"{record['train']:,} to learn, {record['validation']:,} to decide when to stop, {record['test']:,} to judge. A customer is in one part",
            "only, and the latest conversations are held out. `examples.jsonl` has them all, masked. Left out:", "",
            "| reason | replies |", "|---|---|", *dropped, "",
            "## Training", "",
            f"{record['steps']:,} steps of about {recipe['batch_tokens']:,} tokens, {record['tokens']:,} tokens in {record['seconds']:,.0f} s "
            f"({record['tokens_per_second']:,} tokens/s); the weights are those of step {record['best_step']:,}. Loss on replies only; AdamW, peak rate "
            f"{recipe['learning_rate']:g}, cosine to 5 %, rank {recipe['rank']}, seed {recipe['seed']}. {libraries}.", "",
            f"Perplexity of the held-out replies that decided when to stop: {before:.2f} before, {after:.2f} after. `training.json` has every figure.",
            "", "![Loss over the steps](loss.png)", "", "## Results", "",
            "See `report.html`; `aisle promote` refuses an adapter that was not judged better and safe.", "",
        ]
    )  # fmt: skip
