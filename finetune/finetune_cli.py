"""The command that trains an adapter on a shop's own transcripts.

    aisle finetune transcripts/ --output adapters/2026-11
    aisle finetune transcripts/ --output adapters/2026-11 --dry-run
    accelerate launch --multi_gpu --num_processes 2 -m assistant.cli finetune transcripts/ --output adapters/2026-11

Exit codes: 0 the adapter is judged better and safe, 1 it is not, 2 something must be put right first.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from finetune.judge_cli import judge
from finetune.options import Exports, MaxSteps, Seed, Strength, Written
from finetune.transcripts_cli import transcripts
from finetune.tuning.recipe import Method, Precision, Recipe

if TYPE_CHECKING:
    from finetune.finetuning import Material
    from finetune.judging.plan import Plan
    from finetune.judging.report import Report

Kind = TypeVar("Kind", bound=StrEnum)
USUAL = Recipe()


def register(app: typer.Typer) -> None:
    """Adds `transcripts`, `finetune` and `judge` to the command line."""
    app.command("transcripts")(transcripts)
    app.command("finetune")(finetune)
    app.command("judge")(judge)


def finetune(
    files: Exports,
    output: Annotated[Path, typer.Option(help="Folder that receives the adapter.")],
    base: Annotated[
        str, typer.Option(help="Base model, a folder or a Hugging Face name; the one in use otherwise.")
    ] = "",
    method: Annotated[str, typer.Option(help="lora, dora, ia3 or prefix.")] = USUAL.method,
    max_steps: MaxSteps = None,
    seed: Seed = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Import and replay only, and tell the counts.")] = False,
    learning_rate: Annotated[
        float | None, typer.Option(help="Highest learning rate; it depends on the method.")
    ] = None,
    rank: Annotated[int, typer.Option(help="Rank of LoRA and DoRA; virtual tokens of a prefix.")] = USUAL.rank,
    targets: Annotated[
        list[str] | None, typer.Option("--target", help="Layers to change, such as q_proj; all otherwise.")
    ] = None,
    warm_up: Annotated[
        float, typer.Option(help="Share of the steps in which the learning rate rises.")
    ] = USUAL.warm_up,
    weight_decay: Annotated[float, typer.Option(help="AdamW's weight decay.")] = USUAL.decay,
    dropout: Annotated[float, typer.Option(help="Dropout before the adapter.")] = USUAL.dropout,
    noise: Annotated[float, typer.Option(help="NEFTune noise on the embeddings, such as 5.")] = USUAL.noise,
    variants: Annotated[
        float, typer.Option(help="Share of replies that are learnt in other words too.")
    ] = USUAL.variants,
    rehearsal: Annotated[
        float, typer.Option(help="Share of simulated conversations; the embedded model needs some.")
    ] = USUAL.rehearsal,
    contrast: Annotated[
        float, typer.Option(help="Weight of contests, in which a model learns which reply belongs where; 0 for none.")
    ] = USUAL.contrast,
    strength: Strength = USUAL.strength,
    batch_tokens: Annotated[int, typer.Option(help="Tokens of a step, over all processes.")] = USUAL.batch_tokens,
    accumulate: Annotated[
        int, typer.Option(help="Parts that a step is computed in; more take less memory.")
    ] = USUAL.parts,
    checkpointing: Annotated[bool, typer.Option(help="Compute activations twice, to save memory.")] = False,
    precision: Annotated[str, typer.Option(help="auto, fp32 or bf16.")] = "auto",
    patience: Annotated[
        int, typer.Option(help="Evaluations without progress after which the run ends.")
    ] = USUAL.patience,
    search: Annotated[bool, typer.Option(help="Try a few learning rates and ranks first.")] = False,
    judged: Written = 200,
) -> None:
    """Trains an adapter on a shop's transcripts and judges it against what serves now."""
    from finetune.judging.plan import Plan

    recipe = Recipe(
        method=_chosen(Method, method, "method"), rank=rank, targets=tuple(targets or ()), learning_rate=learning_rate,
        warm_up=warm_up, decay=weight_decay, dropout=dropout, noise=noise, max_steps=max_steps, batch_tokens=batch_tokens,
        parts=accumulate, patience=patience, rehearsal=rehearsal, variants=variants, contrast=contrast, strength=strength, checkpointing=checkpointing,
        precision=_chosen(Precision, precision, "precision"), seed=seed,
    )  # fmt: skip
    plan = Plan(ranked=judged, written=judged, seed=seed)
    report = _report(files, output, base, recipe, plan, is_dry=dry_run, searching=search)
    if report is not None:
        _conclude(report, output)


def _report(
    files: list[Path], output: Path, base: str, recipe: Recipe, plan: Plan, *, is_dry: bool, searching: bool
) -> Report | None:
    """Imports, trains and judges: what the judge tells; None for a dry run, and for processes that only help to train."""
    from rich.console import Console

    from assistant.logs import configure_logs
    from assistant.opening import open_assistant
    from assistant.settings import load_settings
    from finetune.finetune_progress import Progress
    from finetune.finetuning import Finetuning, keep_examples, prepare
    from finetune.tuning.processes import Processes

    settings = load_settings()
    configure_logs("WARNING")
    processes = Processes.join()
    with Progress(Console(stderr=True, quiet=not processes.is_main)) as progress:
        run = None if is_dry else Finetuning(settings, base or settings.model, output, recipe, processes)
        material = None
        if processes.is_main:
            assistant = open_assistant(settings)
            material = prepare(files, assistant, settings, progress)
            _tell(material)
            if run is not None:
                keep_examples(material, output)
        if run is None:
            return None
        processes.wait()
        record = run.train(progress, searching=searching)
        if material is None:
            return None
        run.describe(material, record)
        return run.judge(material, assistant, progress, plan)


def _chosen(kind: type[Kind], name: str, option: str) -> Kind:
    from retrieval.errors import SettingsError

    try:
        return kind(name)
    except ValueError as error:
        raise SettingsError(f"--{option} is {name!r}", f"Choose among: {', '.join(kind)}.") from error


def _tell(material: Material) -> None:
    """Prints what became of every record and every reply."""
    for line in material.imported.lines():
        typer.echo(line)
    counts = material.counts
    typer.echo(
        f"{counts.kept:,} of {counts.replies:,} replies can be learnt from, {counts.whole:,} of them whole, {counts.open:,} of them as "
        "beginnings: their end is not learnt"
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
