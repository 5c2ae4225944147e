"""Judges finetuning itself: `aisle evaluate finetuning`, on public service dialogues in place of a shop's transcripts.

The dialogues are replayed against the sample shop. The adapter learns from their training split, or from a share of it as small as
a small shop's export, and the public evaluation split judges it beside the base alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.opening import open_assistant
from finetune.finetuning import Finetuning, Material, Watch, collected, keep_examples
from finetune.judging.measure import Measure
from finetune.judging.plan import Plan
from finetune.judging.report import Report
from finetune.masking import shop_mask
from finetune.service_transcripts import sample_shop, service_transcripts
from finetune.split import Split, split
from finetune.transcripts.report import ImportReport
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe

_WANTED_PERPLEXITY, _WANTED_RECALL = -0.15, 2.0


@dataclass(frozen=True, slots=True)
class Trial:
    """`share` of the dialogues are learnt from; `recipe` and `plan` are those of a shop's own run."""

    data: Path
    output: Path
    share: float
    recipe: Recipe
    plan: Plan


def evaluate_finetuning(trial: Trial, shipped: Path, watch: Watch) -> str:
    """Trains and judges; the figures as Markdown. `shipped` holds the sample shop and the models.

    Raises FeedError where the dialogues are absent, ModelError where the output folder holds an adapter already.
    """
    with sample_shop(shipped) as settings:
        assistant = open_assistant(settings)
        run = Finetuning(settings, settings.model, trial.output, trial.recipe, Processes.join())
        public = (
            service_transcripts(trial.data, "train", settings.shop_name, trial.share, trial.recipe.seed),
            service_transcripts(trial.data, "eval_public", settings.shop_name),
        )
        (learnt, counts), (judged, _) = (collected(dialogues, assistant, settings, watch) for dialogues in public)
        own = split(learnt, test=0.0)
        parts = Split(own.train, own.validation, tuple(judged))
        material = Material(parts, ImportReport(), counts, shop_mask(assistant, settings))
        keep_examples(material, trial.output)
        record = run.train(watch)
        run.describe(material, record)
        report = run.judge(material, assistant, watch, trial.plan, beside_base=True)
    return _told(report, material)


def _told(report: Report, material: Material) -> str:
    """The figures that matter, and whether each is what was wanted."""
    perplexity, recall = report.measure("perplexity"), report.measure("R@1 among 20")
    lexical = recall.floors["BM25"]
    verdict, sizes = report.verdict, {name: len(part) for name, part in material.split.parts}
    safe = [
        ("wrong facts", "–", str(verdict.wrong_facts), "0", verdict.wrong_facts == 0),
        ("false promises", "–", str(verdict.false_promises), "0", verdict.false_promises == 0),
        (
            "fallbacks", str(verdict.fallbacks_before), str(verdict.fallbacks_after), "no more than before",
            verdict.fallbacks_after <= verdict.fallbacks_before,
        ),
    ]  # fmt: skip
    rows = [
        _row(perplexity, "15 % lower", perplexity.difference.high <= 0 and perplexity.difference.change <= _WANTED_PERPLEXITY),
        _row(recall, f"twice BM25's {lexical:.1%}", recall.difference.after >= _WANTED_RECALL * lexical),
        *(f"| {name} in {verdict.replies} replies | {before} | {after} | | {wanted} | {_yes(met)} |" for name, before, after, wanted, met in safe),
    ]  # fmt: skip
    counts = material.counts
    return "\n".join(
        [
            f"{counts.transcripts:,} dialogues to learn from with {counts.replies:,} replies, {counts.kept:,} kept; "
            f"{sizes['train']:,} learnt, {sizes['validation']:,} to decide when to stop, {sizes['test']:,} to judge.",
            "", "| figure | base | adapter | change, 95 % interval | wanted | met |", "|---|---|---|---|---|---|", *rows,
        ]
    )  # fmt: skip


def _row(measure: Measure, wanted: str, met: bool) -> str:
    difference, as_share = measure.difference, measure.is_share
    before, after = (f"{value:.1%}" if as_share else f"{value:.2f}" for value in (difference.before, difference.after))
    change = f"{difference.change:+.1%} ({difference.low:+.1%} to {difference.high:+.1%})"
    return f"| {measure.name}, {measure.over} replies | {before} | {after} | {change} | {wanted} | {_yes(met)} |"


def _yes(met: bool) -> str:
    return "yes" if met else "no"
