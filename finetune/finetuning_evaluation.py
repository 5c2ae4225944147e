"""Judges finetuning itself: `aisle evaluate finetuning`, on public service dialogues in place of a shop's transcripts.

The dialogues are replayed against the sample shop. An adapter learns from their training split, or from a share of it as small as
a small shop's export, and the public evaluation split judges it beside the base alone; so it judges the adapter that ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.adapter import Adapter
from assistant.assistant import Assistant
from assistant.opening import open_assistant
from assistant.settings import Settings
from assistant.writers import WriterParts
from assistant.writing.check import Check
from finetune.finetuning import Finetuning, Material, Watch, collected, keep_examples
from finetune.judging.judge import judge
from finetune.judging.measure import Measure
from finetune.judging.plan import Plan
from finetune.judging.report import Report
from finetune.judging.side import Side
from finetune.masking import shop_mask
from finetune.replay import ReplayCounts
from finetune.replayed import Replayed
from finetune.service_transcripts import sample_shop, service_transcripts
from finetune.split import split
from finetune.transcripts.report import ImportReport
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe

_BASE = "the base alone"
_LOWER, _TIMES = -0.15, 2.0


@dataclass(frozen=True, slots=True)
class Public:
    """The directory of the public sets, and the share of the dialogues that is learnt from."""

    data: Path
    share: float = 1.0


def evaluate_finetuning(public: Public, shipped: Path, output: Path, recipe: Recipe, plan: Plan, watch: Watch) -> str:
    """Trains into `output` and judges; the figures as Markdown. `shipped` holds the sample shop and the models.

    Raises FeedError where the dialogues are absent, ModelError where the output folder holds an adapter already.
    """
    with sample_shop(shipped) as settings:
        assistant = open_assistant(settings)
        run = Finetuning(settings, settings.model, output, recipe, Processes.join())
        dialogues = service_transcripts(public.data, "train", settings.shop_name, public.share, recipe.seed)
        kept, counts = collected(dialogues, assistant, settings, watch)
        material = Material(split(kept), ImportReport(), counts, shop_mask(assistant, settings))
        keep_examples(material, output)
        run.describe(material, run.train(watch))
        held, held_counts = _held_out(public, assistant, settings, watch)
        report = _judged(output, held, assistant, settings, plan, watch)
    report.write(output)
    return "\n\n".join([_kept("learn from", counts), _kept("judge by", held_counts), _told(report)])


def evaluate_adapter(public: Public, shipped: Path, adapter: Path, plan: Plan, watch: Watch) -> str:
    """Judges the adapter in a folder, which must not have learnt from the evaluation split; the figures as Markdown."""
    with sample_shop(shipped) as settings:
        assistant = open_assistant(settings)
        held, counts = _held_out(public, assistant, settings, watch)
        report = _judged(adapter, held, assistant, settings, plan, watch)
    return "\n\n".join([_kept("judge by", counts), _told(report)])


def _held_out(
    public: Public, assistant: Assistant, settings: Settings, watch: Watch
) -> tuple[list[Replayed], ReplayCounts]:
    dialogues = service_transcripts(public.data, "eval_public", settings.shop_name)
    return collected(dialogues, assistant, settings, watch)


def _judged(
    folder: Path, held: Sequence[Replayed], assistant: Assistant, settings: Settings, plan: Plan, watch: Watch
) -> Report:
    parts = WriterParts.of(settings, assistant.catalog)
    adapter = Adapter.read(folder)
    before, after = Side.open(parts, None, _BASE), Side.open(parts, folder, adapter.name)
    return judge(
        held, before, after, Check(parts.goods),
        digest=adapter.digest(), mask=shop_mask(assistant, settings), plan=plan, progress=watch.judged,
    )  # fmt: skip


def _kept(use: str, counts: ReplayCounts) -> str:
    dropped = ", ".join(f"{count:,} {reason.value}" for reason, count in counts.dropped.most_common())
    return (
        f"{counts.transcripts:,} dialogues with {counts.replies:,} replies to {use}, {counts.kept:,} kept, {counts.open:,} of them as "
        f"beginnings. Left out: {dropped}."
    )


def _told(report: Report) -> str:
    """The figures that matter, and whether each is what was wanted."""
    perplexity, verdict = report.measure("perplexity"), report.verdict
    rows = [
        _row(perplexity, "15 % lower", perplexity.difference.high < 0 and perplexity.difference.change <= _LOWER),
        *(_ranked(measure) for measure in report.measures if measure.name.startswith("R@1 ")),
        _counted(f"wrong facts in {verdict.replies} replies", None, verdict.wrong_facts),
        _counted(f"false promises in {verdict.replies} replies", None, verdict.false_promises),
        _counted(f"fallbacks in {verdict.replies} replies", verdict.fallbacks_before, verdict.fallbacks_after),
    ]
    head = ["| figure | base | adapter | change, 95 % interval | wanted | met |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _row(measure: Measure, wanted: str, met: bool) -> str:
    difference, style = measure.difference, ".1%" if measure.is_share else ".2f"
    change = f"{difference.change:+.1%} ({difference.low:+.1%} to {difference.high:+.1%})"
    name = f"{measure.name}, {measure.over:,} replies"
    return f"| {name} | {difference.before:{style}} | {difference.after:{style}} | {change} | {wanted} | {_yes(met)} |"


def _ranked(recall: Measure) -> str:
    wanted = _TIMES * recall.floors["BM25"]
    return _row(recall, f"{wanted:.1%}, {_TIMES:g} times BM25", recall.difference.after >= wanted)


def _counted(name: str, before: int | None, after: int) -> str:
    """A count that must not rise above `before`, or must be 0 where that is None."""
    most = before or 0
    return f"| {name} | {'' if before is None else before} | {after} | | at most {most} | {_yes(after <= most)} |"


def _yes(met: bool) -> str:
    return "yes" if met else "no"
