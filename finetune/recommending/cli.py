"""`aisle evaluate sequences`, `aisle evaluate ratings` and `aisle train ratings`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finetune.options import Output, Seed

if TYPE_CHECKING:
    from finetune.recommending.ratings import Ratings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Threads = Annotated[int, typer.Option(help="Processor threads; all cores when 0.", min=0)]
RatingsFile = Annotated[
    Path, typer.Argument(help="A CSV with user, item, rating and time; or MovieLens' u.data, ratings.dat, ratings.csv.")
]

_SHOWN = 20  # rejected rows on the terminal


def register(train: typer.Typer, evaluate: typer.Typer) -> None:
    """Adds the commands to `aisle train` and `aisle evaluate`."""
    train.command("ratings")(train_ratings)
    evaluate.command("sequences")(evaluate_sequences)
    evaluate.command("ratings")(evaluate_ratings)


def evaluate_sequences(
    file: Annotated[
        Path,
        typer.Argument(
            help="One user a line, `user item item ...` in order of time; or a CSV with columns user, item, time."
        ),
    ],
    json: Json = False,
    minutes: Annotated[
        float, typer.Option(help="Minutes for all training; ranking by what was chosen takes a few more.", min=0.0)
    ] = 45.0,
    history: Annotated[
        bool | None,
        typer.Option(
            "--rank-history/--leave-history-out",
            help="Whether items of a user's history are ranked too; if unset, they are if users repeat items.",
        ),
    ] = None,
    threads: Threads = 0,
    seed: Seed = 1,
) -> None:
    """Print how a sequential encoder and the head rank the last item of each user, next to simpler ways.

    All items are ranked. The item before the last chooses hyperparameters; models are trained on the items before it.
    """
    from json import dumps

    from finetune.recommending.sequence_evaluation import evaluate
    from finetune.recommending.sequence_search import Settings
    from finetune.recommending.sequences import Sequences

    settings = Settings(seed=seed, minutes=minutes, threads=threads or _cores(), with_history=history)
    report = evaluate(Sequences.read(file), settings, _note)
    typer.echo(dumps(report.json()) if json else str(report))


def evaluate_ratings(
    file: RatingsFile,
    json: Json = False,
    seed: Seed = 1,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a trained model to judge on all ratings of the file.")
    ] = None,
) -> None:
    """Print how far predicted ratings are off on a random tenth of a file, next to simpler ways.

    Rows that cannot be read are named and left out.
    """
    from json import dumps

    from finetune.recommending.rating_evaluation import evaluate
    from finetune.recommending.rating_training import SavedRatings, judge

    ratings = _read(file)
    report = evaluate(ratings, seed, _note) if model is None else judge(SavedRatings.load(model), ratings, _note)
    typer.echo(dumps(report.json()) if json else str(report))


def train_ratings(file: RatingsFile, output: Output, seed: Seed = 1) -> None:
    """Train a model of a shop's ratings, choosing between biases and factors, and print how far each is off.

    Rows that cannot be read are named and left out.
    """
    from finetune.recommending.rating_training import train

    typer.echo(str(train(_read(file), output, seed, _note)))


def _read(file: Path) -> Ratings:
    """The ratings of `file`; what cannot be read is named on standard error."""
    from finetune.recommending.ratings import Ratings

    ratings = Ratings.read(file)
    for row in ratings.rejected[:_SHOWN]:
        typer.echo(row, err=True)
    if len(ratings.rejected) > _SHOWN:
        typer.echo(f"... and {len(ratings.rejected) - _SHOWN:,} more rows", err=True)
    return ratings


def _note(line: str) -> None:
    typer.echo(line, err=True)


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
