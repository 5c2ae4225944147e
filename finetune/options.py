"""Options that several commands of training and judging share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option(help="Directory of the public training sets.", envvar="AISLE_PUBLIC_DATA")]
Exports = Annotated[list[Path], typer.Argument(help="Files or folders with exported conversations.", exists=True)]
MaxSteps = Annotated[
    int | None, typer.Option(help="Steps of the run; three passes over the replies, and at least 150 steps, otherwise.")
]
Output = Annotated[Path, typer.Option(help="Directory that receives the model.")]
Recommender = Annotated[Path, typer.Option("--model", help="Folder of the recommendation head.")]
Seed = Annotated[int, typer.Option(help="Seed of every random choice.")]
Start = Annotated[
    Path | None,
    typer.Option(
        "--adapter", help="Conversation adapter to go on from; AISLE_ADAPTER or the one that ships otherwise."
    ),
]
Strength = Annotated[
    float, typer.Option(help="Share of what was learned that serves; less where plain replies are used too often.")
]
Shipped = Annotated[Path, typer.Option(help="Directory of the sample shop and the models.")]
ShopFolder = Annotated[Path, typer.Option(help="Folder with products.jsonl and events.jsonl.gz.")]
Written = Annotated[int, typer.Option(help="Held-out replies that both sides write, to compare.")]
