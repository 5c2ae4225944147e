"""`aisle evaluate retail`: recorded tasks of the public retail world, replayed through our actions or asked for in conversation."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finetune.retail.phrasings import Half

if TYPE_CHECKING:
    from finetune.retail.scripted import Held


class Mode(StrEnum):
    """How the tasks are done."""

    REPLAY = "replay"
    SCRIPTED = "scripted"


def register(evaluate: typer.Typer) -> None:
    """Adds the command to `aisle evaluate`."""
    evaluate.command("retail")(evaluate_retail)


def evaluate_retail(
    db: Annotated[
        str, typer.Option(help="The world: its folder or db.json, a database file, or the URL of a database with it.")
    ],
    tasks: Annotated[list[Path], typer.Option(help="JSONL file of tasks; may be given several times.")],
    mode: Annotated[
        Mode,
        typer.Option(help="replay: the recorded actions themselves; scripted: customers who ask for them in the chat."),
    ] = Mode.REPLAY,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    phrasings: Annotated[Half, typer.Option(help="scripted: which phrasings the customers use.")] = Half.HELD_OUT,
    limit: Annotated[int, typer.Option(help="scripted: how many tasks, drawn by the seed; 0 takes all.", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="scripted: seed of everything that is drawn.")] = 1,
    transcripts: Annotated[Path | None, typer.Option(help="scripted: file for the conversations, one a line.")] = None,
) -> None:
    """Do tasks of the retail world, and print how many end as by the world's own rules."""
    from random import Random

    from rich.console import Console

    from assistant.cli.progress import stages
    from finetune.retail.replay import open_world, replay
    from finetune.retail.task import read_tasks

    world, wanted = open_world(db), [task for path in tasks for task in read_tasks(path)]
    if mode is Mode.SCRIPTED and limit:
        wanted = Random(seed).sample(wanted, min(limit, len(wanted)))
    with stages(Console(stderr=True)) as show:
        if mode is Mode.SCRIPTED:
            from contextlib import nullcontext

            from assistant.logs import configure_logs
            from assistant.settings import load_settings
            from finetune.retail.scripted import hold

            configure_logs("WARNING")
            with transcripts.open("w", encoding="utf-8") if transcripts else nullcontext() as file:
                held = hold(
                    world, wanted, phrasings, seed, load_settings(), file,
                    lambda number: show("talking", number, len(wanted)),
                )  # fmt: skip
            _show_scripted(held, phrasings, seed, json)
            return
        done = replay(world, wanted, lambda number: show("replaying", number, len(wanted)))
    differing = {each.task.id: list(each.differing) for each in done if each.differing}
    matched = len(done) - len(differing)
    _show(
        {"mode": mode, "tasks": len(done), "matched": matched, "differ": [*differing], "details": differing},
        [f"{matched} of {len(done)} tasks end as by the world's own rules.", *_details(differing)],
        json,
    )


def _show_scripted(held: Sequence[Held], phrasings: Half, seed: int, json: bool) -> None:
    """The share of right ends with its interval, beside doing nothing, in all and by what was asked and how people identified."""
    from finetune.score import Score

    differing = {each.task.id: list(each.differing) for each in held if not each.is_right}
    parts: dict[str, list[bool]] = {}
    for each in held:
        parts.setdefault(f"identified by {each.identified.value}", []).append(each.is_right)
        for name in {action.name for action in each.task.actions} or {"no action"}:
            parts.setdefault(name, []).append(each.is_right)
    score = Score(len(held) - len(differing), len(held))
    floor = Score(sum(each.nothing_would_do for each in held), len(held))
    messages = sum(len(each.said) for each in held) / max(len(held), 1)
    by_part = {name: Score(sum(right), len(right)) for name, right in sorted(parts.items())}
    low, high = score.interval
    _show(
        {
            "mode": Mode.SCRIPTED,
            "phrasings": phrasings,
            "seed": seed,
            "tasks": len(held),
            "matched": score.right,
            "share": score.share,
            "low": low,
            "high": high,
            "nothing": floor.share,
            "messages": messages,
            "parts": {name: [part.right, part.count] for name, part in by_part.items()},
            "differ": [*differing],
            "details": differing,
        },
        [
            f"{score.right} of {len(held)} tasks end as by the world's own rules: {score}; doing nothing: {floor}.",
            f"Phrasings: {phrasings}, seed {seed}; {messages:.1f} messages a task.",
            *(f"  {name}: {part.right} of {part.count}" for name, part in by_part.items()),
            *_details(differing),
        ],
        json,
    )


def _details(differing: dict[str, list[str]]) -> list[str]:
    return [f"{identity}: {', '.join(names)}" for identity, names in differing.items()]


def _show(values: dict[str, Any], lines: Sequence[str], json: bool) -> None:
    from json import dumps

    for line in [dumps(values)] if json else lines:
        typer.echo(line)
