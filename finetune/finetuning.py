"""Finetuning: from a shop's transcripts to a judged adapter.

    aisle finetune transcripts/ --output adapters/2026-11

import ─▶ replay ─▶ mask ─▶ split ─▶ examples.jsonl ─▶ train ─▶ adapter ─▶ judge ─▶ report

Where several processes train together, one of them takes the steps before and behind training. Started again after it
was stopped, the same command goes on from its last checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from assistant.adapters.adapter import Adapter, short_name
from assistant.assistant import Assistant
from assistant.privacy.masker import Mask
from assistant.settings import Settings
from assistant.writers import WriterParts
from assistant.writing.check import Check
from finetune.batches import Passes
from finetune.judging.judge import judge
from finetune.judging.plan import Plan
from finetune.judging.report import Report
from finetune.judging.side import Side
from finetune.masking import masked, shop_mask
from finetune.replay import ReplayCounts
from finetune.replayed import Replayed
from finetune.replaying import replayed
from finetune.split import Split, split
from finetune.transcripts.reading import read_transcripts
from finetune.transcripts.report import ImportReport
from finetune.transcripts.transcript import Transcript
from finetune.tuning.adapter_folder import check_free, draw_losses, write_adapter, write_record, write_speech
from finetune.tuning.base_model import open_base
from finetune.tuning.card import card
from finetune.tuning.checkpoint import Checkpoints
from finetune.tuning.curve import Curve
from finetune.tuning.examples import answered_prompts, fingerprint, held_examples, training_passes
from finetune.tuning.examples_file import read_examples, write_examples
from finetune.tuning.methods import base_reference, with_adapter
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Method, Recipe
from finetune.tuning.search import Trial, search
from finetune.tuning.tuning import Noted, Tuning
from retrieval.errors import SettingsError

CHECKPOINTS, CURVES = "checkpoints", "tensorboard"


class Watch(Protocol):
    """Whoever is told how a run goes."""

    def replayed(self, done: int) -> None:
        """So many transcripts were replayed."""

    def tried(self, trial: Trial) -> None:
        """A trial of the search is over."""

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


def prepare(paths: Sequence[Path], assistant: Assistant, settings: Settings, watch: Watch) -> Material:
    """Imports and replays the transcripts in `paths`, and parts what remains. Raises FeedError where too little does."""
    imported = ImportReport()
    kept, counts = collected(read_transcripts(list(paths), imported), assistant, settings, watch)
    return Material(split(kept), imported, counts, shop_mask(assistant, settings))


def collected(
    transcripts: Iterable[Transcript], assistant: Assistant, settings: Settings, watch: Watch
) -> tuple[list[Replayed], ReplayCounts]:
    """The replies of all transcripts that may be learnt from, and what became of the others."""
    kept, counts = list[Replayed](), ReplayCounts()
    for items, part in replayed(transcripts, assistant, settings):
        kept += items
        counts += part
        watch.replayed(counts.transcripts)
    return kept, counts


def keep_examples(material: Material, folder: Path) -> None:
    """Masks the replies and writes them."""
    parts = ([masked(item, material.mask) for item in part] for _, part in material.split.parts)
    write_examples(Split(*map(tuple, parts)), folder)


class Finetuning:
    """One run of the command: its base, its recipe and its output. Raises ModelError and SettingsError for what cannot work."""

    def __init__(self, settings: Settings, base: str, output: Path, recipe: Recipe, processes: Processes) -> None:
        self._settings = settings.model_copy(update={"model": base})
        self._name = base or str(settings.data / "models" / "base")
        self._output, self._recipe, self._processes = output, recipe, processes
        check_free(output)
        self._base = open_base(self._name)
        if self._base.is_embedded and recipe.method is Method.PREFIX:
            raise SettingsError(
                "the embedded model runs no prefix, for it changes no weight",
                "Take another --method, or name another --base.",
            )
        output.mkdir(parents=True, exist_ok=True)

    def train(self, watch: Watch, *, searching: bool = False) -> dict[str, Any]:
        """Trains on the examples in the output folder and writes the adapter; the record of the run."""
        train = training_passes(self._output, self._base, self._recipe)
        first = train(0)
        validation = held_examples(self._output, "validation", self._base)
        recipe = self._searched(train, validation, watch) if searching else self._recipe
        plan = {"base": short_name(self._name), "examples": fingerprint([*first, *validation]), **recipe.as_json()}
        model = with_adapter(self._base, recipe)
        checkpoints = Checkpoints(self._output / CHECKPOINTS, plan)
        answered = answered_prompts(self._output, self._base) if recipe.contests else []
        run = Tuning(model, train, validation, recipe, self._processes, checkpoints, answered)
        curve = Curve(self._output / CURVES) if self._processes.is_main else None

        def told(noted: Noted) -> None:
            if curve is not None:
                curve.add(noted)
            watch.stepped(noted)

        course = run.run(told)
        record: dict[str, Any] = {
            "base": short_name(self._name),
            "recipe": recipe.as_json(),
            "processes": self._processes.count,
        }
        if self._processes.is_main:
            record = write_record(record | {"examples": len(first)}, course, self._output)
            draw_losses(course, self._output / "loss.png")
            write_adapter(model, self._output, recipe.strength)
            checkpoints.clear()
        self._processes.wait()
        return record

    def describe(self, material: Material, record: dict[str, Any]) -> None:
        """Writes the card and, for the embedded model, how the learnt replies speak."""
        sizes = {name: len(part) for name, part in material.split.parts}
        text = card(
            self._output.resolve().name, self._name, base_reference(self._name), record | sizes, material.counts
        )
        (self._output / "README.md").write_text(text, encoding="utf-8")
        if self._base.is_embedded:
            write_speech(read_examples(self._output, "train"), self._output)

    def judge(self, material: Material, assistant: Assistant, watch: Watch, plan: Plan) -> Report:
        """Judges the adapter on the held-out replies against what serves now, and writes the report."""
        parts = WriterParts.of(self._settings, assistant.catalog)
        adapter = Adapter.read(self._output)
        before, after = Side.serving(parts), Side.open(parts, self._output, adapter.name)
        report = judge(
            material.split.test,
            before,
            after,
            Check(parts.goods),
            digest=adapter.digest(),
            mask=material.mask,
            plan=plan,
            progress=watch.judged,
        )
        report.write(self._output)
        return report

    def _searched(self, train: Passes, validation: Sequence[Any], watch: Watch) -> Recipe:
        """The best recipe of a search, which is kept so that a run that goes on need not search again."""
        path = self._output / "search.json"
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))["best"]
            return Recipe(**asdict(self._recipe) | {"learning_rate": found["learning_rate"], "rank": found["rank"]})

        def fresh(recipe: Recipe) -> Any:
            return with_adapter(open_base(self._name), recipe)

        trials = search(fresh, train, validation, self._recipe, self._processes, watch.tried)
        best = trials[0].recipe
        if self._processes.is_main:
            listed = [
                {"learning_rate": trial.recipe.peak, "rank": trial.recipe.rank, "held_out_loss": trial.loss}
                for trial in trials
            ]
            path.write_text(json.dumps({"best": listed[0], "trials": listed}, indent=1) + "\n", encoding="utf-8")
        return best
