"""The commands that learn from a shop's own transcripts.

    aisle transcripts export/ --output chats.jsonl
    aisle finetune transcripts/ --output adapters/2026-11
    aisle finetune transcripts/ --output adapters/2026-11 --dry-run
    accelerate launch --multi_gpu --num_processes 2 -m assistant.cli finetune transcripts/ --output adapters/2026-11
    aisle judge 2026-11 transcripts/

Exit codes: 0 the adapter is judged better and safe, 1 it is not, 2 something must be put right first.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finetune.corpora.shop import CORPUS
from finetune.judge_cli import judge
from finetune.options import Exports, MaxSteps, Seed, Start, Strength, Written
from finetune.transcripts_cli import transcripts

if TYPE_CHECKING:
    from finetune.finetuning import Material
    from finetune.judging.plan import Plan
    from finetune.judging.report import Report
    from finetune.tuning.recipe import Recipe


def register(app: typer.Typer) -> None:
    """Adds `transcripts`, `finetune` and `judge` to the command line."""
    app.command("transcripts")(transcripts)
    app.command("finetune")(finetune)
    app.command("judge")(judge)


def finetune(
    files: Exports,
    output: Annotated[Path, typer.Option(help="Folder that receives the adapter.")],
    base: Annotated[str, typer.Option(help="Folder of the base model; the one in use otherwise.")] = "",
    adapter: Start = None,
    corpus: Annotated[Path, typer.Option(help="Folder of the conversations that are rehearsed.")] = CORPUS,
    max_steps: MaxSteps = None,
    seed: Seed = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Import and replay only, and print the counts.")] = False,
    learning_rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 4e-4,
    warm_up: Annotated[float, typer.Option(help="Share of the steps in which the learning rate rises.")] = 0.05,
    weight_decay: Annotated[float, typer.Option(help="AdamW's weight decay.")] = 0.0,
    rehearsal: Annotated[
        float,
        typer.Option(help="Share of each pass that is conversations of the corpus; without them it unlearns to plan."),
    ] = 0.4,
    contrast: Annotated[
        float, typer.Option(help="Weight of contests, in which a model learns which reply belongs where; 0 for none.")
    ] = 0.0,
    strength: Strength = 1.0,
    batch_tokens: Annotated[int, typer.Option(help="Tokens of a step, over all processes.")] = 4096,
    accumulate: Annotated[int, typer.Option(help="Parts that a step is computed in; more take less memory.")] = 4,
    patience: Annotated[int, typer.Option(help="Evaluations without progress after which the run ends.")] = 3,
    judged: Written = 200,
) -> None:
    """Trains the conversation adapter further on a shop's transcripts and judges it against what it was before."""
    from finetune.finetuning import RECIPE
    from finetune.judging.plan import Plan

    recipe = replace(
        RECIPE, learning_rate=learning_rate, warm_up=warm_up, decay=weight_decay, max_steps=max_steps,
        batch_tokens=batch_tokens, parts=accumulate, patience=patience, rehearsal=rehearsal, contrast=contrast, strength=strength, seed=seed,
    )  # fmt: skip
    plan = Plan(ranked=judged, written=judged, seed=seed)
    report = _report(files, output, base, adapter, corpus, recipe, plan, is_dry=dry_run)
    if report is not None:
        _conclude(report, output)


def _report(
    files: list[Path],
    output: Path,
    base: str,
    adapter: Path | None,
    corpus: Path,
    recipe: Recipe,
    plan: Plan,
    *,
    is_dry: bool,
) -> Report | None:
    """Imports, trains and judges: what the judge reports; None for a dry run, and for processes that only help to train."""
    from rich.console import Console

    from assistant.logs import configure_logs
    from assistant.settings import load_settings
    from finetune.finetune_progress import Progress
    from finetune.finetuning import Finetuning, keep_examples, prepare
    from finetune.live_shop import LiveShop, base_folder, conversation_adapter
    from finetune.tuning.processes import Processes

    settings = load_settings()
    configure_logs("WARNING")
    processes = Processes.join()
    started = conversation_adapter(settings, adapter)
    folder = base_folder(settings, base)
    run = None if is_dry else Finetuning(folder, started, corpus, output, recipe, processes)
    with Progress(Console(stderr=True, quiet=not processes.is_main)) as progress:
        if not processes.is_main:
            if run is not None:
                processes.wait()
                run.train(progress)
            return None
        shop = LiveShop.open(settings)
        opened = shop.with_adapter(folder, started)
        material = prepare(files, shop, opened, settings, progress)
        _tell(material)
        if run is None:
            return None
        keep_examples(material, output)
        processes.wait()
        run.describe(material, run.train(progress))
        return run.judge(material, shop, opened, progress, plan)


def _tell(material: Material) -> None:
    """Prints what became of every record and every reply."""
    for line in material.imported.lines():
        typer.echo(line)
    counts = material.counts
    typer.echo(
        f"{counts.kept:,} of {counts.replies:,} replies can be learned from, {counts.whole:,} of them whole, {counts.open:,} of them as "
        "beginnings: their end is not learned"
    )
    for reason, count in counts.dropped.most_common():
        typer.echo(f"{count:,} replies left out: {reason.value}")
    for kind, count in counts.sentences.most_common():
        typer.echo(f"{count:,} sentences refused: {kind}")
    sizes = ", ".join(f"{len(part):,} {name}" for name, part in material.split.parts)
    typer.echo(f"split by customer and time: {sizes}")


def _conclude(report: Report, output: Path) -> None:
    typer.echo(report.summary)
    if report.verdict.objections:
        typer.echo(f"See {output / 'report.html'}. What serves stays as it is.")
        raise typer.Exit(1)
    typer.echo(f"See {output / 'report.html'}. To let it serve: aisle promote {output}")
