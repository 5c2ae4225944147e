"""Card: what somebody needs to know who finds an adapter, as a Markdown page with the head that Hugging Face reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from assistant.adapters.adapter import short_name
from finetune.replay import ReplayCounts


def card(name: str, record: Mapping[str, Any], counts: ReplayCounts) -> str:
    """The card of the adapter `name`; `record` is that of its training, with the sizes of the parts of its split."""
    recipe = record["recipe"]
    before, after = math.exp(record["held_out_loss_before"]), math.exp(record["held_out_loss"])
    dropped = [f"| {reason.value} | {count:,} |" for reason, count in counts.dropped.most_common()]
    libraries = ", ".join(f"{library} {number}" for library, number in record["libraries"].items())
    return "\n".join(
        [
            "---", "library_name: peft", f"base_model: {record['base']}", "language: en",
            "tags: [e-commerce, customer-service, lora, grounded-generation]", "metrics: [perplexity]", "---", "",
            f"# {name}", "",
            f"An adapter for Aisle over the base model `{short_name(record['base'])}`: the conversation adapter `{record['adapter']}`, trained further on",
            "a shop's own transcripts. It plans, reads and writes. Prices, names, dates and order numbers are references in all that it learned.",
            "", "## Use", "", "    aisle adapters", f"    aisle promote {name}", "",
            "Not for: answering without Aisle's check, any shop but the one whose transcripts these are, other languages.", "",
            "## Data", "",
            f"{counts.transcripts:,} transcripts with {counts.replies:,} replies of people, of which {counts.kept:,} were learned from or held out: "
            f"{record['train']:,} to learn, {record['validation']:,} to decide when to stop, {record['test']:,} to judge. A customer is in one part",
            "only, and the latest conversations are held out. `examples.jsonl` has them all, masked. Left out:", "",
            "| reason | replies |", "|---|---|", *dropped, "",
            f"Conversations of the corpus make up {recipe['rehearsal']:.0%} of each pass.", "",
            "## Training", "",
            f"{record['steps']:,} steps of about {recipe['batch_tokens']:,} tokens, {record['tokens']:,} tokens in {record['seconds']:,.0f} s "
            f"({record['tokens_per_second']:,} tokens/s); the weights are those of step {record['best_step']:,}. Loss on replies only; AdamW, peak rate "
            f"{recipe['learning_rate']:g}, cosine to 5 %, seed {recipe['seed']}; {recipe['strength']:.0%} of what was learned serves. {libraries}.", "",
            f"Perplexity per token of the held-out replies that decided when to stop: {before:.2f} before, {after:.2f} after. Loss on plans, replies and",
            f"verdicts of the corpus that were kept back, in nats per token: {record['corpus_loss_before']:.3f} before, {record['corpus_loss']:.3f} after.",
            "`training.json` has every figure.",
            "", "![Loss over the steps](loss.png)", "", "## Results", "",
            "See `report.html`; `aisle promote` refuses an adapter that was not judged better and safe.", "",
        ]
    )  # fmt: skip
