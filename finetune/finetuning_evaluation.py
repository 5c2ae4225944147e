"""Judges finetuning itself: `aisle evaluate finetuning`, on public service dialogues in place of a shop's transcripts.

The dialogues are replayed against the sample shop. An adapter learns from their training split, or from a share of it as small as
a small shop's export, and the public evaluation split judges it next to the conversation adapter that it goes on from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assistant.adapters.adapter import Adapter, short_name
from assistant.privacy.masker import Mask
from assistant.settings import Settings
from assistant.shop_mask import shop_mask
from finetune.corpora.shop import CORPUS
from finetune.finetuning import Finetuning, Material, Watch, collected, keep_examples
from finetune.judging.judge import judge
from finetune.judging.measure import Measure
from finetune.judging.plan import Plan
from finetune.judging.report import Report
from finetune.judging.side import AdapterSide
from finetune.live_shop import LiveShop, OpenedAdapter, base_folder, conversation_adapter
from finetune.replay import ReplayCounts
from finetune.replayed import Replayed
from finetune.service_transcripts import sample_shop, service_transcripts
from finetune.split import split
from finetune.transcripts.report import ImportReport
from finetune.tuning.processes import Processes
from finetune.tuning.recipe import Recipe

_LOWER, _TIMES = -0.15, 2.0


@dataclass(frozen=True, slots=True)
class Public:
    """The directory of the public sets, the share of the dialogues that is learned from, and how many judge; None for all."""

    data: Path
    share: float = 1.0
    judged: int | None = None


@dataclass(frozen=True)
class Evaluation:
    """The public dialogues, replayed against the sample shop by the conversation adapter in `adapter`."""

    public: Public
    settings: Settings
    base: Path
    adapter: Path
    shop: LiveShop
    opened: OpenedAdapter
    mask: Mask

    @classmethod
    def open(cls, public: Public, settings: Settings, home: Path, adapter: Path | None) -> Evaluation:
        """For the sample shop of `settings`; `home` is where the converted base model is kept. Raises ModelError."""
        base = base_folder(settings.model_copy(update={"cache": home}))
        folder = conversation_adapter(settings, adapter)
        shop = LiveShop.open(settings)
        mask = shop_mask(shop.catalog, shop.records, shop.orders, settings)
        return cls(public, settings, base, folder, shop, shop.with_adapter(base, folder), mask)

    def learned(self, output: Path, recipe: Recipe, watch: Watch) -> str:
        """Trains into `output`; what became of the dialogues, as a sentence. Raises FeedError where they are absent."""
        run = Finetuning(self.base, self.adapter, CORPUS, output, recipe, Processes.join())
        dialogues = service_transcripts(
            self.public.data, "train", self.settings.shop_name, self.public.share, recipe.seed
        )
        kept, counts = collected(dialogues, self.shop, self.opened, self.mask, watch)
        material = Material(split(kept), ImportReport(), counts, self.mask)
        keep_examples(material, output)
        run.describe(material, run.train(watch))
        return _kept("learn from", counts)

    def judged(self, folder: Path, plan: Plan, watch: Watch) -> tuple[Report, str]:
        """Judges the adapter in `folder`, which must not have learned from the evaluation split."""
        held, counts = self._held_out(watch)
        adapter = Adapter.read(folder)
        report = judge(
            held,
            AdapterSide(short_name(str(self.adapter)), self.opened),
            AdapterSide(adapter.name, self.shop.with_adapter(self.base, folder)),
            digest=adapter.digest(),
            mask=self.mask,
            plan=plan,
            progress=watch.judged,
        )
        return report, _kept("judge by", counts)

    def _held_out(self, watch: Watch) -> tuple[Sequence[Replayed], ReplayCounts]:
        dialogues = service_transcripts(self.public.data, "eval_public", self.settings.shop_name)
        return collected(islice(dialogues, self.public.judged), self.shop, self.opened, self.mask, watch)


def evaluate_finetuning(
    public: Public,
    shipped: Path,
    home: Path,
    adapter: Path | None,
    output: Path,
    recipe: Recipe | None,
    plan: Plan,
    watch: Watch,
) -> str:
    """The figures, as Markdown. With a `recipe` an adapter is trained into `output` first, else the one in `output` is judged.

    `shipped` holds the sample shop and the models, `home` the converted base model. Raises FeedError where the dialogues are absent,
    ModelError where the output folder holds an adapter already or there is no conversation adapter.
    """
    with sample_shop(shipped) as settings:
        evaluation = Evaluation.open(public, settings, home, adapter)
        told = [evaluation.learned(output, recipe, watch)] if recipe else []
        report, kept = evaluation.judged(output, plan, watch)
    if recipe:
        report.write(output)
    return "\n\n".join([*told, kept, told_figures(report)])


def _kept(use: str, counts: ReplayCounts) -> str:
    dropped = ", ".join(f"{count:,} {reason.value}" for reason, count in counts.dropped.most_common())
    return (
        f"{counts.transcripts:,} dialogues with {counts.replies:,} replies to {use}, {counts.kept:,} kept, {counts.open:,} of them as "
        f"beginnings. Left out: {dropped}."
    )


def told_figures(report: Report) -> str:
    """The figures that matter, and whether each is what was wanted."""
    perplexity, verdict = report.measure("perplexity per word"), report.verdict
    rows = [
        _row(perplexity, "15 % lower", perplexity.difference.high < 0 and perplexity.difference.change <= _LOWER),
        *(_ranked(measure) for measure in report.measures if measure.name.startswith("R@1 ")),
        _counted(f"wrong facts in {verdict.replies} replies", None, verdict.wrong_facts),
        _counted(f"false promises in {verdict.replies} replies", None, verdict.false_promises),
        _counted(f"fallbacks in {verdict.replies} replies", verdict.fallbacks_before, verdict.fallbacks_after),
        _plain(report.measure("same tools")),
        _plain(report.measure("time of a checked reply")),
    ]
    head = ["| figure | before | adapter | change, 95 % interval | wanted | met |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _row(measure: Measure, wanted: str, met: bool) -> str:
    return f"{_figures(measure)} | {wanted} | {_yes(met)} |"


def _plain(measure: Measure) -> str:
    return f"{_figures(measure)} | | |"


def _figures(measure: Measure) -> str:
    difference, style = measure.difference, ".1%" if measure.is_share else ".2f"
    how = "+.1%" if measure.is_share or measure.is_relative else "+.2f"
    change = f"{difference.change:{how}} ({difference.low:{how}} to {difference.high:{how}})"
    name = f"{measure.name}, {measure.over:,} replies" + (f", {measure.unit}" if measure.unit else "")
    return f"| {name} | {difference.before:{style}} | {difference.after:{style}} | {change}"


def _ranked(recall: Measure) -> str:
    wanted = _TIMES * recall.floors["BM25"]
    floors = f"{wanted:.1%}, {_TIMES:g} times BM25; chance is {recall.floors['chance']:.1%}"
    return _row(recall, floors, recall.difference.after >= wanted)


def _counted(name: str, before: int | None, after: int) -> str:
    """A count that must not rise above `before`, or must be 0 where that is None."""
    most = before or 0
    return f"| {name} | {'' if before is None else before} | {after} | | at most {most} | {_yes(after <= most)} |"


def _yes(met: bool) -> str:
    return "yes" if met else "no"
