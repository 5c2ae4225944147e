"""The command that judges an adapter once more: one from elsewhere, or on newer chats.

    aisle judge 2026-11 transcripts/

Exit codes as those of `aisle finetune`: 0 the adapter is judged better and safe, 1 it is not, 2 something must be put right first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finetune.options import Exports, Seed, Start, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetune.replayed import Replayed


def judge(
    name: Annotated[str, typer.Argument(help="An adapter of `aisle adapters`, or a folder.")],
    transcripts: Exports,
    base: Annotated[str, typer.Option(help="Folder of the base model; the one in use otherwise.")] = "",
    adapter: Start = None,
    judged: Written = 200,
    seed: Seed = 1,
) -> None:
    """Judges an adapter on the latest chats of an export, against the one it goes on from, and writes its report."""
    from rich.console import Console

    from assistant.adapters.adapter import Adapter
    from assistant.adapters.fitting import check_base
    from assistant.adapters.registry import Registry
    from assistant.logs import configure_logs
    from assistant.settings import load_settings
    from finetune.finetune_progress import Progress
    from finetune.finetuning import prepare
    from finetune.judging.judge import judge as judge_sides
    from finetune.judging.plan import Plan
    from finetune.judging.side import AdapterSide
    from finetune.live_shop import LiveShop, base_folder, conversation_adapter

    configure_logs("WARNING")
    settings = load_settings()
    judging = Registry.of(settings).find(name)
    folder, started = base_folder(settings, base), Adapter.read(conversation_adapter(settings, adapter))
    check_base(judging, str(folder))
    shop = LiveShop.open(settings)
    before = shop.with_adapter(folder, started.folder)
    with Progress(Console(stderr=True)) as progress:
        material = prepare(transcripts, shop, before, settings, progress)
        report = judge_sides(
            unlearned(material.split.test, judging.folder),
            AdapterSide(started.name, before),
            AdapterSide(judging.name, shop.with_adapter(folder, judging.folder)),
            digest=judging.digest(),
            mask=material.mask,
            plan=Plan(ranked=judged, written=judged, seed=seed),
            progress=progress.judged,
        )
    report.write(judging.folder)
    typer.echo(report.summary)
    typer.echo(f"See {judging.folder / 'report.html'}.")
    if report.verdict.objections:
        raise typer.Exit(1)


def unlearned(held_out: Sequence[Replayed], adapter: Path) -> Sequence[Replayed]:
    """`held_out`, checked against the examples next to the adapter. Raises FeedError where it learned from one of them."""
    from finetune.transcripts.writing import pseudonym
    from finetune.tuning.examples_file import EXAMPLES_FILE, read_examples
    from retrieval.errors import FeedError

    if not (adapter / EXAMPLES_FILE).is_file():
        return held_out
    learned = {item.transcript_id for part in ("train", "validation") for item in read_examples(adapter, part)}
    known = learned & {pseudonym(item.transcript_id) for item in held_out}
    if known:
        raise FeedError(
            f"the adapter learned from {len(known)} of the conversations that would judge it, {min(known)} among them",
            "Give the same export as in training, or later chats alone.",
        )
    return held_out
