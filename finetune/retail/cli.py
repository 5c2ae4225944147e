"""`aisle evaluate retail`: recorded tasks of the public retail world, replayed through our actions."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Mode(StrEnum):
    """How the tasks are done."""

    REPLAY = "replay"


def register(evaluate: typer.Typer) -> None:
    """Adds the command to `aisle evaluate`."""
    evaluate.command("retail")(evaluate_retail)


def evaluate_retail(
    db: Annotated[
        str, typer.Option(help="The world: its folder or db.json, a database file, or the URL of a database with it.")
    ],
    tasks: Annotated[list[Path], typer.Option(help="JSONL file of tasks; may be given several times.")],
    mode: Annotated[Mode, typer.Option(help="replay: the recorded actions themselves.")] = Mode.REPLAY,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Replay the recorded actions of tasks through our actions, and print how many end as by the world's own rules."""
    from json import dumps

    from rich.console import Console

    from assistant.cli.progress import stages
    from finetune.retail.replay import open_world, replay
    from finetune.retail.task import read_tasks

    world, wanted = open_world(db), [task for path in tasks for task in read_tasks(path)]
    with stages(Console(stderr=True)) as show:
        done = replay(world, wanted, lambda number: show("replaying", number, len(wanted)))
    differing = {each.task.id: list(each.differing) for each in done if each.differing}
    matched = len(done) - len(differing)
    if json:
        typer.echo(
            dumps({"mode": mode, "tasks": len(done), "matched": matched, "differ": [*differing], "details": differing})
        )
        return
    typer.echo(f"{matched} of {len(done)} tasks end as by the world's own rules.")
    for identity, names in differing.items():
        typer.echo(f"{identity}: {', '.join(names)}")
