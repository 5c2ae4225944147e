"""The command that judges an adapter once more: one from elsewhere, or against what serves by now.

    aisle judge 2026-11 transcripts/

Exit codes as those of `aisle finetune`: 0 the adapter is judged better and safe, 1 it is not, 2 something must be put right first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finetune.options import Exports, Seed, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetune.replayed import Replayed


def judge(
    name: Annotated[str, typer.Argument(help="An adapter of `aisle adapters`, or a folder.")],
    transcripts: Exports,
    judged: Written = 200,
    seed: Seed = 1,
) -> None:
    """Judges an adapter on the latest chats of an export, against what serves now, and writes its report."""
    from rich.console import Console

    from assistant.adapters.fitting import check_fits
    from assistant.adapters.registry import Registry
    from assistant.logs import configure_logs
    from assistant.opening import open_assistant
    from assistant.settings import load_settings
    from assistant.writers import WriterParts
    from assistant.writing.check import Check
    from finetune.finetune_progress import Progress
    from finetune.finetuning import prepare
    from finetune.judging.judge import judge as judge_sides
    from finetune.judging.plan import Plan
    from finetune.judging.side import Side

    configure_logs("WARNING")
    settings = load_settings()
    registry = Registry.of(settings)
    adapter = registry.find(name)
    check_fits(adapter, registry.base)
    assistant = open_assistant(settings)
    with Progress(Console(stderr=True)) as progress:
        material = prepare(transcripts, assistant, settings, progress)
        held_out = unlearnt(material.split.test, adapter.folder)
        parts = WriterParts.of(settings, assistant.catalog)
        before, after = Side.serving(parts), Side.open(parts, adapter.folder, adapter.name)
        plan = Plan(ranked=judged, written=judged, seed=seed)
        report = judge_sides(
            held_out, before, after, Check(parts.goods),
            digest=adapter.digest(), mask=material.mask, plan=plan, progress=progress.judged,
        )  # fmt: skip
    report.write(adapter.folder)
    typer.echo(report.summary)
    typer.echo(f"See {adapter.folder / 'report.html'}.")
    if report.verdict.objections:
        raise typer.Exit(1)


def unlearnt(held_out: Sequence[Replayed], adapter: Path) -> Sequence[Replayed]:
    """`held_out`, checked against the examples beside the adapter. Raises FeedError where it learned from one of them."""
    from finetune.tuning.examples_file import EXAMPLES_FILE, read_examples
    from retrieval.errors import FeedError

    if not (adapter / EXAMPLES_FILE).is_file():
        return held_out
    learnt = {item.transcript for part in ("train", "validation") for item in read_examples(adapter, part)}
    known = learnt & {item.transcript_id for item in held_out}
    if known:
        raise FeedError(
            f"the adapter learned from {len(known)} of the conversations that would judge it, {min(known)} among them",
            "Give the same export as in training, or later chats alone.",
        )
    return held_out
