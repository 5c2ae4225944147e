"""Finetuning: from a shop's transcripts to a judged adapter.

    aisle finetune transcripts/ --output adapters/2026-11

import ─▶ replay ─▶ mask ─▶ split ─▶ examples.jsonl ─▶ train ─▶ adapter ─▶ judge ─▶ report

Training goes on from the conversation adapter that ships, and rehearses the corpus that it was made from. Where several processes train
together, one of them takes the steps before and behind training. Started again after it was stopped, the same command goes on from its
last checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from assistant.adapters.adapter import Adapter, short_name
from assistant.privacy.masker import Mask
from assistant.settings import Settings
from assistant.shop_mask import shop_mask
from finetune.corpora.model import token_function
from finetune.judging.judge import judge
from finetune.judging.plan import Plan
from finetune.judging.report import Report
from finetune.judging.side import AdapterSide
from finetune.live_shop import LiveShop, OpenedAdapter
from finetune.masking import masked
from finetune.replay import Replay, ReplayCounts
from finetune.replayed import Replayed
from finetune.replaying import replayed
from finetune.split import Split, split
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.transcript import Transcript
from finetune.tuning.adapter_folder import check_free, draw_losses, write_adapter, write_record
from finetune.tuning.card import card
from finetune.tuning.checkpoint import Checkpoints
from finetune.tuning.conversation_adapter import copy_speech, keep_share, open_conversation_adapter, weights_now
from finetune.tuning.curve import Curve
from finetune.tuning.examples import Rehearsal, answered_prompts, fingerprint, own_examples, training_passes
from finetune.tuning.examples_file import write_examples
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe
from finetune.tuning.tuning import Noted, Tuning, mean_loss

CHECKPOINTS, CURVES = "checkpoints", "tensorboard"
RECIPE = Recipe(learning_rate=4e-4)
"""Half the rate of the conversation adapter's own training, which this one goes on from; its rank is that adapter's."""


class Watch(Protocol):
    """Whoever is told how a run goes."""

    def replayed(self, done: int) -> None:
        """So many transcripts were replayed."""

    def stepped(self, noted: Noted) -> None:
        """A step is over."""

    def judged(self, stage: str, done: int, total: int) -> None:
        """So much of a stage of judging is done."""


@dataclass(frozen=True, slots=True)
class Material:
    """What transcripts came to. `split` holds the replies as they were replayed, not masked."""

    split: Split
    imported: ImportReport
    counts: ReplayCounts
    mask: Mask = field(repr=False)


def prepare(paths: Sequence[Path], shop: LiveShop, opened: OpenedAdapter, settings: Settings, watch: Watch) -> Material:
    """Imports and replays the transcripts in `paths`, and splits what remains. Raises FeedError where too little does."""
    imported = ImportReport()
    mask = shop_mask(shop.catalog, shop.records, shop.orders, settings)
    kept, counts = collected(read_transcripts(list(paths), imported), shop, opened, mask, watch)
    return Material(split(kept), imported, counts, mask)


def collected(
    transcripts: Iterable[Transcript], shop: LiveShop, opened: OpenedAdapter, mask: Mask, watch: Watch
) -> tuple[list[Replayed], ReplayCounts]:
    """The replies of all transcripts that may be learned from, and what became of the others."""
    kept, counts = list[Replayed](), ReplayCounts()
    replay = Replay(opened.dialogue, opened.checker, opened.customer, mask)
    for items, part in replayed(transcripts, replay):
        kept += items
        counts += part
        watch.replayed(counts.transcripts)
    return kept, counts


def keep_examples(material: Material, folder: Path) -> None:
    """Masks the replies and writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = ((name, (masked(item, material.mask) for item in part)) for name, part in material.split.parts)
    write_examples(parts, folder)


@dataclass(frozen=True)
class Finetuning:
    """One run of the command: its base, the adapter it goes on from, the corpus it rehearses, its recipe and its output.

    Raises ModelError where the output holds an adapter already.
    """

    base: Path
    adapter: Path
    corpus: Path
    output: Path
    recipe: Recipe
    processes: Processes

    def __post_init__(self) -> None:
        check_free(self.output)

    def train(self, watch: Watch) -> dict[str, Any]:
        """Trains on the examples in the output folder and writes the adapter; the record of the run."""
        recipe, output = self.recipe, self.output
        tokenizer, model = open_conversation_adapter(self.base, self.adapter)
        tokens = token_function(tokenizer)
        rehearsal, measured = Rehearsal.read(self.corpus, tokens)
        train = training_passes(own_examples(output, "train", tokens), rehearsal, recipe.rehearsal, recipe.seed)
        first, validation = train(0), own_examples(output, "validation", tokens)
        plan = {
            "base": short_name(str(self.base)), "adapter": Adapter.read(self.adapter).digest(),
            "examples": fingerprint([*first, *validation]), **recipe.as_json(),
        }  # fmt: skip
        checkpoints = Checkpoints(output / CHECKPOINTS, plan)
        answered = answered_prompts(output, tokens) if recipe.contrast else []
        run = Tuning(model, train, validation, recipe, self.processes, checkpoints, answered)
        before, unlearned = weights_now(model), mean_loss(model, measured, recipe, self.processes)
        course = run.run(self._told(watch))
        keep_share(model, before, recipe.strength)
        record: dict[str, Any] = {
            "base": short_name(str(self.base)),
            "adapter": short_name(str(self.adapter)),
            "recipe": recipe.as_json(),
            "processes": self.processes.count,
            "examples": len(first),
            "corpus_loss_before": unlearned,
            "corpus_loss": mean_loss(model, measured, recipe, self.processes),
        }
        if self.processes.is_main:
            model.peft_config["default"].base_model_name_or_path = record["base"]
            copy_speech(self.adapter, tokenizer, output)
            record = write_record(record, course, output)
            draw_losses(course, output / "loss.png")
            write_adapter(model, output)
            checkpoints.clear()
        self.processes.wait()
        return record

    def _told(self, watch: Watch) -> Any:
        """Tells `watch` and the curve of every step."""
        curve = Curve(self.output / CURVES) if self.processes.is_main else None

        def told(noted: Noted) -> None:
            if curve is not None:
                curve.add(noted)
            watch.stepped(noted)

        return told

    def describe(self, material: Material, record: dict[str, Any]) -> None:
        """Writes the card."""
        sizes = {name: len(part) for name, part in material.split.parts}
        text = card(self.output.resolve().name, record | sizes, material.counts)
        (self.output / "README.md").write_text(text, encoding="utf-8")

    def judge(self, material: Material, shop: LiveShop, before: OpenedAdapter, watch: Watch, plan: Plan) -> Report:
        """Judges the adapter on the held-out replies against the one it goes on from, and writes the report."""
        adapter = Adapter.read(self.output)
        report = judge(
            material.split.test,
            AdapterSide(short_name(str(self.adapter)), before),
            AdapterSide(adapter.name, shop.with_adapter(self.base, self.output)),
            digest=adapter.digest(),
            mask=material.mask,
            plan=plan,
            progress=watch.judged,
        )
        report.write(self.output)
        return report
